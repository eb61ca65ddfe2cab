// A random walk: one call after another through the real thing, each held against the book.

import { Call } from "./calls.mjs";
import { Dice } from "./dice.mjs";
import { FATES } from "./fates.mjs";
import { Ledger, Mismatch, readRecord } from "./ledger.mjs";
import { Post } from "./post.mjs";
import { IN_MID_CALL, REFUSALS } from "./troubles.mjs";

/** So many calls between two looks at everything that is kept. */
const AUDIT_EVERY = 50;
/** The desk keeps the last 300 records; in which order two of one call left, the walk does not ask. */
const SURELY_KEPT = 290;
const MAY_BE_KEPT = 310;

/** What the journal has in the place of a contact's id where there is none. */
const NO_CONTACT = "";

/** What has been counted so far; plain data, so that a walk can be taken up again. */
export class Counts {
  constructor(kept = {}) {
    const faults = Object.fromEntries([...FATES, ...REFUSALS, ...Object.keys(IN_MID_CALL)].map((name) => [name, 0]));
    Object.assign(this, { calls: 0, contacts: 0, compared: 0, wrong: 0, faults, rules: {}, shapes: {} }, kept);
  }

  fault(name, times = 1) {
    this.faults[name] = (this.faults[name] ?? 0) + times;
  }

  count(rule) {
    this.rules[rule] = (this.rules[rule] ?? 0) + 1;
  }

  shape(name) {
    this.shapes[name] = (this.shapes[name] ?? 0) + 1;
  }
}

/** One agent's walk. */
export class Walk {
  #ledger = new Ledger();
  /** The records that were judged, by contact, as the journal had them. */
  #judged = [];

  constructor(sim, context, seed, counts) {
    Object.assign(this, { seed, counts });
    this.post = new Post(sim, context, this.#ledger, counts);
  }

  async begin() {
    await this.post.open();
  }

  /** The call of that number. */
  async call(number) {
    const { post, counts } = this;
    const dice = new Dice(this.seed, number);
    post.trail.push(`— call ${number}`);
    const switches = { snapshot_before_response: dice.chance(0.3) };
    if (switches.snapshot_before_response) counts.fault("snapshots before answers");
    if (switches.snapshot_before_response !== this.switches?.snapshot_before_response) await post.sim.control("switches", switches);
    this.switches = switches;
    const call = new Call(post, dice);
    try {
      await call.run();
      await post.tidyUp();
      await this.#judge(call);
      post.expectNoTrouble();
      if (number % AUDIT_EVERY === AUDIT_EVERY - 1) await this.#audit();
    } catch (error) {
      throw await this.#failure(number, call, error);
    }
    counts.calls += 1;
    for (const shape of call.shape) counts.shape(shape);
    this.#ledger.turnOver();
  }

  async #judge(call) {
    const { post, counts } = this;
    const look = () => post.page.evaluate((contacts) => walk.kept(contacts), [...call.contacts, NO_CONTACT]);
    const isDialled = (line) => line[1] === NO_CONTACT;
    if ((await look()).open.some(isDialled)) {
      // A number that was dialled, and of whose call nothing was heard, is given up by the second snapshot without it.
      for (let round = 0; round < 2; round += 1) await post.catchUp();
    }
    const { records, open, rows } = await look();
    if (open.length > 0) throw new Mismatch(`the journal still holds an offer of ${open[0][1]}`);
    for (const id of new Set(call.contacts)) {
      const offers = post.told.offers.filter(({ contact_id }) => contact_id === id);
      const own = records.filter((line) => line[1] === id).toReversed();
      const of = rows.filter(({ contact }) => contact === id).map(({ outcome }) => outcome);
      const outcomes = own.toReversed().map((line) => line[7]);
      if (of.join() !== outcomes.join()) throw new Mismatch(`the list shows ${of.join()} of ${id}, and ${outcomes.join()} is kept`);
      const unseen = this.#ledger.judge(offers, own.map(readRecord), { rules: counts, declined: call.declined });
      // The number was dialled all the same.
      if (unseen.length > 0) call.dials.at(-1).outcome = "unconfirmed";
      counts.contacts += 1;
      this.#judged.unshift(...own.toReversed().map((line) => line.join("\t")));
    }
    const dialled = records.filter((line) => isDialled(line) && !this.#judged.includes(line.join("\t"))).toReversed();
    const inVain = call.dials.filter(({ outcome }) => outcome !== undefined);
    this.#ledger.judgeDials(inVain, dialled.map(readRecord), { rules: counts });
    const listed = rows.filter(({ contact }) => contact === NO_CONTACT).slice(0, inVain.length);
    const shown = listed.map(({ outcome }) => outcome).toReversed();
    if (shown.join() !== inVain.map(({ outcome }) => outcome).join()) throw new Mismatch(`the list shows ${shown.join()} of what was dialled in vain`);
    this.#judged.unshift(...dialled.toReversed().map((line) => line.join("\t")));
    this.#judged.length = Math.min(this.#judged.length, MAY_BE_KEPT);
  }

  /** Nothing that was judged has changed since, been doubled, or gone. */
  async #audit() {
    const { records } = await this.post.page.evaluate(() => walk.kept());
    const kept = records.map((line) => line.join("\t"));
    const missing = this.#judged.slice(0, SURELY_KEPT).filter((line) => !kept.includes(line));
    const strange = kept.filter((line, index) => !this.#judged.includes(line) || kept.indexOf(line) !== index);
    if (missing.length > 0) throw new Mismatch(`a record has gone or changed: ${missing[0]}`);
    if (strange.length > 0) throw new Mismatch(`a record that nobody judged, or one twice: ${strange[0]}`);
    if (this.post.shown.phase !== "idle") throw new Mismatch(`nobody calls, and the desk shows ${this.post.shown.phase}`);
  }

  /** Everything that somebody needs who looks into it. */
  async #failure(number, call, error) {
    const { post } = this;
    const kept = await post.page.evaluate((contacts) => walk.kept(contacts), call.contacts).catch(() => undefined);
    const offers = (await post.look().catch(() => post.told))?.offers.filter(({ contact_id }) => call.contacts.includes(contact_id));
    const requests = await post.sim.book().then((book) => book.requests.slice(-6), () => undefined);
    const notices = await post.page.evaluate(() => [...document.querySelectorAll('[data-testid="notice"]')].map((notice) => notice.textContent)).catch(() => undefined);
    const of = { seed: this.seed, call: number, shape: call.shape, why: error.message, trail: post.trail, records: kept?.records.map(readRecord), lines: kept?.records, offers, shown: post.shown, notices, requests, troubles: post.troubles, arrived: post.arrived, told: this.#ledger.told };
    return Object.assign(new Error(`call ${number} of seed ${this.seed}: ${error.message}`, { cause: error }), { of });
  }
}
