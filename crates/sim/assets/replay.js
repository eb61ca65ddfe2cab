// The CCP page when an incident is replayed: it says what the recorded CCP said, in that order, to
// whatever page embeds it. What the recorded page said is a place in the order; it is passed when the
// page that embeds this one says the same, or stepped over.
"use strict";

/** Requests that the page makes without the agent. */
const UNASKED = ["checkMaster", "becomeMaster", "createTransport"];

const at = (id) => document.getElementById(id);

let incident;
/** The place of the line that comes next. */
let next = 0;
/** Requests of the page that embeds this one, by the recorded request that each stands for. */
const asked = new Map();
/** Whether the recorded CCP had stopped answering here. */
let silent = false;
let pacing = null;

function revive(_, value) {
  return value !== null && typeof value === "object" && typeof value.$date === "string" ? new Date(value.$date) : value;
}

function post(event, data) {
  window.parent.postMessage({ event, data }, "*");
}

/** What the line says here and now. */
function payload({ at, event, data }) {
  const said = structuredClone(data);
  if (event === "agent::update") {
    if (typeof said.configuration === "number") said.configuration = incident.configurations[said.configuration];
    // The server's clock, as this PC's differs from it now: the page then finds the same server time
    // as the recorded page did, whenever this is played.
    const behind = Date.now() - (Date.parse(incident.started) + at);
    if (typeof said.snapshot?.skew === "number") said.snapshot.skew -= behind;
    if (typeof said.snapshot?.localTimestamp === "number") said.snapshot.localTimestamp += behind;
  }
  return JSON.parse(JSON.stringify(said ?? null), revive);
}

/** Says the next line, or steps over it. */
function step() {
  const line = incident.messages[next];
  if (!line) return;
  next += 1;
  if (line.event === "heartbeat") silent = line.asked > line.answered + 1;
  else if (line.from === "ccp") say(line);
  show();
}

function say(line) {
  silent = false;
  const data = payload(line);
  if (line.event === "api_response") {
    // The answer to what nobody has asked here would reach nobody.
    if (!asked.has(data.requestId)) return;
    data.requestId = asked.get(data.requestId);
  }
  post(line.event, data);
}

/** Whether the line is something that the agent did. */
function isAct(line) {
  if (line?.from !== "page") return false;
  if (line.event === "broadcast") return line.data.event === "mute" && line.data.data !== undefined;
  return line.event === "api_request" && !UNASKED.includes(line.data.method);
}

/** Says line after line, as fast as the page takes them, until `stop`. */
async function run(stop) {
  clearTimeout(pacing?.timer);
  const running = (pacing = {});
  while (next < incident.messages.length && pacing === running) {
    if (stop(incident.messages[next])) break;
    step();
    // Each message is a task of the page's; another follows when that is done.
    await new Promise((resolve) => setTimeout(resolve));
  }
  if (pacing === running) halt();
}

/** Says each line when it was said, counted from the one before. */
function pace() {
  const running = (pacing = {});
  const wait = () => {
    const [last, line] = [incident.messages[next - 1], incident.messages[next]];
    if (!line) return halt();
    running.timer = setTimeout(() => {
      if (pacing !== running) return;
      step();
      wait();
    }, Math.max(0, line.at - (last?.until ?? last?.at ?? line.at)));
  };
  wait();
  show();
}

function halt() {
  clearTimeout(pacing?.timer);
  pacing = null;
  show();
  // Whoever wants to know when the page has heard it all: nothing but a test listens.
  post("replay::halted", next);
}

/** Something that the embedding page says. */
function hear(event, data) {
  if (event === "synchronize") {
    if (!silent) post("acknowledge", null);
    return;
  }
  if (event === "api_request") answerLater(data);
  const line = incident.messages[next];
  const isSame = line?.from === "page" && line.event === event && line.data?.method === data?.method && line.data?.event === data?.event;
  if (isSame) {
    next += 1;
    show();
  }
}

/** Finds the recorded request that this one stands for: the first of its kind that has an answer to come. */
function answerLater({ method, requestId }) {
  const lines = incident.messages;
  const answered = (id) => lines.findIndex((line) => line.event === "api_response" && line.data.requestId === id);
  const stands = lines.find(({ from, event, data }) => {
    if (from !== "page" || event !== "api_request" || data.method !== method || asked.has(data.requestId)) return false;
    const answer = answered(data.requestId);
    return answer === -1 || answer >= next;
  });
  if (stands) asked.set(stands.data.requestId, requestId);
  else {
    const err = JSON.stringify({ type: "InvalidStateException", message: "this is a recording", stack: [], retryStatus: "none" });
    post("api_response", { event: "api_response", requestId, data: null, err });
  }
}

/** In words: what a message is about. */
function summary({ event, data, asked, answered }) {
  if (event === "heartbeat") return `heartbeat: ${asked} asked, ${answered} answered`;
  if (event === "agent::update") {
    const contacts = data.snapshot?.contacts?.map?.((contact) => `${contact.contactId} ${contact.state?.type}`) ?? [];
    return [`${event}: ${data.snapshot?.state?.name}`, ...contacts].join(", ");
  }
  const within = data?.event === event ? undefined : data?.event;
  return [event, data?.method ?? within, data?.requestId, data?.err].filter(Boolean).join(" ");
}

function show() {
  const line = incident.messages[next];
  document.body.dataset.next = next;
  document.body.dataset.running = pacing !== null;
  at("waits").textContent = !line ? "This was the last message." : isAct(line) ? `The agent's act: ${line.data.method ?? line.data.event}` : "";
  at("lines").querySelector("[aria-current]")?.removeAttribute("aria-current");
  const row = at("lines").children[next];
  row?.setAttribute("aria-current", "step");
  row?.scrollIntoView({ block: "nearest" });
}

async function open() {
  const answer = await fetch("/ccp-v2/incident.json", { cache: "no-store" });
  if (!answer.ok) {
    at("about").textContent = "There is nothing to replay any more: the simulator was reset while this page came.";
    return;
  }
  incident = await answer.json();
  const { desk, library, browser, started, missing, messages } = incident;
  at("about").textContent = `${started}, ${browser}, library ${library}, desk ${desk}${missing > 0 ? `; ${missing} earlier messages are missing` : ""}`;
  at("lines").append(...messages.map((line) => {
    const row = document.createElement("li");
    row.dataset.from = line.from ?? "";
    row.textContent = `${(line.at / 1000).toFixed(1)} s ${line.from === "page" ? "↑" : line.from === "ccp" ? "↓" : ""} ${summary(line)}`;
    return row;
  }));
  window.addEventListener("message", ({ source, data }) => {
    if (source === window.parent && typeof data?.event === "string") hear(data.event, data.data);
  });
  at("step").addEventListener("click", () => { halt(); step(); });
  at("act").addEventListener("click", () => {
    // An act that nobody repeats is passed over.
    const from = next;
    run((line) => isAct(line) && line !== incident.messages[from]);
  });
  at("end").addEventListener("click", () => run(() => false));
  at("pace").addEventListener("click", () => (pacing ? halt() : pace()));
  // The library takes a CCP that says nothing for one that is signed out, so the greeting is not
  // waited with, nor the snapshot that shows the agent.
  let greeted = false;
  run(() => {
    const stop = greeted;
    greeted ||= incident.messages[next].event === "agent::update";
    return stop;
  });
}

open();
