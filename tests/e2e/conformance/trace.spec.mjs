// The measure itself: a run that conforms is found to, and one that deviates is told apart.

import { expect, test } from "@playwright/test";

import { differences, readTrace, traceNames } from "./trace.mjs";

const CALL = "01-inbound-accept-hangup-clear";
const TWO_CALLS = "19-multi-contact";

/** The run that a trace would be of itself. */
function runOf(name) {
  const trace = readTrace(name);
  const { configuration } = readTrace("00-handshake").simSent[2].data;
  const values = { "<localNow>": 0, "<iso>": "2026-01-01T00:00:00.000Z", "<random>": "abc", "<see 00-handshake.json>": configuration };
  const real = (value) => {
    if (Array.isArray(value)) return value.map(real);
    if (value !== null && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, real(inner)]));
    return Object.hasOwn(values, value) ? structuredClone(values[value]) : value;
  };
  const down = real(trace.simSent);
  for (const { data } of snapshots(down)) data.snapshot.skew = Date.parse(data.snapshot.snapshotTimestamp.$date);
  return {
    callbacks: trace.parentCallbacks.map(({ cb, arg = null }) => ({ cb, arg })),
    order: trace.parentOrder, down, up: real(trace.simReceived), sdk: trace.sdkMessages,
    errors: trace.parentErrors, uncaught: trace.parentUncaught,
  };
}

const snapshots = (down) => down.filter(({ event }) => event === "agent::update");
const firstContact = (run) => snapshots(run.down)[0].data.snapshot.contacts[0];

for (const name of traceNames()) {
  test(`trace ${name} is like itself`, () => {
    expect(differences(readTrace(name), runOf(name))).toEqual([]);
  });
}

for (const [what, spoil, name = CALL] of [
  ["a callback is missing", (run) => run.callbacks.splice(3, 1)],
  ["a callback comes twice", (run) => run.callbacks.splice(3, 0, run.callbacks[3])],
  ["two callbacks are exchanged", (run) => run.callbacks.splice(2, 2, run.callbacks[3], run.callbacks[2])],
  ["a callback follows after the end", (run) => run.callbacks.push({ cb: "agent.onRefresh", arg: null })],
  ["a callback bears another state", (run) => (run.callbacks[2].arg.state = "connected")],
  ["a callback bears a live contact instead of its snapshot", (run) => (run.callbacks.at(-1).arg.snapshot = false)],
  ["an answer overtakes an event", (run) => run.order.splice(0, 0, run.order.splice(15, 1)[0])],
  ["a message is lost", (run) => run.down.splice(1, 1)],
  ["a request bears other parameters", (run) => (run.up.find(({ event }) => event === "api_request").data.params.force = true)],
  ["a member is missing", (run) => delete firstContact(run).queue],
  ["a member is new", (run) => (firstContact(run).mood = "fine")],
  ["a member is of another kind", (run) => (firstContact(run).attributes = [])],
  ["null became a text", (run) => (firstContact(run).description = "")],
  ["an instant became a text", (run) => (firstContact(run).state.timestamp = "2026-01-01T09:00:00.000Z")],
  ["the contact's id changes", (run) => (snapshots(run.down)[1].data.snapshot.contacts[0].contactId = "another")],
  ["two contacts bear one id", (run) => run.callbacks.forEach(({ arg }) => arg?.contactId && (arg.contactId = "one")), TWO_CALLS],
  ["an ARN is of another instance", (run) => (firstContact(run).queue.queueARN = "arn:aws:connect:us-west-2:012345678901:instance/other/queue/BasicQueue")],
  ["a queue has two ARNs", (run) => (firstContact(run).queue.queueId += "2")],
  ["a state begins before the one before it", (run) => (snapshots(run.down)[1].data.snapshot.contacts[0].state.timestamp.$date = "2026-01-01T08:00:00.000Z")],
  ["one moment is two", (run) => (firstContact(run).state.timestamp.$date = "2026-01-01T09:00:00.001Z")],
  ["a snapshot is older than what is in it", (run) => (firstContact(run).queueTimestamp.$date = "2027-01-01T09:00:00.000Z")],
  ["the skew is not the snapshot's", (run) => (snapshots(run.down)[0].data.snapshot.skew += 1)],
  ["the library logged an error", (run) => run.errors.push("'contact::refresh' event handler failed.")],
  ["the page threw", (run) => run.uncaught.push("TypeError")],
]) {
  test(`it is told apart when ${what}`, () => {
    const run = runOf(name);
    spoil(run);
    expect(differences(readTrace(name), run)).not.toEqual([]);
  });
}
