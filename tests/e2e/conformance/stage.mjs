// A bare page with the library, and a contact centre in which the traces happened. What happens
// is done by the control API, by the softphone's buttons, and by asking the library.

import { copyFile, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { test as base, expect } from "../desk.mjs";
import { Sim } from "../sim.mjs";

/** The bare page instead of the desk, under the same headers. */
export const test = base.extend({
  sim: [
    async ({}, use) => {
      const site = await mkdtemp(join(tmpdir(), "conformance-"));
      const library = (await readdir(process.env.DESK_DIST)).find((name) => /^streams-.*\.js$/.test(name));
      await copyFile(join(process.env.DESK_DIST, library), join(site, "streams.js"));
      await copyFile(new URL("page.html", import.meta.url), join(site, "index.html"));
      await copyFile(new URL("page.js", import.meta.url), join(site, "page.js"));
      const sim = await Sim.start({ dist: site });
      await use(sim);
      await sim.stop();
      await rm(site, { recursive: true });
    },
    { scope: "worker" },
  ],
});

export const CALLER = "+12065550142";
const LOGIN = "ada";
const PASSWORD = "konnichiwa";
/** As often, in milliseconds of the library's time, the world outside is looked at. */
const SLICE = 50;

/** The traces' contact centre. */
const SCENARIO = {
  region: "us-west-2",
  account: "012345678901",
  instance_id: "11111111-2222-3333-4444-555555555555",
  agents: [
    { login: LOGIN, name: "Ada Agent", password: PASSWORD, language: "en_US", extension: "+18005550100", queues: ["BasicQueue", "CallbackQueue"] },
    { login: "bob", name: "Bob", password: PASSWORD, queues: ["BasicQueue"] },
  ],
  queues: [{ name: "BasicQueue", number: "+18005550199" }, { name: "CallbackQueue", number: "+18005550199" }, { name: "Billing", number: "+18005550198" }],
  states: [{ name: "Available", kind: "routable" }, { name: "Lunch", kind: "not_routable" }, { name: "Offline", kind: "offline" }],
  quick_connects: [
    { name: "Front desk", to: { phone: "+18005550111" } },
    { name: "Bob", to: { agent: "bob" } },
    { name: "Billing", to: { queue: "Billing" } },
  ],
  dialable_countries: ["us", "ca", "gb"],
  // Nothing happens by itself but what a trace shows.
  switches: { ring_ms: 3_600_000, dial_ms: 3_600_000, republish_ms: null },
};

export class Stage {
  /** The tab that the trace saw, and the others. */
  page;
  tabs;
  /** Contacts by the name that a step gave them. */
  contacts = {};

  constructor({ page, sim, params }) {
    this.page = page;
    this.tabs = [page];
    this.sim = sim;
    this.params = params;
  }

  async set({ switches, signIn }) {
    const scenario = { ...SCENARIO, sign_in: signIn, switches: { ...SCENARIO.switches, ...switches } };
    await this.sim.control("reset", { scenario });
    await this.sim.clock({ set: "2026-01-01T09:00:00.000Z", freeze: true });
    const context = this.page.context();
    await context.addInitScript(hear);
    await context.clock.install({ time: 0 });
    // It runs until it stands: at a moment that no slow machine has passed meanwhile.
    await context.clock.pauseAt(3_600_000);
  }

  /** Opens the page; afterwards snapshots are kept back. */
  async open(page = this.page) {
    await this.keepBack("nothing");
    await this.load(page);
    await this.ready(page);
    await this.keepBack("snapshots");
  }

  async load(page = this.page) {
    await page.goto("/");
    await this.init(page);
  }

  async init(page = this.page) {
    await page.evaluate((params) => window.page.init(params), this.params);
  }

  async ready(page = this.page) {
    await expect.poll(() => page.evaluate(() => Boolean(connect.core.initialized && connect.agent.initialized))).toBe(true);
    await this.settle();
  }

  /** A second tab of the same agent. */
  async openTab() {
    const page = await this.page.context().newPage();
    this.tabs.push(page);
    await this.open(page);
  }

  /** Leaves the page, and waits until the server has noticed. */
  async leave() {
    await this.page.goto("about:blank");
    await this.noCcp();
  }

  async noCcp() {
    await expect.poll(async () => (await this.sim.book()).ccps.length).toBe(0);
  }

  /** Everything that was said has arrived in every tab, and what followed from it. */
  async settle() {
    for (let before = -1, now = await this.heard(); now !== before; ) {
      before = now;
      for (const tab of this.tabs) await tab.evaluate(() => window.page.quiet());
      now = await this.heard();
    }
  }

  async heard() {
    const each = this.tabs.map((tab) => tab.evaluate(() => window.page.tape.down.length));
    return (await Promise.all(each)).reduce((sum, one) => sum + one, 0);
  }

  /** Lets the snapshots that are kept back arrive, one after the other. */
  async deliver() {
    for (;;) {
      const { ccps } = await this.sim.book();
      if (ccps.every(({ held }) => held === 0)) return;
      await this.sim.control("delivery", { deliver: 1 });
      await this.settle();
    }
  }

  async keepBack(hold) {
    await this.sim.control("delivery", { hold });
  }

  /** Lets time pass for the library. Unless they are kept back, heartbeats are answered in time. */
  async pass(milliseconds) {
    const answered = async () => {
      const frame = this.frame();
      const asked = await frame?.evaluate(() => window.beats ?? 0);
      const { ccps, hold } = await this.sim.book();
      return hold === "everything" || !asked || ccps.length === 0 || (await this.count()).beats >= asked;
    };
    for (let left = milliseconds; left > 0; left -= SLICE) {
      await this.page.clock.runFor(Math.min(left, SLICE));
      await expect.poll(answered).toBe(true);
    }
  }

  async count() {
    return this.page.evaluate(() => window.page.count);
  }

  /** How often a frame was put into the page. */
  async framesPutIn() {
    return (await this.count()).frames;
  }

  /** The windows that the library opened. */
  async opened() {
    return this.page.evaluate(() => window.page.tape.opened);
  }

  async mark(text) {
    await this.page.evaluate((text) => window.page.mark(text), text);
  }

  /** Waits until so many messages are kept back. */
  async waitForHeld(count) {
    await expect.poll(async () => (await this.sim.book()).ccps[0]?.held).toBe(count);
  }

  /** The CCP's own page. */
  frame(page = this.page) {
    return page.frames().find((frame) => frame !== page.mainFrame() && frame.url().includes("/ccp-v2/"));
  }

  /** Presses a button of the softphone. */
  async press(name) {
    await this.frame().getByRole("button", { name, exact: true }).click();
  }

  /** Waits until the library has called back so often. */
  async until(callbacks) {
    await expect.poll(() => this.page.evaluate(() => window.page.tape.callbacks.length)).toBe(callbacks);
  }

  async begin() {
    await this.page.evaluate(() => window.page.begin());
    await this.frame()?.evaluate(() => (window.heard.length = 0));
  }

  /** What the tape holds; of the messages, if asked, only those of the frame that is there now. */
  async tape(lastFrameOnly = false) {
    const tape = await this.page.evaluate(() => window.page.tape);
    const heard = await this.frame()?.evaluate(() => ({ up: window.heard, sdk: window.sdkHeard }));
    const first = lastFrameOnly ? tape.down.findLastIndex(({ event }) => event === "acknowledge") : 0;
    return { ...tape, ...heard, down: tape.down.slice(first) };
  }

  async ask(label, request, given, contact = "last", page = this.page) {
    const id = this.contacts[contact] ?? null;
    await page.evaluate(([label, request, id, given]) => window.page.ask(label, request, id, given), [label, request, id, given]);
  }

  async tell(what, given, page = this.page) {
    return page.evaluate(([what, given]) => window.page.tell(what, given), [what, given]);
  }

  async customer(act, contact = "last") {
    await this.sim.customer(this.contacts[contact], act);
  }

  async thirdParty(act) {
    const { legs } = (await this.agent()).contacts.find(({ contact_id }) => contact_id === this.contacts.last);
    const leg = legs.find(({ role, state }) => role === "third_party" && state !== "disconnected");
    await this.sim.control(`contacts/${this.contacts.last}/third-parties/${leg.connection_id}/${act}`, {});
  }

  async agent() {
    return (await this.sim.book()).agents.find(({ login }) => login === LOGIN);
  }

  async announce(event, data) {
    await this.sim.control(`agents/${LOGIN}/announce`, { event, data });
  }

  /** Signs in where the library's pop-up leads. */
  async signIn(popup) {
    await popup.getByLabel("User name", { exact: false }).fill(LOGIN);
    await popup.locator("input[name=password]").fill(PASSWORD);
    const closed = popup.waitForEvent("close");
    await popup.getByRole("button").click();
    await closed;
  }

  named(id, name) {
    this.contacts.last = id;
    if (name) this.contacts[name] = id;
  }
}

/** In the CCP's page: what its parent says, on the conduit and on the SDK's channel. */
function hear() {
  if (window.parent === window) return;
  const written = (data) => JSON.parse(JSON.stringify(data));
  window.heard = [];
  window.sdkHeard = [];
  window.beats = 0;
  window.addEventListener("message", ({ source, data }) => {
    if (source !== window.parent || !data?.event) return;
    window.heard.push(written({ event: data.event, data: data.data ?? null }));
    if (data.event === "synchronize") window.beats += 1;
  });
  window.MessageChannel = class extends MessageChannel {
    constructor() {
      super();
      // The clock that Playwright puts in says nothing on a channel of its own, to let others have their turn.
      this.port1.addEventListener("message", ({ data }) => data !== undefined && window.sdkHeard.push(written(data)));
    }
  };
}
