// An agent's post: the desk in its page, the simulator behind it, and the network between them,
// which is held back so that every snapshot arrives, or does not, when the walk says so.

import { AGENT } from "../sim.mjs";
import { reportViolations, wrongClock } from "../desk.mjs";
import { Mismatch } from "./ledger.mjs";
import { drive } from "./page.js";

/** What is waited for comes at once or not at all; real time, to give up on what hangs. */
const PATIENCE_MS = 20_000;

/** The phase of a contact in the book, in the desk's words. */
export function phaseOf({ origin, state, legs }) {
  const customer = legs.find(({ role }) => role === "customer");
  const dialled = origin === "outbound" || (origin === "callback" && customer.state === "disconnected");
  if (state === "connected" || state === "paused") {
    if (origin === "outbound" && ["init", "connecting"].includes(customer.state)) return "dialing";
    return customer.state === "hold" ? "hold" : "connected";
  }
  if (state === "connecting") return origin === "inbound" || origin === "transfer" ? "ringing" : "dialing";
  return { incoming: "ringing", ended: "wrap-up", error: dialled ? "failed" : "missed", missed: "missed", rejected: "missed" }[state];
}

const isCall = ({ channel }) => channel === "voice";
const isTalking = (phase) => ["dialing", "connected", "hold"].includes(phase);
const phasesOf = ({ agent }) => agent.contacts.map((contact) => `${contact.contact_id} ${phaseOf(contact)}`).sort().join();
const phasesShown = ({ front, phase, others }) => [...(front === "" ? [] : [`${front} ${phase}`]), ...others].sort().join();

export class Post {
  /** What was done, newest last. */
  trail = [];
  /** What the agent sees, as of the last look. */
  shown = undefined;
  /** The agent in the book, as of the last look. */
  told = undefined;
  /** The last snapshots that arrived, those that the desk drops included. */
  arrived = [];
  /** Whether the last snapshots were lost, so that the page does not know of the last act. */
  blind = false;
  #heard = 0;
  #wrong = 0;
  /** What snapshots show that were left where they are, until the next step. */
  #leftOver = [];
  troubles = [];
  #expected = [];
  #poison = undefined;
  #heardPoison = undefined;
  #misleads = false;
  #undo = [];
  /** Another page of this browser, which shows the same. */
  mirror = undefined;
  /** What the agent saw after each snapshot of the step. */
  #step = [];

  constructor(sim, context, ledger, counts) {
    Object.assign(this, { sim, context, ledger, counts });
    context.on("weberror", (error) => this.troubles.push(`weberror: ${error.error()}`));
    context.on("console", (message) => {
      if (message.type() === "error") this.troubles.push(`console: ${message.text()}`);
    });
  }

  async open() {
    await this.sim.stopClock();
    await this.sim.control("switches", { republish_ms: 1_000, snapshot_lag_ms: 0 });
    this.page = await this.newPage();
    await this.load(() => this.page.goto(this.sim.desk));
  }

  async newPage() {
    const page = await this.context.newPage();
    await page.addInitScript(reportViolations);
    await page.addInitScript(drive);
    await page.addInitScript(wrongClock, 0);
    // An agent who reloads in mid-call means it.
    page.on("dialog", (dialog) => dialog.accept());
    return page;
  }

  /** Lets the page be opened, and waits until it knows what the book knows. */
  async load(navigate) {
    this.ledger.pageOpened();
    this.#heard = 0;
    await this.flow(navigate);
  }

  /** Lets snapshots flow while the page finds its way back to Connect. */
  async flow(returns) {
    await this.sim.control("delivery", { hold: "nothing" });
    this.#leftOver = [];
    await returns();
    await this.page.waitForFunction((name) => document.querySelector('[data-testid="agent-name"]')?.textContent === name && !document.querySelector(".state-menu select").disabled, AGENT.name);
    await this.page.evaluate(() => walk.arm());
    await this.sim.control("delivery", { hold: "snapshots" });
    await this.catchUp();
  }

  /** One more snapshot, whole and in time, after which the desk must be right. */
  async catchUp() {
    await this.sim.advance(1);
    await this.look();
    // Before it may come what was on its way when snapshots began to be held back.
    await this.deliver({ deliver: 999 }, this.told.held, this.now);
    this.#expectRight([phasesOf(this.told)], { mayMislead: this.#wasPoisoned() });
  }

  get now() {
    return Date.parse(this.told.clock.now);
  }

  /** Reads the agent's page of the book. */
  async look() {
    this.told = await this.sim.control(`agents/${AGENT.login}`);
    return this.told;
  }

  /** Waits until the book says so. */
  async book(what, holds) {
    const giveUp = Date.now() + PATIENCE_MS;
    while (!holds(await this.look())) {
      if (Date.now() > giveUp) throw new Mismatch(`the book never told of: ${what}`);
    }
  }

  contact(id) {
    return this.told.agent.contacts.find(({ contact_id }) => contact_id === id);
  }

  /**
   * One step of a call: an act, what the book says when it is done, and the snapshots of it, which
   * fare as `fate` says. `via` are phases that it passes through; what comes `byTime` is preceded
   * by a snapshot of how it was. What is `answered` by the desk itself may have its answer's snapshots
   * among the last of this step, or among the first of the next.
   */
  async step(name, act, holds, { fate, via = [], byTime = false, answered = false } = {}) {
    this.note(name, fate?.name);
    const before = this.told && phasesOf(this.told);
    this.blind = false;
    await fate?.before?.(this);
    await act();
    await this.book(name, holds);
    const during = phasesOf(this.told);
    await this.sim.advance(fate?.seconds ?? 1);
    await this.look();
    const allowed = [...this.#leftOver, ...(byTime ? [before] : []), ...via, during, phasesOf(this.told)];
    this.#leftOver = [];
    if (fate?.network) await fate.network(this, this.told.held);
    else await this.deliver({ deliver: 999 }, this.told.held);
    const last = [allowed.at(-1)];
    if (answered) {
      last.push(phasesOf(await this.look()));
      allowed.push(last.at(-1));
      this.#leftOver = last;
    }
    if (this.blind) return;
    const mayMislead = this.#wasPoisoned() || this.#misleads;
    // What the desk rightly drops, the library may have believed: it cannot ask for a call that it lacks.
    const libraryIsBehind = mayMislead && fate?.name === "overtaken";
    this.#misleads = false;
    this.#expectRight(allowed, { mayMislead, last });
    if (this.#wrong > 0 || libraryIsBehind) await this.catchUp();
  }

  /** Names a reason why the desk may be wrong for one snapshot of this step. */
  mayMislead(rule) {
    this.#misleads = true;
    this.counts.count(rule);
  }

  /** Leaves what is held back where it is, until the next step. */
  leaveOver() {
    this.#leftOver = [phasesOf(this.told)];
  }

  /** Lets `count` snapshots arrive, and hears them; `last` is the time of the last, where more may come. */
  async deliver(how, count, last) {
    await this.sim.control("delivery", how);
    const { heard, now } = await this.page.evaluate((since) => walk.since(...since), [this.#heard, count, last]);
    this.#heard += heard.length;
    this.recent = heard;
    this.#heardPoison = heard.find(({ poison }) => poison)?.poison ?? this.#heardPoison;
    this.arrived = [...this.arrived, ...heard].slice(-12);
    this.ledger.hear(heard, this.now);
    this.shown = now;
    const seen = [...heard.map(({ shown }) => shown).slice(0, -1), now];
    // What comes twice is one snapshot.
    this.#step.push(...seen.map((shown) => ({ ...shown, again: how.repeat })));
  }

  /** Lets the next snapshot that it fits be falsified. One that nothing fits yet waits for one that does. */
  async poison(what, patch) {
    if (this.#poison !== undefined) return;
    this.#poison = what;
    // The falsified one is known again by a member that nobody but the walk reads.
    await this.sim.control("snapshots", { patch: [...patch, { op: "add", path: "/snapshot/walk", value: what }] });
  }

  /** Whether one of the snapshots that have just been heard was falsified: what waits for one that it fits misleads nobody. */
  #wasPoisoned() {
    const heard = this.#heardPoison;
    this.#heardPoison = undefined;
    if (heard !== undefined) {
      this.counts.fault(`a snapshot with ${heard}`);
      // The library's own word for a snapshot that it cannot work through.
      this.expect(/'agent::update' event handler failed/);
    }
    // Spent: it was heard, or lost on its way, unless it is what is left where it is.
    if (this.told.snapshots_to_mutate === 0 && this.#leftOver.length === 0) this.#poison = undefined;
    return heard !== undefined;
  }

  /** After each snapshot the desk shows what truly is; never wrong for longer than one. */
  #expectRight(allowed, { mayMislead, last = [allowed.at(-1)] }) {
    const seen = this.#step;
    this.#step = [];
    let at = 0;
    for (const shown of seen) {
      this.counts.compared += 1;
      const found = allowed.findIndex((phases, index) => index >= at && phases === phasesShown(shown));
      if (found >= 0) {
        at = found;
        this.#wrong = 0;
        continue;
      }
      if (!shown.again || this.#wrong === 0) this.#wrong += 1;
      if (!mayMislead || this.#wrong > 1) throw new Mismatch(`the desk shows ${JSON.stringify(shown)} and not ${allowed.slice(at).join(" then ")}`);
      this.counts.wrong += 1;
    }
    if (seen.length > 0 && this.#wrong === 0 && !last.includes(phasesShown(seen.at(-1)))) {
      if (!mayMislead) throw new Mismatch(`the desk still shows ${JSON.stringify(seen.at(-1))} and not ${last.join(" or ")}`);
      this.#wrong = 1;
      this.counts.wrong += 1;
    }
    if (seen.length > 0 && this.#wrong === 0) this.#expectInFront(seen.at(-1));
  }

  /** A call that is up is behind none that is not, unless the agent has chosen so. */
  #expectInFront({ front }) {
    const calls = this.told.agent.contacts.filter(isCall);
    const talks = (call) => isTalking(phaseOf(call));
    const inFront = this.contact(front);
    if (calls.some(talks) && this.chosen !== front && !(inFront && talks(inFront))) {
      throw new Mismatch(`${front || "nobody"} is in front, and a call is up behind`);
    }
  }

  /** Leaves something to be undone when the call is over. */
  atTheEnd(undo) {
    this.#undo.push(undo);
  }

  /** After a call: everything is heard, and what a trouble has left behind is undone. */
  async tidyUp() {
    this.blind = false;
    this.chosen = undefined;
    await this.catchUp();
    await this.dismiss();
    for (const undo of this.#undo.splice(0)) await undo();
  }

  /** Notes what was done. */
  note(...words) {
    this.trail.push(words.filter(Boolean).join(": "));
    if (this.trail.length > 60) this.trail.shift();
  }

  async press(name, within) {
    await this.page.evaluate(([name, within]) => walk.press(name, within), [name, within]);
  }

  /** Brings a contact to the front by pressing it among the others. */
  async select(id) {
    this.note(`select ${id}`);
    this.chosen = id;
    await this.page.evaluate((id) => document.querySelector(`.other-contacts button[data-key="${id}"]`)?.click(), id);
    this.shown = await this.page.evaluate(() => walk.shown());
    if (this.shown.front !== id) throw new Mismatch(`${id} was pressed and does not come to the front`);
  }

  async notice(part) {
    return this.page.evaluate((part) => walk.notice(part), part);
  }

  async dismiss() {
    await this.page.evaluate(() => walk.dismiss());
  }

  /** Names a trouble of the browser's that may now occur. */
  expect(pattern) {
    this.#expected.push(pattern);
  }

  /** Nothing went wrong in the browser but what was named. */
  expectNoTrouble() {
    const unnamed = this.troubles.filter((text) => !this.#expected.some((pattern) => pattern.test(text)));
    this.troubles = [];
    this.#expected = [];
    if (unnamed.length > 0) throw new Mismatch(`trouble in the browser: ${unnamed.join(" | ")}`);
  }

  softphone() {
    return this.page.frames().find((frame) => frame.url().includes("/ccp-v2/"));
  }
}
