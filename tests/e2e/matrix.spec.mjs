// One shift, and everything that can go wrong with it. Every row of the table lets one thing go
// wrong in the same four calls. The network is held back and delivered snapshot by snapshot, so
// that after each one that reached the page the desk is compared with the book.

import { expect, expectTime, openDesk, press, records, signIn, softphone, test, wrongClock } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const CONTACT = "/snapshot/contacts/0";
const FAILED_REQUEST = / failed|Failed /;

/** In every frame: the times of the snapshots that reached it. */
function countSnapshots() {
  globalThis.snapshotTimes = [];
  addEventListener("message", ({ data }) => {
    if (data?.event === "agent::update") globalThis.snapshotTimes.push(Number(data.data.snapshot.snapshotTimestamp));
  });
}

/** The phase of the agent's call by the book, in the desk's words. */
function phaseInBook({ contacts }) {
  const [contact] = contacts;
  if (contact === undefined) return "idle";
  const outbound = contact.origin === "outbound";
  const customer = contact.legs.find(({ role }) => role === "customer");
  return {
    connecting: outbound ? "dialing" : "ringing",
    connected: customer?.state === "hold" ? "hold" : "connected",
    ended: "wrap-up",
    error: outbound ? "failed" : "missed",
  }[contact.state];
}

/** The desk at work, and what it showed after each snapshot. */
class Shift {
  /** How often the fault happened, as far as it is one of delivery or of snapshots. */
  faults = 0;
  /** One for each snapshot that reached the page: whether the desk was right after it. */
  right = [];

  constructor(page, sim, row) {
    Object.assign(this, { page, sim, row });
  }

  async begin() {
    await this.row.open?.(this);
    await this.page.addInitScript(countSnapshots);
    await this.sim.stopClock();
    await this.sim.control("switches", { republish_ms: 1_000, ...this.row.switches });
    if (this.row.openDesk) await this.row.openDesk(this.page, this);
    else await openDesk(this.page);
    await this.hold();
  }

  /** From now on snapshots wait, unless the row wants them to flow. */
  async hold() {
    if (!this.row.flows) await this.sim.control("delivery", { hold: "snapshots" });
  }

  async held() {
    return (await this.sim.book()).ccps.reduce((sum, ccp) => sum + ccp.held, 0);
  }

  /** What a step of the shift is: an act, the phase that it leads to, and the snapshots of it. */
  async step(name, act, phase) {
    await this.row.before?.(this, name);
    const tried = await this.row.instead?.(this, name, act);
    if (!tried) await act();
    await expect.poll(async () => phaseInBook(await this.sim.agent()), `the book after: ${name}`).toBe(phase);
    // The snapshot is sent once more, as the real worker's polling does.
    await this.sim.advance(1);
    if (this.row.flows) await this.compareWhenToldAll(phase);
    else {
      await this.row.network?.(this, phase);
      while ((await this.held()) > 0) await this.deliver({ deliver: 1 }, phase);
    }
    this.expectRight(name);
    await this.row.after?.(this, name, phase);
  }

  /** Lets one snapshot arrive, and notes whether the desk is right after it. */
  async deliver(how, phase) {
    const before = await this.page.evaluate(() => snapshotTimes.length);
    await this.sim.control("delivery", how);
    await this.page.waitForFunction((before) => snapshotTimes.length > before, before);
    this.right.push((await this.shown()) === phase);
  }

  /** Lets the page hear everything that has happened, and notes whether the desk is right then. */
  async compareWhenToldAll(phase) {
    const now = Date.parse((await this.sim.book()).clock.now);
    await this.page.waitForFunction((now) => snapshotTimes.some((time) => time >= now), now);
    this.right.push((await this.shown()) === phase);
  }

  /** The phase on screen, when all that has been heard is painted. */
  async shown() {
    await this.page.evaluate(() => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))));
    return this.page.getByTestId("call-phase").getAttribute("data-phase");
  }

  /** At no time wrong for longer than one snapshot; without a fault of the snapshots, never. */
  expectRight(name) {
    const told = `after "${name}": ${this.right}`;
    expect(this.right.at(-1), told).toBe(true);
    if (!this.row.mayMislead) expect(this.right, told).not.toContain(false);
    expect(this.right.some((right, at) => !right && this.right[at + 1] === false), told).toBe(false);
  }

  notice(text) {
    return expect(this.page.getByTestId("notice").first()).toContainText(text);
  }

  /** The frame with the audio was replaced in mid-call, which the agent is told. */
  async dismissReloaded() {
    // It shows when the new frame asks to be configured, which it does after a second.
    await this.sim.advance(1);
    await this.notice("通話中にソフトフォンが読み込み直されました。");
    await press(this.page, "閉じる");
    await expect(this.page.getByTestId("notice")).toHaveCount(0);
  }

  async contact() {
    return (await this.sim.agent()).contacts[0];
  }
}

/** A request of each kind that the shift makes, and what the desk says when it fails. */
const REQUESTS = {
  // The library keeps Connect's reason for a failed accept to itself.
  accept: { method: "acceptContact", failed: "応答できませんでした。", because: "理由は分かりません。" },
  hold: { method: "holdConnection", failed: "保留にできませんでした。" },
  resume: { method: "resumeConnection", failed: "保留を解除できませんでした。" },
  "hang up": { method: "destroyConnection", failed: "切断できませんでした。" },
  complete: { method: "clearContact", failed: "後処理を終了できませんでした。" },
  dial: { method: "createOutboundContact", failed: "発信できませんでした。" },
};

/** The request of a step is refused at first; that is said, nothing has changed, and it is made again. */
async function refused(shift, name, act, type, because) {
  const request = REQUESTS[name];
  if (request === undefined) return false;
  const { sim } = shift;
  const before = phaseInBook(await sim.agent());
  await sim.control("faults", { method: request.method, type, message: "no" });
  await act();
  await shift.notice(request.failed + (request.because ?? because));
  expect(phaseInBook(await sim.agent())).toBe(before);
  expect(await shift.shown()).toBe(before);
  expect((await sim.requests(request.method)).at(-1).answer).toBe(type ?? "none");
  shift.faults += 1;
  await act();
  return true;
}

const falsified = (patch) => ({
  mayMislead: true,
  // A patch that does not fit waits for a snapshot that it fits.
  before: async ({ sim }) => {
    if ((await sim.book()).snapshots_to_mutate === 0) await sim.control("snapshots", { patch });
  },
  after: async (shift) => {
    if ((await shift.sim.book()).snapshots_to_mutate === 0) shift.faults += 1;
  },
});

/** Lets something happen in the middle of the first call, when the customer is on hold. */
const inMidCall = (happen) => async (shift, name, phase) => {
  if (name !== "hold") return;
  await happen(shift, phase);
  shift.faults += 1;
};

const ROWS = [
  { fault: "nothing", none: true },
  {
    fault: "every snapshot twice",
    network: async (shift, phase) => {
      await shift.deliver({ deliver: 1 }, phase);
      await shift.deliver({ repeat: true }, phase);
      const [before, last] = await shift.page.evaluate(() => snapshotTimes.slice(-2));
      if (before === last) shift.faults += 1;
    },
  },
  {
    fault: "the first snapshot of everything lost",
    network: async (shift) => {
      const before = await shift.held();
      await shift.sim.control("delivery", { lose: 1 });
      shift.faults += before - (await shift.held());
    },
  },
  {
    fault: "a snapshot overtaken by the next",
    // One from before the act, which arrives after the first that tells of it.
    before: async ({ sim }) => {
      await sim.advance(1);
      await sim.advance(0.5);
    },
    network: async (shift, phase) => {
      await shift.deliver({ swap: true, deliver: 1 }, phase);
      await shift.deliver({ deliver: 1 }, phase);
      const [newer, older] = await shift.page.evaluate(() => snapshotTimes.slice(-2));
      if (older < newer) shift.faults += 1;
    },
  },
  { fault: "a snapshot in a state that nobody knows", ...falsified([{ op: "replace", path: `${CONTACT}/state/type`, value: "levitating" }]) },
  { fault: "a snapshot without the call", ...falsified([{ op: "test", path: `${CONTACT}/type`, value: "voice" }, { op: "replace", path: "/snapshot/contacts", value: [] }]) },
  { fault: "a snapshot without connections", ...falsified([{ op: "replace", path: `${CONTACT}/connections`, value: [] }]) },
  {
    fault: "every request refused once",
    troubles: [FAILED_REQUEST],
    notPlaced: 2,
    instead: (shift, name, act) => refused(shift, name, act, "InvalidStateException", "今の状態ではできません。"),
  },
  {
    fault: "every request forbidden once",
    troubles: [FAILED_REQUEST],
    notPlaced: 2,
    instead: (shift, name, act) => refused(shift, name, act, "AccessDeniedException", "権限がありません。"),
  },
  {
    fault: "a request that is never answered",
    instead: (shift, name, act) => name === "resume" && refused(shift, name, act, undefined, "10 秒以内に返事がありませんでした。"),
  },
  {
    fault: "snapshots before answers",
    flows: true,
    switches: { snapshot_before_response: true, snapshot_lag_ms: 0 },
    after: async (shift) => (shift.faults += (await shift.sim.book()).switches.snapshot_before_response ? 1 : 0),
  },
  {
    fault: "a first acknowledgement without an id",
    troubles: [/'acknowledge' event handler failed/],
    switches: { acknowledge_id_after_ms: 1_000 },
    openDesk: async (page, shift) => {
      await page.goto("/");
      await expect.poll(async () => (await shift.sim.book()).ccps.length).toBe(1);
      await expect(page.locator("[data-light]")).toHaveAttribute("data-light", "starting");
      shift.faults += 1;
      await shift.sim.advance(1);
      await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
      await expect(page.getByRole("combobox")).toBeEnabled();
    },
  },
  {
    fault: "an acknowledgement that does not come in time",
    openDesk: async (page, shift) => {
      await shift.sim.control("delivery", { hold: "everything" });
      await page.goto("/");
      await shift.notice("ソフトフォンから応答がありません。");
      shift.faults += await shift.held();
      await shift.sim.control("delivery", { hold: "nothing" });
      await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
      await expect(page.getByTestId("notice")).toHaveCount(0);
      await expect(page.getByRole("combobox")).toBeEnabled();
    },
  },
  {
    fault: "a session that ends in mid-call",
    after: inMidCall(async (shift, phase) => {
      const { page, sim } = shift;
      await sim.control("delivery", { hold: "nothing" });
      await sim.control(`agents/${AGENT.login}/sign-out`, {});
      await shift.notice("サインアウトしました。");
      expect(await sim.agent()).toMatchObject({ signed_in: false });
      await signIn(page);
      await shift.dismissReloaded();
      expect(await shift.shown()).toBe(phase);
      await shift.hold();
    }),
  },
  {
    fault: "a softphone that is reloaded in mid-call",
    after: inMidCall(async (shift, phase) => {
      const { page, sim } = shift;
      const id = async () => (await sim.book()).ccps.map(({ id }) => id).join();
      const before = await id();
      await softphone(page).evaluate(() => location.reload());
      await expect.poll(id).not.toMatch(new RegExp(`^${before}$|^$`));
      await expect.poll(() => shift.held()).toBeGreaterThan(0);
      expect(await shift.shown()).toBe(phase);
      await shift.dismissReloaded();
      while ((await shift.held()) > 0) await shift.deliver({ deliver: 1 }, phase);
    }),
  },
  {
    fault: "a line to Connect that drops in mid-call",
    after: inMidCall(async (shift, phase) => {
      const announce = (event) => shift.sim.control(`agents/${AGENT.login}/announce`, { event });
      await announce("agent::websocket_connection_lost");
      await shift.notice("ソフトフォンと Connect の接続が途切れました。");
      expect(await shift.shown()).toBe(phase);
      await announce("agent::websocket_connection_gained");
      await expect(shift.page.getByTestId("notice")).toHaveCount(0);
    }),
  },
  ...[5, -5].map((minutes) => ({
    fault: `a clock that jumps by ${minutes} minutes in mid-call`,
    open: ({ page }) => page.addInitScript(wrongClock, 0),
    after: inMidCall(async ({ page }) => {
      for (const frame of [page.mainFrame(), softphone(page)]) {
        const jumped = await frame.evaluate((by) => {
          const before = Date.now();
          globalThis.pcClockOff += by;
          return Date.now() - before;
        }, minutes * 60_000);
        expect(Math.abs(jumped)).toBeGreaterThan(60_000);
      }
    }),
  })),
  {
    fault: "a machine that is six times slower",
    flows: true,
    open: async (shift) => {
      const session = await shift.page.context().newCDPSession(shift.page);
      await session.send("Emulation.setCPUThrottlingRate", { rate: 6 });
      shift.faults += 1;
    },
  },
];

const ENGAGED = "+81312345678";
const ANSWERED = "+81387654321";

for (const row of ROWS) {
  test(`the shift with ${row.fault}`, async ({ page, sim, troubles }) => {
    troubles.name(...(row.troubles ?? []));
    const shift = new Shift(page, sim, row);
    await shift.begin();
    const button = (name) => () => press(page, name);
    const dial = (number) => async () => {
      await page.getByRole("textbox", { name: "電話番号" }).fill(number);
      await press(page, "発信");
    };
    const expected = [];
    /** Ends the call that is on screen: its times are the book's, and so will its record be. */
    const complete = async (outcome, { connecting, connected, held = 0 }) => {
      const { contact_id, since } = await shift.contact();
      await expectTime(page, "connecting", connecting);
      if (connected) await expectTime(page, "connected", connected);
      await expectTime(page, "ended", since);
      const talk = connected ? Math.floor((Date.parse(since) - Date.parse(connected) - held) / 1000) : undefined;
      expected.unshift({ id: contact_id, outcome, connecting, talk });
      await shift.step("complete", button("後処理終了"), "idle");
    };
    const since = async () => (await shift.contact()).since;

    await shift.step("ring", () => sim.ring(), "ringing");
    let connecting = await since();
    await shift.step("accept", button("応答"), "connected");
    let connected = await since();
    const legSince = async () => Date.parse((await shift.contact()).legs.find(({ role }) => role === "customer").since);
    await shift.step("hold", button("保留"), "hold");
    const heldAt = await legSince();
    await shift.step("resume", button("保留解除"), "connected");
    const held = (await legSince()) - heldAt;
    await shift.step("hang up", button("切断"), "wrap-up");
    await complete("answered", { connecting, connected, held });

    await shift.step("ring", () => sim.ring(), "ringing");
    connecting = await since();
    const ringOut = async () => {
      const { contact_id } = await shift.contact();
      await sim.customer(contact_id, "ring-out");
      // Else it would be offered again.
      await sim.customer(contact_id, "hang-up");
    };
    await shift.step("ring out", ringOut, "missed");
    await complete("missed", { connecting });

    await shift.step("dial", dial(ENGAGED), "dialing");
    connecting = await since();
    await shift.step("busy", async () => sim.customer((await shift.contact()).contact_id, "busy"), "failed");
    await complete("busy", { connecting });

    await shift.step("dial", dial(ANSWERED), "dialing");
    connecting = await since();
    await shift.step("answer", async () => sim.customer((await shift.contact()).contact_id, "answer"), "connected");
    connected = await since();
    await shift.step("hang up", button("切断"), "wrap-up");
    await complete("answered", { connecting, connected });

    // What Connect has refused to dial is in the log, too.
    const notPlaced = page.locator('[data-testid="call-record"][data-contact-id=""][data-outcome="not-placed"]');
    await expect(notPlaced).toHaveCount(row.notPlaced ?? 0);
    await expect(page.getByTestId("call-record")).toHaveCount(expected.length + (row.notPlaced ?? 0));
    for (const { id, outcome, connecting, talk } of expected) {
      const record = records(page, id);
      await expect(record).toHaveAttribute("data-outcome", outcome);
      await expect(record.locator("time")).toHaveAttribute("datetime", connecting);
      if (talk !== undefined) await expect(record).toContainText(`0:${String(talk).padStart(2, "0")}`);
    }
    await expect(page.getByTestId("notice")).toHaveCount(0);
    if (!row.none) expect(shift.faults, `times that this happened: ${row.fault}`).toBeGreaterThan(0);
  });
}
