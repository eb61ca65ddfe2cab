// The CCP page: a bridge between the server, which holds all telephony state, and the window
// that embeds this page; and a small softphone that uses the same bridge.
//
// Down: server → WebSocket → window.parent.postMessage. Up: the other way. What the browser
// alone knows is added here: real Dates, and the skew between its clock and the server's.
"use strict";

const framed = window.parent !== window;
/** Requests of this page's own buttons are answered to this page, not to the parent. */
const OWN = "softphone-";
/** The server closes with this code when the session is over. */
const SIGNED_OFF = 4001;
/** Messages of the parent that wait for a lost connection; more than this is a runaway. */
const WAITING = 200;

const texts = {
  en: {
    signOut: "Sign out", chooseState: "Change state", noContacts: "No contacts",
    accept: "Accept", reject: "Reject", hangUp: "Hang up", hold: "Hold", resume: "Resume",
    mute: "Mute", unmute: "Unmute", clear: "Close contact", lost: "Connection lost. Trying again…",
    withheld: "Number withheld", setAside: "Pause", takeUp: "Continue", next: "Next: ", refused: "Refused: ",
    states: {
      Busy: "On contact", PendingBusy: "Incoming call", Pending: "Incoming callback",
      CallingCustomer: "Calling", AfterCallWork: "After call work", MissedCallAgent: "Missed call",
      FailedConnectAgent: "Declined", FailedConnectCustomer: "No connection",
      LineEngagedCustomer: "Line engaged", BadAddressCustomer: "Number does not exist", Default: "Error",
    },
    channel: { chat: "Chat · ", task: "Task · " },
    contact: {
      incoming: "Callback", connecting: "Ringing", dialling: "Calling", connected: "Connected",
      hold: "On hold", working: "In progress", paused: "Paused", ended: "After call work", error: "Failed", missed: "Missed", rejected: "Rejected",
    },
  },
  ja: {
    signOut: "サインアウト", chooseState: "状態を変更", noContacts: "応対中のコンタクトはありません",
    accept: "応答", reject: "拒否", hangUp: "切断", hold: "保留", resume: "保留解除",
    mute: "ミュート", unmute: "ミュート解除", clear: "コンタクトを閉じる", lost: "接続が切れました。再接続しています…",
    withheld: "番号非通知", setAside: "一時停止", takeUp: "再開", next: "次: ", refused: "拒否されました: ",
    states: {
      Available: "受付可", Offline: "オフライン", Lunch: "昼休み", Training: "研修",
      Busy: "通話中", PendingBusy: "着信中", Pending: "コールバック着信", CallingCustomer: "発信中",
      AfterCallWork: "後処理", MissedCallAgent: "不在着信", FailedConnectAgent: "拒否しました",
      FailedConnectCustomer: "接続できません", LineEngagedCustomer: "話し中",
      BadAddressCustomer: "番号が存在しません", Default: "エラー",
    },
    channel: { chat: "チャット · ", task: "タスク · " },
    contact: {
      incoming: "コールバック", connecting: "着信中", dialling: "発信中", connected: "通話中",
      hold: "保留中", working: "応対中", paused: "一時停止中", ended: "後処理", error: "不成立", missed: "不在着信", rejected: "拒否",
    },
  },
};
const text = texts[document.documentElement.lang] ?? texts.en;

let socket = null;
let waiting = [];
let attempts = 0;
/** When the connection to the server was last made or lost. */
let since = Date.now();
let requests = 0;
let muted = false;
let agent = null;
const pending = new Map();

/** Turns `{"$date": …}` back into the Date that the library insists on. */
function revive(_, value) {
  return value !== null && typeof value === "object" && typeof value.$date === "string" ? new Date(value.$date) : value;
}

function up(event, data) {
  const line = JSON.stringify({ event, data });
  if (socket?.readyState === WebSocket.OPEN) socket.send(line);
  else if (waiting.length < WAITING) waiting.push(line);
}

function down(message) {
  const { event, data } = message;
  if (event === "agent::update" && data?.snapshot) {
    const snapshot = data.snapshot;
    snapshot.localTimestamp = Date.now();
    // A falsified snapshot may have no time; it is handed on as it is.
    if (snapshot.snapshotTimestamp instanceof Date) {
      snapshot.skew = snapshot.snapshotTimestamp.getTime() - snapshot.localTimestamp;
    }
  }
  if (framed && sdk.publish(event, data)) return;
  if (event === "agent::update") sound.ask();
  if (event === "master_response" && sound.hear(data)) return;
  const own = event === "api_response" && typeof data?.requestId === "string" && data.requestId.startsWith(OWN);
  if (framed && !own) window.parent.postMessage({ event, data }, "*");
  // The softphone must not keep the bridge from carrying what it cannot show itself.
  try {
    notice(event, data);
  } catch (error) {
    console.debug("the softphone cannot show this", error);
  }
}

function notice(event, data) {
  if (event === "agent::update") show(data);
  if (event === "agent::mute_toggle") { muted = data.muted === true; show(agent); }
  if (event === "api_response" && pending.has(data.requestId)) {
    const then = pending.get(data.requestId);
    pending.delete(data.requestId);
    if (data.err) say(text.refused + (JSON.parse(data.err).message ?? data.err));
    else then?.();
  }
}

function connect() {
  const url = new URL("/ccp-v2/socket", location.href);
  url.protocol = "ws:";
  url.searchParams.set("framed", framed ? "1" : "0");
  socket = new WebSocket(url);
  socket.onopen = () => {
    attempts = 0;
    since = Date.now();
    say("");
    for (const line of waiting.splice(0)) socket.send(line);
  };
  socket.onmessage = (message) => down(JSON.parse(message.data, revive));
  socket.onclose = (close) => {
    if (close.code === SIGNED_OFF) { location.replace("/ccp-v2/"); return; }
    say(text.lost);
    if (attempts === 0) since = Date.now();
    attempts += 1;
    setTimeout(reconnect, Math.min(250 * 2 ** attempts, 4000));
  };
}

function networkStatus() {
  return { status: socket?.readyState === WebSocket.OPEN ? "connected" : "disconnected", timestamp: since };
}

/** A server that forgot the session serves this page anew, or the form. */
async function reconnect() {
  try {
    const session = await (await fetch("/ccp-v2/session", { cache: "no-store" })).json();
    if (session.agent === null) { location.reload(); return; }
  } catch {
    // The server is away; the attempt below fails as well and comes back here.
  }
  connect();
}

window.addEventListener("message", (message) => {
  if (!framed || message.source !== window.parent) return;
  const { event, data } = message.data ?? {};
  if (typeof event !== "string" || event.startsWith("softphone::")) return;
  if (event === "broadcast" && (data?.event === "log" || data?.event === "server_bound_internal_log")) return;
  try {
    up(event, data);
    if (event === "configure") sound.configure(data ?? {});
  } catch {
    // What is no JSON (a cycle, a BigInt) is nothing the library sends.
  }
});

// ── Who holds the sound ────────────────────────────────────────────────────────────────────

/**
 * The CCP itself runs the library. Its frames in all tabs share one storage, and each keeps there what
 * its parent has configured; one that is loaded anew and is not configured at once starts from what
 * was kept last, whosever it was. A frame that may have the audio or the ring asks for it whenever the
 * agent's data come, and gets it if nobody has it (`initSoftphoneManager` and `initRingtoneEngines` of
 * the library 2.28.2).
 */
const sound = {
  wanted: new Set(),
  asked: new Map(),
  fromStorage: 0,

  /** As a page that has just been loaded. */
  begin() {
    const softphone = sound.recall("Softphone");
    const ringtone = sound.recall("Ringtone");
    if (!softphone && !ringtone) return;
    sound.fromStorage = setTimeout(() => sound.want(softphone, ringtone), 100);
  },

  configure({ softphone, chat, task }) {
    clearTimeout(sound.fromStorage);
    const ringtone = { voice: softphone, queue_callback: softphone, chat, task };
    sound.keep("Softphone", softphone);
    sound.keep("Ringtone", ringtone);
    sound.want(softphone, ringtone);
  },

  want(softphone, ringtone) {
    if (softphone?.allowFramedSoftphone) sound.wanted.add("connect::softphone");
    if (ringtone) sound.wanted.add("connect::ringtone");
  },

  ask() {
    for (const topic of sound.wanted) {
      requests += 1;
      const requestId = OWN + requests;
      sound.asked.set(requestId, topic);
      up("master_request", { event: "master_request", requestId, method: "checkMaster", params: { topic } });
    }
  },

  /** Whether it is an answer to this page, and none of its parent's business. */
  hear({ requestId, data }) {
    const topic = sound.asked.get(requestId);
    if (topic === undefined) return false;
    sound.asked.delete(requestId);
    // Who rings asks for each call; who has the audio asks no more.
    if (data.isMaster && topic === "connect::softphone") sound.wanted.delete(topic);
    return true;
  },

  // A browser may keep a frame of another site from its storage.
  keep(name, params) {
    try {
      if (params) localStorage.setItem(`${name}ParamsStorage::${location.origin}`, JSON.stringify(params));
    } catch { /* Then nothing is kept. */ }
  },

  recall(name) {
    try {
      return JSON.parse(localStorage.getItem(`${name}ParamsStorage::${location.origin}`));
    } catch {
      return null;
    }
  },
};

// ── The softphone ──────────────────────────────────────────────────────────────────────────

const at = (id) => document.getElementById(id);

function api(method, params, then) {
  requests += 1;
  const requestId = OWN + requests;
  pending.set(requestId, then);
  up("api_request", { event: "api_request", requestId, method, params });
}

function say(sentence) {
  at("link").textContent = sentence;
  at("link").hidden = sentence === "";
}

function button(label, kind, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  element.className = kind;
  element.addEventListener("click", act);
  return element;
}

function span(kind, content) {
  const element = document.createElement("span");
  element.className = kind;
  element.textContent = content;
  return element;
}

let drawn = "";
function show(update) {
  if (!update?.snapshot || !update.configuration) return;
  agent = update;
  const { snapshot, configuration } = update;
  // The same again, every half minute, must not close an open menu or take the focus.
  const { snapshotTimestamp: _, localTimestamp: __, skew: ___, ...rest } = snapshot;
  const picture = JSON.stringify([rest, configuration, muted], (key, value) => (key === "contactDuration" ? undefined : value));
  if (picture === drawn) return;
  drawn = picture;
  const named = (name) => text.states[name] ?? name;
  at("name").textContent = configuration.name;
  at("state").textContent = named(snapshot.state.name) + (snapshot.nextState ? ` (${text.next}${named(snapshot.nextState.name)})` : "");
  at("state").dataset.kind = snapshot.state.type;
  const chosen = snapshot.nextState?.name ?? snapshot.agentAvailabilityState.state;
  at("states").replaceChildren(...configuration.agentStates.map((state) => new Option(named(state.name), state.agentStateARN, false, state.name === chosen)));
  const contacts = snapshot.contacts.filter((contact) => Array.isArray(contact?.connections));
  at("contacts").replaceChildren(...contacts.map(row));
  at("empty").hidden = contacts.length > 0;
}

function row(contact) {
  const { contactId, connections } = contact;
  const own = connections.find((one) => one.type === "agent");
  const customer = connections.find((one) => one.initial);
  const state = contact.state?.type;
  const rings = state === "incoming" || (state === "connecting" && contact.type !== "queue_callback" && customer?.type === "inbound");
  const held = customer?.state?.type === "hold";
  const written = contact.type === "chat" || contact.type === "task";
  const phase = held ? "hold" : state === "connecting" && !rings ? "dialling" : state === "connected" && written ? "working" : state;
  const item = document.createElement("li");
  item.dataset.phase = phase;
  item.append(span("number", `${text.channel[contact.type] ?? ""}${whoIs(contact, customer)}`));
  item.append(span("phase", `${text.contact[phase] ?? phase}${contact.queue?.name ? ` · ${contact.queue.name}` : ""}`));
  const buttons = document.createElement("div");
  buttons.className = "buttons";
  const leg = (connection) => ({ contactId, connectionId: connection?.connectionId });
  if (rings) {
    buttons.append(
      button(text.accept, "go", () => api("acceptContact", { contactId }, () => accepted(contactId))),
      button(text.reject, "stop", () => api("rejectContact", { contactId })),
    );
  } else if (state === "connecting" || state === "connected" || state === "paused") {
    if (contact.type === "task") {
      buttons.append(
        state === "paused"
          ? button(text.takeUp, "", () => api("resumeContact", { contactId }))
          : button(text.setAside, "", () => api("pauseContact", { contactId })),
      );
    } else if (!written && state === "connected") {
      buttons.append(
        held
          ? button(text.resume, "", () => api("resumeConnection", leg(customer)))
          : button(text.hold, "", () => api("holdConnection", leg(customer))),
        button(muted ? text.unmute : text.mute, "", () => up("broadcast", { event: "mute", data: { mute: !muted } })),
      );
    }
    buttons.append(button(text.hangUp, "stop", () => api("destroyConnection", leg(own))));
  } else {
    buttons.append(button(text.clear, "", () => api("clearContact", { contactId })));
  }
  item.append(buttons);
  return item;
}

function whoIs(contact, customer) {
  if (contact.type === "task") return contact.name ?? "";
  if (contact.type === "chat") return customer?.chatMediaInfo?.customerName ?? "";
  const number = customer?.endpoint?.phoneNumber;
  return !number || number === "anonymous" ? text.withheld : number;
}

/** The library announces its own accepts; the softphone announces its. */
function accepted(contactId) {
  up("broadcast", { event: "contact::accepted", data: { contactId } });
  up("broadcast", { event: `contact::accepted::${contactId}`, data: { contactId } });
}

at("states").setAttribute("aria-label", text.chooseState);
at("states").addEventListener("change", (change) => {
  const state = agent?.configuration.agentStates.find((one) => one.agentStateARN === change.target.value);
  if (state) api("putAgentState", { state, enqueueNextState: true });
});
at("sign-out").textContent = text.signOut;
at("sign-out").addEventListener("click", () => up("softphone::sign_out", null));
at("empty").textContent = text.noContacts;

if (window.opener && window.name === "connect::loginPopup") {
  // The sign-in that was asked for in a pop-up is done; it never was a softphone.
  window.close();
} else {
  if (framed) {
    sdk.open();
    sound.begin();
  }
  connect();
}
