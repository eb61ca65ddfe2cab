// Keeps what the desk and the CCP have said to each other, so that an incident can leave the house:
// the newest messages in both directions, with their times, and without anybody's data. A press on
// what bears `data-incident` saves them as a file; the simulator plays it (`sim --replay FILE`), and
// crates/sim/src/incident.rs documents its form.
//
// It is JavaScript and not Rust because it must still be there when the app has panicked, and because
// it is kilobytes smaller so. boot.js runs it before the Streams library, so that it hears of what the
// frame says before the library answers; the desk works without it.

/** Messages that are kept; a call has about twenty, an idle hour 120. And characters of them. */
const MOST_MESSAGES = 2_000;
const MOST_CHARACTERS = 2_000_000;
/** Milliseconds until a message is redacted: past the frame in which the desk paints what it says. */
const REDACT_AFTER = 100;
/** Texts that keep their pseudonym, the last used: there are about 800 in the messages that are kept. */
const MOST_NAMED = 1_024;
/** Levels of a message; the library's deepest has eight. What turns in a circle ends here. */
const DEEPEST = 12;

// What may stay. This is the whole list: members by name, and of each what may stay of its value. `null`, `true`
// and `false` may under every listed name; objects and lists are entered, and what is in them is
// looked up by its own name. A member that is not listed goes with its name, for the keys of a map
// (attributes, references) are the deployer's own words. What is listed is what the library, the
// softphone or the desk acts on, so that a file can be played. Names and words are those of the CTI
// service model and of `EventType` in `release/connect-streams.js` 2.28.2.

const words = (text) => ({ words: text.split(" ") });
/** An id or a name: one of these words stays, another text becomes a pseudonym, always the same. */
const named = (label, text = "") => ({ label, ...words(text) });
const inner = {};
/** A count, which is not as long as a telephone number; or a clock's milliseconds. */
const count = { below: 10_000 };
const clock = { below: Infinity };
const time = { time: true };
/** A map with free keys: that it is there. */
const map = {};
/** Text that may never stay, but that there was one. */
const secret = {};

/** Names of agents' states that Connect gives; an error state is told by its name alone. */
const STATES =
  "Init Available Offline Busy PendingBusy Pending CallingCustomer AfterCallWork Error AgentHungUp BadAddressAgent BadAddressCustomer Default FailedConnectAgent FailedConnectCustomer InvalidLocale LineEngagedAgent LineEngagedCustomer MissedCallAgent MissedCallCustomer MultipleCcpWindows RealtimeCommunicationError";

const MEMBERS = {
  // The envelope. Some events end in `::` and the id of a contact.
  event: words(
    "acknowledge synchronize configure configuration::configure request_configure outer_context_info reload_agent_configuration update_connected_ccps agent::update agent::mute_toggle agent::softphone_error agent::websocket_connection_lost agent::websocket_connection_gained agent::local_media_stream_created connection::session_init api_request api_response master_request master_response broadcast contact::accepted contact::view mute terminate terminated auth_fail access_denied authorize_success authorize_retries_exhausted cti_authorize_retries_exhausted",
  ),
  data: inner,
  requestId: named("request"),
  method: words(
    "putAgentState createOutboundContact getEndpoints updateAgentConfiguration acceptContact rejectContact clearContact completeContact destroyConnection holdConnection resumeConnection sendDigits muteParticipant unmuteParticipant createAdditionalConnection addNewConnection toggleActiveConnections conferenceConnections pauseContact resumeContact updateMonitorParticipantState createTransport checkMaster becomeMaster",
  ),
  params: inner,
  // An exception of Connect's, as JSON in a text.
  err: { json: true },
  id: named("page"),

  // agent::update
  snapshot: inner,
  configuration: inner,
  snapshotTimestamp: time,
  localTimestamp: clock,
  skew: clock,
  state: named("name", STATES),
  nextState: inner,
  agentAvailabilityState: inner,
  agentStateARN: named("state"),
  name: named("name", STATES),
  // Of agents' states, contacts, their states, connections, their states, endpoints, exceptions.
  type: words(
    "init routable not_routable offline system error voice queue_callback chat task email incoming pending connecting connected missed ended rejected paused agent inbound outbound monitoring hold disconnected silent_monitor barge phone_number queue AccessDeniedException InvalidStateException BadEndpointException InvalidAgentARNException InvalidConfigurationException InvalidContactTypeException PaginationException RefreshTokenExpiredException SendDataFailedException UnauthorizedException QuotaExceededException",
  ),
  startTimestamp: time,
  timestamp: time,
  timeStamp: time,
  contacts: inner,
  contactId: named("contact"),
  initialContactId: named("contact"),
  queue: inner,
  queueTimestamp: time,
  queueARN: named("queue"),
  queueId: named("queue"),
  attributes: map,
  initiationMethod: words(
    "inbound outbound transfer queue_transfer callback api disconnect webrtc_api agent_reply campaign_preview external_outbound monitor flow callback_customer_first_queued callback_customer_first_dialed",
  ),
  contactFeatures: inner,
  multiPartyConferenceEnabled: inner,
  agentContactHandlingConfig: inner,
  autoAccept: inner,
  customerEndpoint: inner,
  connections: inner,
  connectionId: named("connection"),
  initial: inner,
  endpoint: inner,
  softphoneMediaInfo: inner,
  callType: words("audio_only audio_video video_only none"),
  mute: inner,
  forcedMute: inner,
  monitorStatus: words("SILENT_MONITOR BARGE"),
  quickConnectName: named("name"),
  endpointARN: named("endpoint"),
  phoneNumber: words("anonymous"),
  agentARN: named("agent"),
  extension: secret,
  softphoneEnabled: inner,
  softphoneAutoAccept: inner,
  agentStates: inner,
  permissions: words("outboundCall"),
  routingProfile: inner,
  routingProfileARN: named("profile"),
  routingProfileId: named("profile"),
  channelConcurrencyMap: inner,
  VOICE: count,
  CHAT: count,
  TASK: count,
  defaultOutboundQueue: inner,
  queues: inner,

  // Requests and answers.
  enqueueNextState: inner,
  queueARNs: named("queue"),
  endpoints: inner,
  nextToken: secret,
  digits: secret,
  statusCode: count,

  // What else is said.
  length: count,
  muted: inner,
  errorType: words(
    "unsupported_browser microphone_not_shared signalling_handshake_failure signalling_connection_failure ice_collection_timeout user_busy_error webrtc_error realtime_communication_error user_media_denied other",
  ),
  softphone: inner,
  allowFramedSoftphone: inner,
  authorize: inner,
};

/** What the library says of itself, many times a call; nothing follows from it. */
const NOISE = words("log server_bound_internal_log client_metric api_metric click_stream_data softphone_stats softphone_report iframe_style").words;

const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

function keep(name, value, depth = 0) {
  const may = MEMBERS[name];
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Math.abs(value) < may.below ? value : "[number]";
  if (typeof value === "string") return keepText(name, may, value);
  if (value instanceof Date) {
    if (!may.time) return "[date]";
    return { $date: Number.isNaN(value.getTime()) ? null : value.toISOString() };
  }
  if (typeof value !== "object" || depth > DEEPEST) return "[object]";
  if (Array.isArray(value)) return value.map((item) => keep(name, item, depth + 1));
  return may === map ? {} : keepMembers(value, depth);
}

function keepMembers(object, depth) {
  const kept = {};
  for (const [name, value] of Object.entries(object)) {
    if (Object.hasOwn(MEMBERS, name) && value !== undefined) kept[name] = keep(name, value, depth + 1);
  }
  return kept;
}

function keepText(name, may, text) {
  if (text === "" || may.words?.includes(text)) return text;
  if (may.time && INSTANT.test(text)) return text;
  if (may.label) return pseudonym(may.label, text);
  if (may.json) {
    try {
      return JSON.stringify(keepMembers(JSON.parse(text), 0));
    } catch {
      // The mark says enough.
    }
  }
  if (name === "event") {
    const [, event, contact] = /^(.+)::(.+)$/.exec(text) ?? [];
    if (may.words.includes(event)) return `${event}::${pseudonym("contact", contact)}`;
  }
  return `[${name}]`;
}

/** By the hashes of their texts, for the texts are not kept; the last one named stands last. */
const pseudonyms = new Map();
const counts = {};

function pseudonym(label, text) {
  const known = hash(text);
  const given = pseudonyms.get(known) ?? `${label}-${(counts[label] = (counts[label] ?? 0) + 1)}`;
  pseudonyms.delete(known);
  pseudonyms.set(known, given);
  if (pseudonyms.size > MOST_NAMED) pseudonyms.delete(pseudonyms.keys().next().value);
  return given;
}

/** FNV-1a, twice: 64 bits. */
function hash(text) {
  let [a, b] = [0x811c9dc5, 0xcbf29ce4];
  for (let at = 0; at < text.length; at += 1) {
    a = Math.imul(a ^ text.charCodeAt(at), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(at), 0x85ebca6b);
  }
  return `${a} ${b}`;
}

/** What has passed and is not redacted yet: `[at, from, message]`. */
let passed = [];
/** `{ json, event, configuration }`, oldest first; the configuration is one of those below. */
const lines = [];
let characters = 0;
/** Of the lines that had to go, the last greeting and the last snapshot: what the window stands on. */
const opening = {};
let missing = 0;
/** The last line, while it is a heartbeat. */
let beat = null;
const started = Date.now();

function pass(from, message) {
  passed.push([Date.now() - started, from, message]);
  if (passed.length === 1) setTimeout(redact, REDACT_AFTER);
}

function redact() {
  for (const [at, from, { event, data }] of passed.splice(0)) {
    if (NOISE.includes(event) || (event === "broadcast" && NOISE.includes(data?.event))) continue;
    if (event === "synchronize" || (event === "acknowledge" && !data)) note(at, event);
    else take(at, from, event, data);
  }
}

/** Once a second the library asks whether the CCP is there: one line while nothing else is said. */
function note(at, event) {
  if (beat) characters -= lines.pop().json.length;
  beat ??= { at, event: "heartbeat", asked: 0, answered: 0 };
  beat.until = at;
  beat[event === "synchronize" ? "asked" : "answered"] += 1;
  add({ json: JSON.stringify(beat) });
}

function take(at, from, event, data) {
  beat = null;
  const line = { at, from, event: keep("event", String(event)) };
  // Of an event that is not listed the file says that there was one.
  if (line.event !== "[event]" && data !== undefined) line.data = keep("data", data);
  // Nearly every snapshot brings the same configuration; each is held once.
  let configuration;
  if (line.data?.configuration?.constructor === Object) {
    configuration = hold(JSON.stringify(line.data.configuration));
    line.data.configuration = HERE;
  }
  add({ json: JSON.stringify(line), event: line.event, configuration });
}

/** Where the number of the configuration belongs; no text becomes this one. */
const HERE = "#";

function add(line) {
  lines.push(line);
  characters += line.json.length;
  while (lines.length > MOST_MESSAGES || characters > MOST_CHARACTERS) {
    const { json, event } = lines[0];
    const opens = event === "acknowledge" || event === "agent::update";
    if (!opens || opening[event]) missing += 1;
    release(opens ? opening[event] : lines[0]);
    if (opens) opening[event] = lines[0];
    characters -= json.length;
    lines.shift();
  }
}

/** `{ text, lines }` by text: each configuration once, and how many lines bring it. */
const held = new Map();

function hold(text) {
  if (!held.has(text)) {
    held.set(text, { text, lines: 0 });
    characters += text.length;
  }
  const configuration = held.get(text);
  configuration.lines += 1;
  return configuration;
}

function release(line) {
  const configuration = line?.configuration;
  if (!configuration) return;
  configuration.lines -= 1;
  if (configuration.lines > 0) return;
  held.delete(configuration.text);
  characters -= configuration.text.length;
}

function incident() {
  redact();
  const all = [opening.acknowledge, opening["agent::update"], ...lines].filter(Boolean);
  const configurations = [...held.keys()];
  const list = (items) => `[\n${items.join(",\n")}\n]`;
  const messages = all.map(({ json, configuration }) => json.replace(`"${HERE}"`, configurations.indexOf(configuration?.text)));
  const head = JSON.stringify({
    format: "agent-desk-incident",
    version: 1,
    // The name of the app's module is the hash of its bytes.
    desk: document.querySelector("script[data-wasm]").dataset.wasm,
    library: String(window.connect?.version),
    browser: browser(),
    started: new Date(started).toISOString(),
    missing,
  });
  return `${head.slice(0, -1)},\n"configurations": ${list(configurations)},\n"messages": ${list(messages)}}\n`;
}

/** Family and major version: more may tell one PC from others. What is built of another names it too. */
function browser() {
  const families = ["Edg", "OPR", "Firefox", "Chrome", "Version"];
  const found = families.map((family) => new RegExp(`${family}/\\d+`).exec(navigator.userAgent)?.[0]);
  return found.find(Boolean) ?? "";
}

function save() {
  const now = new Date();
  now.setMinutes(now.getMinutes() - now.getTimezoneOffset());
  // No file of Windows may have a colon in its name.
  const name = `desk-incident-${now.toISOString().slice(0, 19).replaceAll(":", "-")}.json`;
  const href = URL.createObjectURL(new Blob([incident()], { type: "application/json" }));
  // Its address lives as long as the page: nobody is told when the browser has read it.
  Object.assign(document.createElement("a"), { href, download: name }).click();
}

/** The library's stream to the frame (`WindowIOStream`), which knows whose window that is now. */
const stream = () => window.connect?.core?.upstream?.upstream;

window.addEventListener("message", ({ source, data }) => {
  if (source && source === stream()?.output && data?.event) pass("ccp", data);
});

function listen() {
  const type = window.connect?.WindowIOStream?.prototype;
  if (!type) return;
  const { send } = type;
  type.send = function (message) {
    // It goes its way first, whatever becomes of the recording.
    send.call(this, message);
    if (this === stream()) pass("page", message);
  };
}

if (document.documentElement.dataset.streams) {
  // This file has come after the library. How much has been said by then nobody knows: at least something.
  if (stream()) missing = 1;
  listen();
} else {
  // The library is there, or blocked, and has embedded no CCP yet that could have been sent anything.
  window.addEventListener("desk:streams", listen, { once: true });
}

document.addEventListener("click", ({ target }) => {
  if (target instanceof Element && target.closest("[data-incident]")) save();
});
document.documentElement.dataset.recorder = "";
