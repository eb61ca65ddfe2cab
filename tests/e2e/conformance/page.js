// The bare page of the conformance tests: the unmodified library and a tape of everything that it
// calls back, in order. It asks the library for what it is told to ask, and nothing by itself.
"use strict";

/** What was seen: arguments of callbacks, payloads from the frame, and their common order. */
const tape = { callbacks: [], order: [], down: [], errors: [], uncaught: [], opened: [] };
/** Answers to the heartbeat, and frames that were put in, since the page was loaded. */
const count = { beats: 0, frames: 0 };

/** The library's own chatter, see NOISE in `trace.mjs`. */
const CHATTER = ["log", "server_bound_internal_log", "client_metric"];
const FENCE = "conformance::fence";

/** Data as it stands in a trace: a Date is `{"$date": …}`. */
function written(data) {
  return data === undefined ? null : JSON.parse(JSON.stringify(data, function (key, value) {
    return this[key] instanceof Date ? { $date: this[key].toISOString() } : value;
  }));
}

function isChatter(event, data) {
  return event === FENCE || CHATTER.includes(event) || (event === "acknowledge" && !data?.id);
}

function called(name, arg = null) {
  tape.callbacks.push({ cb: name, arg });
  tape.order.push(`cb  ${name}`);
}

const ofAgent = (agent) => ({ agentState: agent.getState().name, type: agent.getState().type });

const ofContact = (contact) => ({
  contactId: contact.getContactId(),
  state: contact.getState().type,
  snapshot: contact instanceof connect.ContactSnapshot,
  connections: contact._getData().connections.map(({ type, initial, state }) => `${type}${initial ? "*" : ""}:${state.type}`).join(" "),
});

function listenToAgent(agent) {
  const whole = ["onRefresh", "onRoutable", "onNotRoutable", "onOffline", "onError", "onAfterCallWork", "onEnqueuedNextState", "onClearedNextState"];
  for (const name of whole) agent[name]((one) => called(`agent.${name}`, ofAgent(one)));
  agent.onStateChange(({ oldState, newState }) => called("agent.onStateChange", { oldState, newState }));
  const news = [
    "onMuteToggle", "onSoftphoneError", "onSpeakerDeviceChanged", "onMicrophoneDeviceChanged", "onRingerDeviceChanged",
    "onWebSocketConnectionLost", "onWebSocketConnectionGained", "onLocalMediaStreamCreated", "onNetworkConnectionStatusChanged",
  ];
  for (const name of news) agent[name]((data) => called(`agent.${name}`, written(data)));
}

function listenToContact(contact) {
  const names = ["onIncoming", "onPending", "onConnecting", "onAccepted", "onConnected", "onMissed", "onError", "onACW", "onEnded", "onDestroy", "onRefresh"];
  for (const name of names) contact[name]((one) => called(`contact.${name}`, ofContact(one)));
}

function listen() {
  const bus = connect.core.getEventBus();
  bus.subscribeAll((data, event) => {
    if (!isChatter(event) && event !== "acknowledge") tape.order.push(`bus  ${event}`);
  });
  bus.subscribe("ack_timeout", () => called("bus.ACK_TIMEOUT"));
  bus.subscribe("terminated", () => called("bus.TERMINATED"));
  const ofCore = [
    "onInitialized", "onConfigure", "onViewContact", "onAuthFail", "onAccessDenied", "onAuthorizeSuccess",
    "onAuthorizeRetriesExhausted", "onCTIAuthorizeRetriesExhausted", "onIframeRetriesExhausted",
  ];
  for (const name of ofCore) {
    connect.core[name]((data) => called(`core.${name}`, written(data)));
  }
  connect.agent((agent) => {
    called("connect.agent", ofAgent(agent));
    listenToAgent(agent);
  });
  connect.contact((contact) => {
    called("connect.contact", ofContact(contact));
    listenToContact(contact);
  });
}

const frame = () => document.querySelector("#ccp iframe");

window.addEventListener("message", ({ source, data: message }) => {
  if (source !== frame()?.contentWindow || !message?.event) return;
  if (message.event === "acknowledge" && !message.data?.id) count.beats += 1;
  if (isChatter(message.event, message.data)) return;
  tape.down.push({ event: message.event, data: written(message.data) });
  tape.order.push(`in   ${message.event}`);
});
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) count.frames += addedNodes.length;
}).observe(document.getElementById("ccp"), { childList: true });

const { open } = window;
window.open = (url, name, features) => {
  tape.opened.push({ url, name, features });
  return open.call(window, url, name, features);
};

/** `[2026-01-01T09:00:00.000Z] [ERROR] [agent-0001]: ` before what the library logs. */
const PREFIX = /^(\[[^\]]*\] )+[^:]*: /;
console.error = (text) => tape.errors.push(String(text).replace(PREFIX, ""));

window.addEventListener("error", ({ message }) => tape.uncaught.push(message));
window.addEventListener("unhandledrejection", ({ reason }) => tape.uncaught.push(String(reason)));

// ── What a test asks of the library ────────────────────────────────────────────────────────

const contact = (id) => new connect.Contact(id);
const agent = () => new connect.Agent();

const requests = {
  accept: (done, id) => contact(id).accept(done),
  reject: (done, id) => contact(id).reject(done),
  clear: (done, id) => contact(id).clear(done),
  leave: (done, id) => contact(id).getAgentConnection().destroy(done),
  hold: (done, id) => contact(id).getInitialConnection().hold(done),
  resume: (done, id) => contact(id).getInitialConnection().resume(done),
  muteParticipant: (done, id) => contact(id).getAgentConnection().muteParticipant(done),
  unmuteParticipant: (done, id) => contact(id).getAgentConnection().unmuteParticipant(done),
  addConnection: (done, id, { name, number }) => {
    if (number) contact(id).addConnection(connect.Endpoint.byPhoneNumber(number), done);
    else contact(id).addConnection(page.endpoints.find((endpoint) => endpoint.name === name), done);
  },
  toggle: (done, id) => contact(id).toggleActiveConnections(done),
  conference: (done, id) => contact(id).conferenceConnections(done),
  connect: (done, id, { number }) => agent().connect(connect.Endpoint.byPhoneNumber(number), done),
  setState: (done, id, { name, later }) => {
    const state = agent().getAgentStates().find((one) => one.name === name);
    agent().setState(state, done, later === undefined ? undefined : { enqueueNextState: later });
  },
};

const told = {
  mute: () => agent().mute(),
  unmute: () => agent().unmute(),
  setSpeaker: (deviceId) => agent().setSpeakerDevice(deviceId),
  view: (id) => connect.core.viewContact(id),
  showQuickConnects: () => connect.core.activateChannelWithViewType("quick_connects", "softphone"),
  listDevices: () => connect.core.getFrameMediaDevices(),
  checkMaster: (topic) => connect.ifMaster(topic, () => {}, () => {}),
  becomeMaster: (topic) => connect.becomeMaster(topic, () => {}),
  networkStatus: () => agent().getNetworkConnectionStatus(),
  instanceOf: (id) => contact(id).getInstanceDetails(),
  engagePreview: (id) => contact(id).engagePreviewContact().catch(({ errorKey, message }) => errorKey ?? message),
  /** Quick connects of all the agent's queues. */
  listEndpoints: async () => {
    page.endpoints = await new Promise((success, failure) => {
      agent().getEndpoints(agent().getAllQueueARNs(), { success: ({ endpoints }) => success(endpoints), failure });
    });
  },
  terminate: () => {
    connect.core.terminate();
    frame().remove();
  },
};

window.page = {
  tape,
  count,
  endpoints: [],

  init(params) {
    connect.getLog().setEchoLevel(connect.LogLevel.ERROR);
    connect.core.initCCP(document.getElementById("ccp"), params);
    listen();
  },

  /** Begins a new tape. */
  begin() {
    for (const list of Object.values(tape)) list.length = 0;
  },

  mark: (text) => called(text),

  /** Asks; both answers are called back under the label. */
  ask(label, request, id, given) {
    requests[request]({
      success: (data) => called(`${label}.success`, written(data)),
      failure: (err, data) => called(`${label}.failure`, { err, errType: typeof err, data: data === undefined ? "<undefined>" : written(data) }),
    }, id, given);
  },

  /** Asks for what a trace has no callback of. */
  tell: (what, given) => told[what](given),

  /** Comes back when everything that was said on either side before has arrived. */
  async quiet() {
    const bus = connect.core.getEventBus();
    for (;;) {
      const before = tape.down.length;
      await new Promise((back) => {
        const subscription = bus.subscribe(FENCE, () => { subscription.unsubscribe(); back(); });
        connect.core.getUpstream().sendUpstream("broadcast", { event: FENCE });
      });
      if (tape.down.length === before) return;
    }
  },
};
