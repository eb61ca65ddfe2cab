// Traces of the library with a CCP that was read out of Amazon's own half of it, and how a run is
// held against one: order and names to the letter; payloads member by member; ids by a mapping
// that is one to one; times by a mapping that never runs backwards.

import { readdirSync, readFileSync } from "node:fs";

const FOLDER = new URL("../../data/traces/", import.meta.url);

export function readTrace(name) {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), "utf8"));
}

/** All of them, in order. */
export function traceNames() {
  return readdirSync(FOLDER).flatMap((name) => /^(.*)\.json$/.exec(name)?.[1] ?? []).sort();
}

/** What the library says about itself, and when its own clock comes to it: no part of a scenario. */
const NOISE = /^(client_metric|iframe_style|log|server_bound_internal_log|synchronize|conformance::fence)$/;

/** Members that may differ from the trace, what they must be like instead, and why. */
const FREE = [
  { path: /MediaInfo\.(mediaLegContextToken|callContextToken)$/, like: isText, why: "opaque to everybody but the media path, which neither side has" },
  { path: /\.snapshotTimestamp$/, like: isDate, why: "the traces' clock ticks between a change and its snapshot; held against the stamps in `times`" },
  { path: /\.queueTimestamp$/, like: isDate, why: "the traces' callers have waited for some seconds; here somebody is available" },
  { path: /media_device_response\.data$/, like: (devices) => devices.every((one) => ["deviceId", "groupId", "kind", "label"].every((name) => isText(one[name]))), why: "each CCP has devices of its own" },
  { path: /\.contactDuration$/, like: (value) => /^\d+$/.test(value), why: "counted by a clock that the traces' server does not let count" },
  { path: /\.messageOrigin\.origin$/, like: (value) => URL.canParse(value), why: "where the bare page lies" },
  { path: /\.nextToken$/, like: (value) => value === null || isText(value), why: "a page's token is opaque; where it must be null, the number of pages tells" },
];

/** Placeholders that the traces bear where a value is different in every run. */
const PLACEHOLDERS = {
  "<localNow>": Number.isFinite,
  "<skew>": Number.isFinite,
  "<iso>": (value) => !Number.isNaN(Date.parse(value)),
  "<random>": isText,
};

/** Ids of the traces: contacts, connections, pages, requests. */
const ID = /^((contact|orig)-\d+(-\w+)?|PORT-\d+|req-\d+|uuid-\d+)$/;
/** Of an ARN, everything but its last part must be the same. */
const ARN = /^(arn:aws:connect:.*\/)([^/]+)$/;

function isText(value) {
  return typeof value === "string" && value !== "";
}

function isDate(value) {
  return typeof value?.$date === "string";
}

function isPlain(value) {
  return value !== null && typeof value === "object";
}

/** Everything in which `run` differs from `trace`, each a sentence; empty when it conforms. */
export function differences(trace, run) {
  return new Likeness().of(trace, run);
}

class Likeness {
  #found = [];
  /** Trace to run, and back. */
  #there = new Map();
  #back = new Map();
  /** Pairs of instants, `[trace, run]`. */
  #times = [];

  of(trace, run) {
    const meant = (list) => list.filter((line) => !NOISE.test(line.replace(/^\w+ +/, "")));
    this.#lists("callback", trace.parentCallbacks.map(({ cb, arg = null }) => ({ cb, arg })), run.callbacks, ({ cb }) => cb);
    this.#lists("order", meant(trace.parentOrder), meant(run.order), (line) => line);
    this.#lists("down", trace.simSent.filter(isMeant), run.down.filter(isMeant), ({ event }) => event);
    if (run.up) this.#lists("up", trace.simReceived.filter(isMeant), run.up.filter(isMeant), what);
    if (trace.sdkMessages) this.#lists("sdk", trace.sdkMessages, run.sdk.filter(({ type }) => type !== "log" && type !== "metric"), ({ type }) => type);
    this.#lists("error", trace.parentErrors, run.errors, (text) => text);
    this.#lists("uncaught", trace.parentUncaught, run.uncaught, (text) => text);
    this.#checkTimes();
    this.#checkSnapshots(run.down);
    return this.#found;
  }

  /** Two sequences: their names in order, then what each bears. */
  #lists(kind, expected, actual, name) {
    const length = Math.max(expected.length, actual.length);
    for (let at = 0; at < length; at += 1) {
      const [wanted, got] = [expected, actual].map((list) => (at < list.length ? name(list[at]) : "nothing"));
      const before = this.#found.length;
      this.#same(wanted, got, `${kind} ${at}`);
      // After the first that is another, all that follow are.
      if (this.#found.length > before) return;
      if (expected[at] !== wanted) this.#same(expected[at], actual[at], `${kind} ${at} ${got}`);
    }
  }

  #same(expected, actual, path) {
    const free = FREE.find((one) => one.path.test(path));
    if (free) return this.#expect(free.like(actual), path, `something free (${free.why})`, actual);
    if (Object.hasOwn(PLACEHOLDERS, expected)) return this.#expect(PLACEHOLDERS[expected](actual), path, expected, actual);
    if (expected === "<see 00-handshake.json>") return this.#same(configuration(), actual, path);
    if (isDate(expected) && isDate(actual)) return this.#times.push({ path, trace: expected.$date, run: actual.$date });
    if (typeof expected === "string" && typeof actual === "string") return this.#sameText(expected, actual, path);
    if (!isPlain(expected) || !isPlain(actual) || Array.isArray(expected) !== Array.isArray(actual)) {
      return this.#expect(expected === actual, path, expected, actual);
    }
    for (const key of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
      const [wanted, got] = [expected[key], actual[key]];
      if (wanted === undefined || got === undefined) this.#expect(wanted === got, `${path}.${key}`, wanted, got);
      else this.#same(wanted, got, `${path}.${key}`);
    }
  }

  /** Text, of which an id or the end of an ARN may be another, but always the same other. */
  #sameText(expected, actual, path) {
    const arn = [ARN.exec(expected), ARN.exec(actual)];
    if (arn[0] && arn[1]) {
      this.#expect(arn[0][1] === arn[1][1], path, expected, actual);
      return this.#sameId(arn[0][2], arn[1][2], path, arn[0][1]);
    }
    const parts = [expected.split("::"), actual.split("::")];
    const last = parts.map((list) => list.at(-1));
    if (ID.test(last[0]) && parts[0].length === parts[1].length) {
      this.#expect(parts[0].slice(0, -1).join() === parts[1].slice(0, -1).join(), path, expected, actual);
      return this.#sameId(last[0], last[1], path);
    }
    this.#expect(expected === actual, path, expected, actual);
  }

  #sameId(expected, actual, path, within = "") {
    const [there, back] = [`${within}${expected}`, `${within}${actual}`];
    const known = this.#there.get(there) ?? back;
    const from = this.#back.get(back) ?? there;
    this.#expect(known === back && from === there, path, `the id that stands for ${expected}: ${known}`, actual);
    this.#there.set(there, known);
    this.#back.set(back, from);
  }

  #expect(holds, path, expected, actual) {
    if (!holds) this.#found.push(`${path}: expected ${JSON.stringify(expected)}, seen ${JSON.stringify(actual)}`);
  }

  /** Equal instants are equal, and later ones not earlier. */
  #checkTimes() {
    const sorted = this.#times.toSorted((a, b) => a.trace.localeCompare(b.trace) || a.run.localeCompare(b.run));
    for (const [at, later] of sorted.entries()) {
      const earlier = sorted[at - 1];
      if (!earlier) continue;
      const holds = earlier.trace === later.trace ? earlier.run === later.run : earlier.run <= later.run;
      this.#expect(holds, `times ${later.path}`, `${later.trace} as ${earlier.path} (${earlier.trace}) has it, ${earlier.run}`, later.run);
    }
  }

  /** No snapshot is older than the one before it, or than anything in it; the skew is its own. */
  #checkSnapshots(down) {
    let last = "";
    for (const { event, data } of down) {
      if (event !== "agent::update") continue;
      const { snapshotTimestamp, localTimestamp, skew } = data.snapshot;
      const at = snapshotTimestamp.$date;
      this.#expect(at >= last, "snapshotTimestamp", `not before ${last}`, at);
      this.#expect(skew === Date.parse(at) - localTimestamp, "skew", Date.parse(at) - localTimestamp, skew);
      for (const stamp of stamps(data.snapshot)) this.#expect(stamp <= at, "snapshotTimestamp", `not before ${stamp}`, at);
      last = at;
    }
  }
}

function isMeant({ event, data }) {
  const inner = event === "broadcast" ? data.event : event;
  return !NOISE.test(inner) && !(event === "acknowledge" && !data?.id);
}

function what({ event, data }) {
  return data?.method ? `${event} ${data.method}` : event === "broadcast" ? `${event} ${data.event}` : event;
}

function stamps(value) {
  if (isDate(value)) return [value.$date];
  return isPlain(value) ? Object.values(value).flatMap(stamps) : [];
}

function configuration() {
  const first = readTrace("00-handshake").simSent.find(({ event }) => event === "agent::update");
  return first.data.configuration;
}
