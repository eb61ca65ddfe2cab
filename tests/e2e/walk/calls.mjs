// Calls of every shape. The agent's part is played with the desk's buttons, the customer's by the
// simulator's control API; the dice decide who does what, and how each step fares.

import { AGENT } from "../sim.mjs";
import { drawFate } from "./fates.mjs";
import { HOW_OFTEN, IN_MID_CALL, pressInTrouble } from "./troubles.mjs";

const CALLERS = ["+819012345678", "+81312345678", "+81120123456", "+442079460123", "sip:anna@example.com", null];
const DIALLED = ["03-1234-5678", "０９０－１２３４－５６７８", "+44 20 7946 0123", "0120-123-456"];
const QUEUES = [undefined, "返品・交換"];

const isOver = ({ state }) => ["ended", "error", "missed", "rejected"].includes(state);
const leg = (contact, role) => contact?.legs.findLast((leg) => leg.role === role);

/** One call from its first ring to the end of its last wrap-up, and whatever comes beside it. */
export class Call {
  constructor(post, dice) {
    Object.assign(this, { post, dice, sim: post.sim });
    /** Contacts that must have left records. */
    this.contacts = [];
    /** The offers that the agent has declined: contact and beginning. */
    this.declined = new Set();
    /** The numbers that were dialled, with the time that the page knew of by then, and what is known to have come of it but a call. */
    this.dials = [];
  }

  async run() {
    const kind = this.dice.weigh({ inbound: 60, outbound: 26, callback: 14 });
    this.shape = [kind];
    this.post.note(`a call: ${kind}`);
    await this[kind]();
  }

  get contact() {
    return this.post.contact(this.id);
  }

  /** A step with a fate of its own. */
  async step(name, act, holds, { via, byTime, answered, blindable = false, plain = false } = {}) {
    const fate = plain ? undefined : drawFate(this.dice, { blindable });
    await this.post.step(name, act, holds, { fate, via, byTime, answered });
  }

  /** Presses a button of the call in front, which this one is brought to first. */
  async press(name, holds, options) {
    if (this.post.blind) await this.post.catchUp();
    if (this.post.shown.front !== this.id && this.id !== undefined && this.contact) await this.post.select(this.id);
    const act = () => pressInTrouble(this.post, this.dice, name, () => this.post.press(name));
    await this.step(`press ${name}`, act, holds, options);
  }

  async customer(act, holds, options) {
    await this.step(`the customer: ${act}`, () => this.sim.customer(this.id, act), holds, options);
  }

  async inbound() {
    const from = this.dice.pick(CALLERS);
    const ring = async () => {
      this.id = await this.sim.ring({ from, queue: this.dice.pick(QUEUES), agent: AGENT.login, force: true });
      this.contacts.push(this.id);
    };
    await this.step("a call rings", ring, () => this.contact !== undefined, { blindable: true });
    await this.ringing();
  }

  async callback() {
    const wish = async () => {
      this.id = await this.sim.wantCallback({ queue: this.dice.pick(QUEUES) });
      this.contacts.push(this.id);
    };
    await this.step("a callback is offered", wish, () => this.contact !== undefined);
    await this.ringing();
  }

  async outbound() {
    const number = this.dice.pick(DIALLED);
    const before = this.post.told.agent.contacts.length;
    const act = async () => {
      await this.post.page.evaluate((number) => walk.type("電話番号", number), number);
      const press = async () => {
        this.dials.push({ number: number.normalize("NFKC"), from: this.post.ledger.newest });
        await this.post.press("発信");
      };
      const trouble = await pressInTrouble(this.post, this.dice, "発信", press);
      if (trouble) this.dials[0].outcome = { refused: "not-placed", silent: "unconfirmed" }[trouble];
    };
    await this.step(`dial ${number}`, act, ({ agent }) => agent.contacts.length > before, { blindable: true });
    this.id = this.post.told.agent.contacts[0].contact_id;
    this.contacts.push(this.id);
    await this.dialing();
  }

  async ringing() {
    const callback = this.contact.origin === "callback";
    const shape = this.dice.weigh({ accept: this.post.blind ? 0 : 70, decline: this.post.blind ? 0 : 7, "ring-out": 7, "ring-out by time": 2, abandon: callback ? 0 : 9, vanish: 1 });
    this.shape.push(shape);
    switch (shape) {
      case "accept":
        await this.press("応答", () => (callback ? this.contact.state === "connecting" : this.contact.state === "connected"), { blindable: true });
        return callback ? this.dialing() : this.talking();
      case "decline":
        await this.decline();
        return this.missed();
      case "ring-out by time":
        await this.step("nobody answers for twenty seconds", () => this.sim.advance(20), () => isOver(this.contact), { byTime: true });
        return this.missed();
      case "ring-out":
        await this.customer("ring-out", () => isOver(this.contact));
        return this.missed();
      case "abandon":
        await this.customer("hang-up", () => isOver(this.contact), { blindable: true });
        return this.failed();
      default:
        return this.vanish();
    }
  }

  async decline() {
    this.declined.add(`${this.id} ${this.contact.since}`);
    await this.press("拒否", () => isOver(this.contact));
  }

  async vanish() {
    await this.customer("vanish", () => this.contact === undefined);
  }

  /** Not taken: the caller waits on, or does not. */
  async missed() {
    const offers = () => this.post.told.offers.filter(({ contact_id }) => contact_id === this.id).length;
    const before = offers();
    const goesBack = this.dice.chance(0.35) && before < 4;
    if (!goesBack) {
      await this.sim.customer(this.id, "hang-up");
      return this.press("後処理終了", () => this.contact === undefined);
    }
    this.shape.push("offered again");
    await this.press("後処理終了", () => offers() > before, { via: [""], blindable: true });
    await this.ringing();
  }

  async dialing() {
    const shape = this.dice.weigh({ answer: 60, busy: 9, "no-answer": 5, "no-answer by time": 2, refuse: 5, "bad-number": 5, cancel: this.post.blind ? 0 : 9, vanish: 1 });
    this.shape.push(shape);
    switch (shape) {
      case "answer":
        await this.customer("answer", () => this.contact.state === "connected", { blindable: true });
        return this.talking();
      case "cancel":
        await this.press("切断", () => isOver(this.contact), { blindable: true });
        return this.failed();
      case "no-answer by time":
        await this.step("the telephone rings for thirty seconds", () => this.sim.advance(30), () => isOver(this.contact), { byTime: true, blindable: true });
        return this.failed();
      case "vanish":
        return this.vanish();
      default:
        await this.customer(shape, () => isOver(this.contact), { blindable: true });
        return this.failed();
    }
  }

  /** Nobody is left: the agent puts it away, or Connect does. */
  async failed() {
    const cleared = () => this.contact === undefined;
    if (!cleared() && !this.post.blind && this.dice.chance(0.6)) return this.press("後処理終了", cleared, { plain: this.contact.state === "error" });
    await this.step("Connect clears it away", () => this.sim.advance(5), cleared, { byTime: true });
  }

  async talking() {
    const acts = this.post.blind ? 0 : this.dice.between(0, 4);
    for (let act = 0; act < acts && this.contact?.state === "connected"; act += 1) {
      if (this.post.blind) break;
      const next = this.dice.weigh({ hold: 30, mute: 8, keypad: 8, consult: 12, transfer: 5, second: 6, chat: 3, task: 3, state: 5, trouble: 9 });
      this.shape.push(next);
      await this[next]();
    }
    if (this.contact?.state === "connected") await this.end();
    if (this.contact) await this.wrapUp();
  }

  async end() {
    const over = () => isOver(this.contact);
    const shape = this.dice.weigh({ agent: this.post.blind ? 0 : 50, customer: 45, vanish: 2 });
    this.shape.push(shape);
    if (shape === "agent") await this.press("切断", over);
    else if (shape === "customer") await this.customer("hang-up", over);
    else await this.vanish();
  }

  async wrapUp() {
    await this.press("後処理終了", () => this.contact === undefined);
  }

  async hold() {
    const customer = () => leg(this.contact, "customer").state;
    if (customer() === "hold") return this.resume();
    await this.press("保留", () => customer() === "hold", { blindable: true });
    if (this.post.blind) return;
    if (this.dice.chance(0.1)) return;
    await this.resume();
  }

  async resume() {
    await this.press("保留解除", () => leg(this.contact, "customer").state === "connected", { blindable: true });
  }

  /** The agent who is on hold with a customer does nothing else first. */
  async unlessHeld() {
    if (leg(this.contact, "customer").state === "hold") await this.resume();
    if (this.post.blind) await this.post.catchUp();
  }

  async mute() {
    for (const [name, muted] of [["ミュート", true], ["ミュート解除", false]]) {
      await this.post.press(name);
      await this.post.book(name, ({ agent }) => agent.muted === muted);
    }
  }

  async keypad() {
    await this.unlessHeld();
    await this.post.press("キーパッド");
    const digit = this.dice.pick(["1", "5", "#", "*"]);
    await this.post.press(digit, ".keypad-keys");
    await this.post.press("キーパッド");
  }

  async state() {
    const choose = () => this.post.page.evaluate((name) => walk.chooseState(name), "事務作業");
    await pressInTrouble(this.post, this.dice, "状態", choose);
    await this.post.book("a state that waits", ({ agent }) => agent.next_state !== null);
    await this.post.catchUp();
    await this.post.press("予約状態を取消");
    await this.post.book("a state that no longer waits", ({ agent }) => agent.next_state === null);
    await this.post.catchUp();
  }

  /** Opens the choice of a destination and calls somebody in; gives their leg. */
  async callIn(how) {
    await this.unlessHeld();
    const third = () => leg(this.contact, "third_party");
    const before = third()?.connection_id;
    const number = this.dice.chance(0.5);
    const choose = async () => {
      await this.post.press(how);
      if (number) await this.post.page.evaluate(() => walk.type("検索", "03-1234-9876"));
      await this.post.page.evaluate((part) => walk.choose(part, ".chooser"), number ? "03-1234-9876" : "倉庫");
    };
    const act = () => pressInTrouble(this.post, this.dice, how, choose);
    await this.step(`${how} ${number ? "a number" : "a quick connect"}`, act, () => third() !== undefined && third().connection_id !== before);
    return third().connection_id;
  }

  async third(party, act, holds) {
    await this.step(`the third party: ${act}`, () => this.sim.control(`contacts/${this.id}/third-parties/${party}/${act}`, {}), holds);
  }

  async consult() {
    const party = await this.callIn("相談");
    const third = () => leg(this.contact, "third_party").state;
    const customer = () => leg(this.contact, "customer").state;
    const answers = this.dice.weigh({ answer: 70, "no-answer": 15, drop: 15 });
    if (answers === "drop") await this.press("切り離し", () => third() === "disconnected");
    else if (answers === "no-answer") await this.third(party, "no-answer", () => third() === "disconnected");
    else {
      await this.third(party, "answer", () => third() === "connected");
      await this.together(party, third, customer);
    }
    if (this.contact?.state === "connected" && customer() === "hold") await this.resume();
  }

  async together(party, third, customer) {
    for (let round = this.dice.between(0, 3); round > 0; round -= 1) {
      const consulting = third() !== customer();
      const act = this.dice.weigh({ swap: consulting ? 3 : 0, conference: consulting ? 2 : 0, none: 1 });
      if (act === "swap") {
        const [before] = [third()];
        await this.press("切替", () => third() !== before && customer() === before);
      } else if (act === "conference") await this.press("会議", () => third() === "connected" && customer() === "connected");
    }
    const ends = this.dice.weigh({ leave: 40, drop: 25, "they go": 20, "the customer goes": 15 });
    this.shape.push(ends);
    if (ends === "leave") return this.press("退出", () => isOver(this.contact));
    if (ends === "drop") return this.press("切り離し", () => third() === "disconnected");
    if (ends === "they go") return this.third(party, "hang-up", () => third() === "disconnected");
    await this.customer("hang-up", () => customer() === "disconnected");
    return this.press("切断", () => isOver(this.contact));
  }

  async transfer() {
    const heard = this.post.ledger.told.length;
    const party = await this.callIn("転送");
    const third = () => leg(this.contact, "third_party").state;
    if (this.dice.chance(0.2)) {
      await this.third(party, "no-answer", () => third() === "disconnected");
      return this.resume();
    }
    // The desk leaves as soon as it hears that they have answered.
    const answer = () => this.sim.control(`contacts/${this.id}/third-parties/${party}/answer`, {});
    await this.step("the third party: answer", answer, () => third() === "connected", { answered: true });
    // To a desk that has lost sight of the call, it is another one: nobody is left with anybody unasked.
    if (this.lostSightSince(heard)) return this.press("退出", () => isOver(this.contact));
    await this.step("the desk hands the customer on", () => {}, () => isOver(this.contact), { answered: true });
  }

  lostSightSince(heard) {
    const told = this.post.ledger.told.slice(heard);
    return told.some(({ contacts }) => contacts !== undefined && !contacts.some(({ id }) => id === this.id));
  }

  /** Another customer calls, and is not taken. */
  async second() {
    const first = this.id;
    const ring = async () => {
      this.id = await this.sim.ring({ from: "+81387654321", agent: AGENT.login, force: true });
      this.contacts.push(this.id);
    };
    await this.step("a second call rings", ring, () => this.contact !== undefined);
    const shape = this.dice.weigh({ abandon: 40, "ring-out": 30, decline: 30 });
    if (shape === "decline") {
      await this.decline();
    } else await this.customer(shape === "abandon" ? "hang-up" : "ring-out", () => isOver(this.contact));
    if (shape !== "abandon") await this.sim.customer(this.id, "hang-up");
    if (this.contact) await this.press("後処理終了", () => this.contact === undefined);
    this.id = first;
  }

  async chat() {
    await this.beside("chat", "田中 さくら");
  }

  async task() {
    await this.beside("task", "配送業者に連絡");
  }

  /** Something else than a call comes, and is done meanwhile. */
  async beside(channel, from) {
    const first = this.id;
    const come = async () => (this.id = await this.sim.ring({ channel, from, agent: AGENT.login, force: true }));
    await this.step(`a ${channel} comes`, come, () => this.contact !== undefined);
    if (this.dice.chance(0.7)) {
      await this.press("応答", () => this.contact.state === "connected");
      await this.press("切断", () => isOver(this.contact));
    } else {
      await this.customer("ring-out", () => isOver(this.contact));
      await this.sim.customer(this.id, "hang-up");
    }
    await this.press("後処理終了", () => this.contact === undefined);
    this.id = first;
  }

  async trouble() {
    const what = this.dice.weigh(HOW_OFTEN);
    this.post.note(`trouble: ${what}`);
    this.shape.push(what);
    const happened = await IN_MID_CALL[what](this.post, this.dice);
    if (happened !== false) this.post.counts.fault(what);
  }
}
