// The customer's phone: a page for a person who plays the customer. It shows what the server
// says and does nothing by itself; every button is one request to the control API.
"use strict";

const texts = {
  en: {
    title: "Customer's phone", lead: "You are the customer. Call the shop, or pick up when it calls you.",
    softphone: "Softphone", control: "Control API", call: "Call the shop", from: "Calling from",
    withhold: "Withhold the number", queue: "Queue", attributes: "Contact attributes", addAttribute: "Add an attribute",
    key: "Name", value: "Value", remove: "Remove", callNow: "Call", callMeBack: "Ask for a callback",
    lines: "Lines", noLines: "Nobody is on the line.", past: "Earlier", numbers: "When the shop dials",
    numbersNote: "A number rings here unless it is set otherwise.", number: "Number", whenDialled: "When dialled", set: "Set",
    hangUp: "Hang up", answer: "Answer", busy: "Busy", refuse: "Decline", noAnswer: "Do not answer", instead: "Call me back instead",
    supervisor: "Supervisor", listen: "Listen", speak: "Speak", leave: "Leave", third: "Called in", pickUp: "Pick up", lost: "The simulator cannot be reached. Trying again…", withheldCaller: "Number withheld", digits: "Digits heard",
    doing: {
      queued: "Waiting in the queue", waitingCallback: "Waiting to be called back", offered: "Ringing at ", offeredCallback: "Offered to ",
      dialled: "Your phone is ringing", talking: "Talking with ", working: "With ", hold: "On hold · ", transferred: "Talking with the third party",
    },
    ending: {
      abandoned: "Hung up while waiting", customer_hung_up: "You hung up", agent_hung_up: "The shop hung up", cancelled: "The shop gave up",
      busy: "Busy", no_answer: "Not answered", bad_number: "Number does not exist", refused: "Declined", callback_requested: "Callback requested", vanished: "The connection was lost", stopped: "Ended by the shop's system",
    },
    reach: {
      ring: "Rings here", answer: "Picked up at once", busy: "Busy", "no-answer": "Nobody picks up", "bad-number": "Does not exist",
      refused: "Connect refuses it", "not-permitted": "Not permitted",
    },
    channel: { chat: "Chat · ", task: "Task · " },
    origin: { inbound: "Your call", outbound: "The shop calls", callback: "Callback" },
    callers: ["+819012345678 Mobile", "+81312345678 Tokyo", "+81661234567 Osaka", "+815012345678 IP phone", "+12065550142 Seattle", "+442079460000 London", "sip:guest@shop.example SIP"],
  },
  ja: {
    title: "お客さまの電話", lead: "あなたはお客さまです。お店に電話をかけたり、お店からの電話に出たりできます。",
    softphone: "ソフトフォン", control: "制御 API", call: "お店に電話する", from: "発信元の番号",
    withhold: "番号を通知しない", queue: "窓口", attributes: "コンタクト属性", addAttribute: "属性を追加",
    key: "名前", value: "値", remove: "削除", callNow: "発信", callMeBack: "折り返しを頼む",
    lines: "回線", noLines: "通話中の回線はありません。", past: "これまでの通話", numbers: "お店から発信したとき",
    numbersNote: "設定のない番号は、この画面で鳴ります。", number: "番号", whenDialled: "発信されたら", set: "設定",
    hangUp: "切る", answer: "出る", busy: "話し中", refuse: "拒否", noAnswer: "出ない", instead: "折り返しに切り替える",
    supervisor: "スーパーバイザー", listen: "聞く", speak: "話す", leave: "抜ける", third: "呼び出し先", pickUp: "出る", lost: "シミュレーターに接続できません。再接続しています…", withheldCaller: "番号非通知", digits: "聞こえた番号",
    doing: {
      queued: "待ち行列でお待ちです", waitingCallback: "折り返し待ち", offered: "呼び出し中: ", offeredCallback: "折り返しを案内中: ",
      dialled: "電話が鳴っています", talking: "通話中: ", working: "応対中: ", hold: "保留中: ", transferred: "転送先と通話中",
    },
    ending: {
      abandoned: "待っている間に切りました", customer_hung_up: "お客さまが切りました", agent_hung_up: "お店が切りました", cancelled: "お店が発信を取りやめました",
      busy: "話し中", no_answer: "応答なし", bad_number: "存在しない番号", refused: "拒否しました", callback_requested: "折り返しを依頼しました", vanished: "接続が失われました", stopped: "お店のシステムが終了しました",
    },
    reach: {
      ring: "この画面で鳴る", answer: "すぐに出る", busy: "話し中", "no-answer": "誰も出ない", "bad-number": "存在しない番号",
      refused: "Connect が拒否する", "not-permitted": "発信が許可されない",
    },
    channel: { chat: "チャット · ", task: "タスク · " },
    origin: { inbound: "お客さまから", outbound: "お店から", callback: "折り返し" },
    callers: ["+819012345678 携帯", "+81312345678 東京", "+81661234567 大阪", "+815012345678 IP 電話", "+12065550142 シアトル", "+442079460000 ロンドン", "sip:guest@shop.example SIP"],
  },
};

const asked = new URLSearchParams(location.search).get("lang");
const language = asked === "ja" || asked === "en" ? asked : navigator.language.startsWith("ja") ? "ja" : "en";
const text = texts[language];
document.documentElement.lang = language;

const at = (id) => document.getElementById(id);
/** As many ended calls as a person looks back on. */
const PAST = 12;

for (const element of document.querySelectorAll("[data-text]")) element.textContent = text[element.dataset.text];
document.title = text.title;
const other = language === "ja" ? "en" : "ja";
at("other-language").href = `?lang=${other}`;
at("other-language").lang = other;
at("other-language").textContent = other === "ja" ? "日本語" : "English";
const anybody = text.callers.map((caller) => {
  const [number, ...name] = caller.split(" ");
  return { number, name: name.join(" ") };
});
let suggested = 0;
/** Who to call as; a number that a person has typed stays. */
function suggest(callers) {
  if (callers.length === suggested) return;
  suggested = callers.length;
  const first = at("callers").firstElementChild?.value;
  at("callers").replaceChildren(...callers.map(({ number, name }) => {
    const option = new Option(name, number);
    option.label = `${number} ${name}`;
    return option;
  }));
  if (at("from").value === (first ?? "")) at("from").value = callers[0].number;
}
suggest(anybody);
at("reach").append(...Object.entries(text.reach).map(([value, label]) => new Option(label, value)));

function make(tag, kind, content) {
  const element = document.createElement(tag);
  if (kind) element.className = kind;
  if (content !== undefined) element.textContent = content;
  return element;
}

function button(label, kind, act) {
  const element = make("button", kind, label);
  element.type = "button";
  element.addEventListener("click", act);
  return element;
}

function complain(sentence) {
  at("problem").textContent = sentence;
  at("problem").hidden = sentence === "";
}

async function control(path, body = {}) {
  complain("");
  try {
    const answer = await fetch(`/control${path}`, {
      method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
    });
    if (!answer.ok) complain((await answer.json()).error);
    return answer.ok;
  } catch {
    complain(text.lost);
    return false;
  }
}

// ── Calling ────────────────────────────────────────────────────────────────────────────────

function addAttribute() {
  const row = make("div", "row");
  const key = make("input"), value = make("input");
  key.placeholder = text.key; key.setAttribute("aria-label", text.key); key.dataset.part = "key";
  value.placeholder = text.value; value.setAttribute("aria-label", text.value); value.dataset.part = "value";
  row.append(key, value, button(text.remove, "quiet", () => row.remove()));
  at("attributes").append(row);
  key.focus();
}

function attributes() {
  const named = {};
  for (const row of at("attributes").children) {
    const key = row.querySelector('[data-part="key"]').value.trim();
    if (key) named[key] = row.querySelector('[data-part="value"]').value;
  }
  return named;
}

at("add-attribute").addEventListener("click", addAttribute);
at("withheld").addEventListener("change", () => { at("from").disabled = at("withheld").checked; });
at("call").addEventListener("submit", (submit) => {
  submit.preventDefault();
  const from = at("withheld").checked ? null : at("from").value.trim();
  control("/calls", { from, queue: at("queue").value, attributes: attributes() });
});
at("callback").addEventListener("click", () => {
  control("/callbacks", { number: at("from").value.trim(), queue: at("queue").value, attributes: attributes() });
});
at("number-form").addEventListener("submit", async (submit) => {
  submit.preventDefault();
  const number = at("number").value.trim();
  if (await control("/phones", { number, when_dialled: at("reach").value })) at("number").value = "";
});

// ── What the lines are doing ───────────────────────────────────────────────────────────────

function describe(line) {
  const { doing } = text;
  const who = line.agent_name ?? "";
  if (line.doing === "queued") return line.origin === "callback" ? doing.waitingCallback : doing.queued;
  if (line.doing === "offered") return (line.origin === "callback" ? doing.offeredCallback : doing.offered) + who;
  if (line.doing === "talking" && line.channel !== "voice") return doing.working + who;
  if (line.doing === "talking" || line.doing === "hold") return doing[line.doing] + who;
  return doing[line.doing] ?? line.doing;
}

function whoIs(line) {
  const who = line.channel === "voice" ? (line.number ?? text.withheldCaller) : (line.title ?? "");
  return (text.channel[line.channel] ?? "") + who;
}

function buttons(line) {
  const act = (name) => () => control(`/contacts/${line.contact_id}/${name}`);
  if (line.doing === "dialled") {
    return [
      button(text.answer, "go", act("answer")), button(text.busy, "", act("busy")),
      button(text.refuse, "stop", act("refuse")), button(text.noAnswer, "", act("no-answer")),
    ];
  }
  const all = [button(text.hangUp, "stop", act("hang-up"))];
  if (line.doing === "queued" && line.origin === "inbound" && line.number) {
    all.push(button(text.instead, "", () => control("/callbacks", { contact: line.contact_id })));
  }
  return all;
}

function card(line) {
  const item = make("li");
  item.dataset.doing = line.doing;
  item.append(
    make("span", "number", whoIs(line)),
    make("span", "doing", describe(line)),
    make("span", "note", `${text.origin[line.origin]} · ${line.queue}`),
  );
  if (line.digits_heard) item.append(make("span", "note", `${text.digits}: ${line.digits_heard}`));
  const row = make("div", "buttons");
  row.append(...buttons(line));
  item.append(row);
  for (const leg of line.third_parties ?? []) {
    const third = make("div", "third");
    third.append(make("span", "note", `${text.third}: ${leg.name ?? leg.number ?? ""}`));
    const act = (name) => () => control(`/contacts/${line.contact_id}/third-parties/${leg.connection_id}/${name}`);
    if (leg.state === "connecting") third.append(button(text.pickUp, "go", act("answer")));
    third.append(button(text.hangUp, "", act("hang-up")));
    item.append(third);
  }
  if (line.channel === "voice" && ["talking", "hold"].includes(line.doing)) {
    const supervisor = make("div", "third");
    supervisor.append(make("span", "note", text.supervisor));
    for (const does of ["listen", "speak", "leave"]) {
      supervisor.append(button(text[does], "quiet", () => control(`/contacts/${line.contact_id}/supervisor`, { does })));
    }
    item.append(supervisor);
  }
  return item;
}

function past(line) {
  const item = make("li");
  const when = new Intl.DateTimeFormat(language, { timeStyle: "medium" }).format(new Date(line.ended_at));
  item.append(make("span", "", whoIs(line)), make("span", "note", `${when} · ${text.ending[line.ending] ?? line.ending}`));
  return item;
}

let shown = "";
function show(view) {
  const customers = view.callers.map((one) => ({ number: one.number, name: one[language] }));
  const others = anybody.filter((one) => !customers.some((customer) => customer.number === one.number));
  suggest([...customers, ...others]);
  // Redrawing what has not changed would take the focus from a button that is being pressed.
  const { now: _, ...rest } = view;
  const fingerprint = JSON.stringify(rest);
  if (fingerprint === shown) return;
  shown = fingerprint;
  const chosen = at("queue").value;
  at("queue").replaceChildren(...view.queues.map((name) => new Option(name, name, false, name === chosen)));
  const live = view.lines.filter((line) => line.place !== "gone");
  const gone = view.lines.filter((line) => line.place === "gone").sort((a, b) => b.ended_at.localeCompare(a.ended_at));
  at("lines").replaceChildren(...live.map(card));
  at("no-lines").hidden = live.length > 0;
  at("past").replaceChildren(...gone.slice(0, PAST).map(past));
  at("past-block").hidden = gone.length === 0;
  at("numbers").replaceChildren(...Object.entries(view.phones).map(([number, reach]) => {
    const item = make("li");
    item.append(make("span", "", number), make("span", "note", text.reach[reach]));
    return item;
  }));
  document.title = live.some((line) => line.doing === "dialled") ? `☎ ${text.doing.dialled}` : text.title;
}

const events = new EventSource("/phone/events");
events.onmessage = (message) => { at("link").hidden = true; show(JSON.parse(message.data)); };
events.onerror = () => { at("link").textContent = text.lost; at("link").hidden = false; };
