// The oracle of the walk. What a record must say is decided by two things alone: how each offer
// truly went, by the simulator's book, and which snapshots reached the page. A time that reached it
// must be kept to the millisecond; one that did not must not be claimed, and what stands in its
// place must say so by its source and lie where it can. Every rule that was applied is counted.

/** The CCP's snapshots that are behind the last one by so much are late (`crates/desk`). */
const LATEST_ARRIVAL_MS = 3_600_000;
const LONGEST_STATE_MS = 86_400_000;
/** What lies so far ahead of the server's clock is not believed. */
const CLOCKS_APART_MS = 60_000;

const ON_ITS_WAY = ["incoming", "pending", "connecting"];
const OVER = ["ended", "error", "missed", "rejected"];

export class Mismatch extends Error {}

const at = (instant) => (instant === null || instant === undefined ? undefined : Date.parse(instant));

/** A line of the journal (`crates/desk/src/journal/line.rs`). */
export function readRecord(line) {
  const stamp = (index) => (line[index] ? { at: Number(line[index]), source: line[index + 1] } : undefined);
  const holds = Array.from({ length: Number(line[19]) }, (_, hold) => ({ from: stamp(20 + 4 * hold), to: stamp(22 + 4 * hold) }));
  const [, contact, , direction, callback, lastTwo, queue, outcome, transferred] = line;
  const times = { connecting: stamp(11), connected: stamp(13), ended: stamp(15), cleared: stamp(17) };
  return { contact, direction, callback: callback === "1", lastTwo, queue, outcome, transferred: transferred === "1", holds, ...times };
}

const began = ({ connecting, connected, ended }) => (connecting ?? connected ?? ended)?.at;

/** What became of an offer, in the desk's words. */
function outcomeOf(offer, isDeclined) {
  if (offer.connected) return "answered";
  if (offer.ending === "vanished") return offer.origin === "outbound" ? "failed" : "missed";
  const byEnding = { abandoned: "abandoned", busy: "busy", no_answer: "no-answer", refused: "no-answer", bad_number: "bad-number", cancelled: "cancelled" };
  const byReason = { FailedConnectAgent: "declined", MissedCallAgent: "missed", Default: isDeclined ? "declined" : "missed" };
  return byEnding[offer.ending] ?? byReason[offer.reason];
}

export class Ledger {
  /** Snapshots that the desk takes in, in the order in which they came. */
  #told = [];
  #newest = -Infinity;
  /** When it came, on the page's clock. */
  #newestCame = 0;

  /** Snapshots have reached the page; the server's clock stands at `now`. */
  hear(snapshots, now) {
    for (const snapshot of snapshots) {
      const { time } = snapshot;
      const isFuture = time > now + CLOCKS_APART_MS;
      // Without a time of its own it came by the page's clock, which runs while the server's is stopped.
      const least = time === undefined || isFuture ? Math.min(this.#newest, now) : time;
      if (time < this.#newest && this.#newest - time <= LATEST_ARRIVAL_MS) continue;
      if (time !== undefined && !isFuture) [this.#newest, this.#newestCame] = [time, snapshot.came];
      const latest = Math.max(now, Math.ceil(this.#newest + snapshot.taken - this.#newestCame));
      const seen = time === undefined || isFuture ? latest : time;
      // No call stays in a state for longer: what says so says nothing.
      const possible = (since) => (since > seen - LONGEST_STATE_MS ? since : undefined);
      const contacts = snapshot.contacts?.map((contact) => ({ ...contact, since: possible(contact.since) }));
      this.#told.push({ ...snapshot, contacts, seen, least });
    }
  }

  /** A page that was opened anew knows nothing of the order. */
  pageOpened() {
    this.#newest = -Infinity;
  }

  /** A call is over, and judged. */
  turnOver() {
    this.#told = [];
  }

  get told() {
    return this.#told;
  }

  /** The newest time of the server's that the page has heard. */
  get newest() {
    return this.#newest;
  }

  /** What was told of each offer of one contact: `offers` in their order. */
  #of(offers) {
    const told = offers.map(() => []);
    const latest = offers.map(() => -Infinity);
    const id = offers[0].contact_id;
    this.#told.forEach((snapshot, order) => {
      const contact = snapshot.contacts?.find((contact) => contact.id === id);
      if (contact === undefined) return;
      const moment = contact.since ?? snapshot.seen;
      const index = Math.max(offers.findLastIndex((offer) => at(offer.offered) <= moment), 0);
      // Overtaken by one that bears the same time and shows the contact further on: it is of no use.
      if (contact.since < latest[index]) return;
      latest[index] = contact.since ?? latest[index];
      const customer = contact.legs?.find(({ role }) => role === "customer");
      const alone = snapshot.contacts.filter(({ kind }) => kind === "voice" || kind === "queue_callback").length === 1;
      told[index].push({ ...contact, customer, order, seen: snapshot.seen, least: snapshot.least, alone });
    });
    return told;
  }

  /** The first snapshot after `order` that lists the agent's contacts and not this one. */
  #missedAfter(order, id) {
    return this.#told.find((snapshot, index) => index > order && snapshot.contacts !== undefined && !snapshot.contacts.some((contact) => contact.id === id));
  }

  /**
   * Compares what the desk has kept of one contact with its offers in the book; `rules` counts what was applied.
   * `declined`: the offers that the agent has declined. Gives the dialled calls of which no snapshot came.
   */
  judge(offers, records, { rules, declined }) {
    const told = this.#of(offers);
    const left = [...records];
    const unseen = [];
    offers.forEach((offer, index) => {
      if (told[index].length === 0) {
        if (offer.origin === "outbound") unseen.push(offer);
        else rules.count("an offer of which no snapshot came leaves no record");
        return;
      }
      const from = at(offer.offered);
      const to = index + 1 < offers.length ? at(offers[index + 1].offered) : Infinity;
      const own = left.findIndex((record) => began(record) >= from && began(record) < to);
      // What ended with the next ring is stamped with it.
      const found = own >= 0 ? own : left.findIndex((record) => began(record) === to);
      if (found < 0) throw new Mismatch(`no record of the offer of ${offer.offered}`);
      const [record] = left.splice(found, 1);
      this.#compare(offer, record, told[index], { next: told[index + 1]?.[0], rules, declined });
    });
    if (left.length > 0) throw new Mismatch(`${left.length} records more than offers`);
    return unseen;
  }

  /** Compares the records without a contact with the numbers that were dialled in vain, both in their order. */
  judgeDials(dials, records, { rules }) {
    const fail = (what, is, expected) => {
      throw new Mismatch(`a dial's ${what} is ${JSON.stringify(is)}, not ${JSON.stringify(expected)}`);
    };
    if (records.length !== dials.length) fail("number of records", records.length, dials.length);
    for (const [index, { outcome, from, number }] of dials.entries()) {
      const { connecting, ended, ...record } = records[index];
      const facts = { outcome, direction: "out", callback: false, queue: "", lastTwo: number.slice(-2), transferred: false };
      for (const [what, expected] of Object.entries(facts)) if (record[what] !== expected) fail(what, record[what], expected);
      // By the page's clock. A softphone's frame that is loaded anew in the walk has not jumped with its
      // PC's: what it says is then as old, to the page, as the clock is fast.
      if (connecting?.source !== "asked" || connecting.at < from || connecting.at > from + LATEST_ARRIVAL_MS) fail("beginning", connecting, { at: from, source: "asked" });
      const source = outcome === "unconfirmed" ? "absent" : "asked";
      if (ended?.source !== source || ended.at < connecting.at) fail("end", ended, { source });
      if (record.connected !== undefined || record.holds.length > 0) fail("talk", record.connected, undefined);
      rules.count(`a number that was dialled in vain: ${outcome}`);
    }
  }

  #compare(offer, record, told, { next, rules, declined }) {
    let exact = true;
    const fail = (what, is, expected) => {
      throw new Mismatch(`${what} is ${JSON.stringify(is)}, not ${JSON.stringify(expected)}`);
    };
    const apply = (rule) => {
      exact = false;
      rules.count(rule);
    };
    /** A stated time, else an estimate within bounds, else none. */
    const time = (what, is, truth, { stated, untimed, absent }) => {
      if (stated !== undefined) {
        if (is?.at === stated && ["state", "leg"].includes(is.source)) {
          if (stated !== truth) apply(`${what}: only the second ring of a callback was told`);
          return;
        }
        fail(what, is, { at: stated, source: "state" });
      }
      if (untimed !== undefined || absent !== undefined) {
        const { seen: limit, least } = untimed ?? absent;
        const source = untimed === undefined ? "absent" : "seen";
        // A snapshot that lacked the contact while it was still there is all that came.
        if (is === undefined || is.at < Math.min(truth, least) || is.at > limit || is.source !== source) fail(what, is, { from: truth, to: limit, source });
        return apply(source === "seen" ? `${what}: told without its time` : `${what}: never told, the contact was gone`);
      }
      if (is !== undefined) fail(what, is, undefined);
      if (truth !== undefined) apply(`${what}: never told, and not claimed`);
    };
    const first = (list) => ({ stated: list.find(({ since }) => since !== undefined)?.since, untimed: list[0] });

    const dialled = offer.origin !== "inbound";
    const talks = ({ state, customer }) => state === "connected" && !(dialled && ["init", "connecting"].includes(customer?.state));
    const over = told.filter(({ state }) => OVER.includes(state));
    const last = told.at(-1).order;
    const missed = this.#missedAfter(last, offer.contact_id);
    // What is offered anew had gone before, though nothing may say so but the new ring.
    const seen = Math.min(missed?.seen ?? Infinity, next?.since ?? Infinity, next?.seen ?? Infinity);
    const gone = { seen, least: Math.min(seen, missed?.least ?? Infinity, next?.least ?? Infinity) };
    const onItsWay = told.filter(({ state }) => ON_ITS_WAY.includes(state));
    time("connecting", record.connecting, at(offer.offered), first(onItsWay));
    time("connected", record.connected, at(offer.connected), first(told.filter(talks)));
    time("ended", record.ended, at(offer.ended), { ...first(over), absent: gone });

    const cleared = at(offer.cleared);
    const { cleared: is } = record;
    if (is === undefined || is.at < Math.min(cleared, gone.least) || is.at > gone.seen) fail("cleared", is, { from: cleared, to: gone });
    if (is.at !== cleared) apply("cleared: by the first snapshot without the contact");

    this.#compareHolds(offer, record, told, { gone: gone.seen, fail, apply });

    const outcome = outcomeOf(offer, declined.has(`${offer.contact_id} ${offer.offered}`));
    if (record.outcome !== outcome) {
      // For want of a reason a call that was being placed has failed, and one that rang was missed.
      const placed = offer.origin === "outbound" || onItsWay.some(({ state }) => state !== "incoming") && offer.origin === "callback";
      const unexplained = record.outcome === (placed ? "failed" : "missed");
      // A caller who has left is seen by their leg, whatever else goes on.
      const left = over.some(({ customer }) => customer?.state === "disconnected");
      if (over.length === 0 && !told.some(talks) && unexplained) apply("outcome: its end was never told");
      else if (over.length > 0 && over.every(({ alone }) => !alone) && unexplained && !(outcome === "abandoned" && left)) apply("outcome: with two calls the agent's state speaks of neither");
      else fail("outcome", record.outcome, outcome);
    }
    if (record.transferred !== offer.handed_on) {
      if (over.length === 0 && !record.transferred) apply("transferred: its end was never told");
      else fail("transferred", record.transferred, offer.handed_on);
    }
    const facts = { direction: offer.origin === "outbound" ? "out" : "in", callback: offer.origin === "callback", queue: offer.queue, lastTwo: /^\+\d/.test(offer.number ?? "") ? offer.number.slice(-2) : "" };
    for (const [what, expected] of Object.entries(facts)) if (record[what] !== expected) fail(what, record[what], expected);
    rules.count(exact ? "exact in every time and word" : "exact but for what is named above");
  }

  /** A hold that was told is in the record, from when it was; it ends when it did, or by the next that was told. */
  #compareHolds(offer, record, told, { gone, fail, apply }) {
    const truths = offer.holds.map(([from, to]) => ({ from: at(from), to: at(to) }));
    const held = told.filter(({ state, customer }) => state === "connected" && customer?.state === "hold");
    const known = truths.filter(({ from }) => held.some(({ customer }) => customer.since === from));
    const untimed = held.some(({ customer }) => customer.since === undefined);
    const isKnown = (hold) => known.some(({ from }) => from === hold.from.at);
    if (record.holds.length !== known.length || !record.holds.every(isKnown)) {
      const all = record.holds.every(({ from }) => truths.some((truth) => from.at >= truth.from && (from.at <= truth.to || truth.to === undefined)));
      if (!(untimed && all && record.holds.length <= truths.length)) fail("holds", record.holds, known);
      return apply("hold: told without its time");
    }
    if (known.length < truths.length) apply("hold: never told, and not claimed");
    for (const [index, truth] of known.entries()) {
      const { from, to } = record.holds[index];
      const lastTold = held.findLast(({ customer }) => customer.since === truth.from).order;
      const after = told.find(({ order, state, customer }) => order > lastTold && (OVER.includes(state) || (state === "connected" && customer !== undefined && customer.since !== truth.from)));
      const limit = Math.min(Math.max(after?.customer?.since ?? 0, after?.seen ?? gone), gone);
      if (from.at !== truth.from || (from.source !== "leg" && !untimed)) fail("hold's beginning", from, { at: truth.from, source: "leg" });
      if (to === undefined || to.at < truth.to || to.at > limit) fail("hold's end", to, { from: truth.to, to: limit });
      if (to.at !== truth.to) {
        if (after?.state === "connected" && after.customer.since === truth.to) fail("hold's end", to, { at: truth.to });
        apply("hold's end: never told, by the next that was");
      }
    }
  }
}
