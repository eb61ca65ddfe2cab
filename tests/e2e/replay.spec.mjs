// Incidents, replayed: each file of tests/data/incidents is a test of its own. The simulator says
// again what the recorded CCP said; what the recorded agent did is done again on the desk; and what
// the desk makes of it is what the file's `expected` says.

import { readFileSync, readdirSync } from "node:fs";

import { savedFile } from "./incident/file.mjs";
import { button, expect, expectPhase, openDesk, press, test } from "./desk.mjs";

const FOLDER = new URL("../data/incidents/", import.meta.url);

function readIncident(file) {
  return JSON.parse(readFileSync(new URL(file, FOLDER), "utf8"));
}

/** In the page, before its scripts: notes each phase and each notice when it comes up. */
function watch() {
  window.shown = { phases: [], notices: [] };
  const { phases, notices } = window.shown;
  const look = () => {
    const phase = document.querySelector("[data-testid=call-phase]")?.dataset.phase;
    if (phase && phase !== phases.at(-1)) phases.push(phase);
    for (const words of document.querySelectorAll("[data-testid=notice] > p")) {
      if (!notices.includes(words.textContent)) notices.push(words.textContent);
    }
  };
  new MutationObserver(look).observe(document, { attributes: true, characterData: true, childList: true, subtree: true });
  addEventListener("message", ({ data }) => {
    if (data?.event === "replay::halted") window.heardUntil = data.data;
  });
}

/** What the agent does on the desk so that it asks this of Connect. */
const ACTS = {
  acceptContact: (desk) => press(desk, "応答"),
  rejectContact: (desk) => press(desk, "拒否"),
  holdConnection: (desk) => press(desk, "保留"),
  resumeConnection: (desk) => press(desk, "保留解除"),
  clearContact: (desk) => press(desk, "後処理終了"),
  toggleActiveConnections: (desk) => press(desk, "切替"),
  conferenceConnections: (desk) => press(desk, "会議"),
  getEndpoints: (desk) => press(desk, "相談"),
  createAdditionalConnection: (desk, { endpoint }) => desk.locator(".chooser li").getByRole("button").filter({ hasText: new RegExp(`^${endpoint.name} `) }).click(),
  // The same request ends a call, leaves it to others, and drops one of them.
  destroyConnection: (desk, { connectionId }, agentLegs) => pressFirst(desk, agentLegs.has(connectionId) ? ["切断", "退出"] : ["切り離し"]),
  mute: (desk, { mute }) => press(desk, mute ? "ミュート" : "ミュート解除"),
};

/** The first of these buttons that may be pressed. */
async function pressFirst(desk, names) {
  for (const name of names) {
    if ((await button(desk, name).getAttribute("aria-disabled")) !== "true") return press(desk, name);
  }
  throw new Error(`none of ${names.join(", ")} may be pressed`);
}

/** What the library writes to the console when Connect refuses. */
const COMPLAINTS = { acceptContact: /Accept Contact failed/ };

class Replay {
  constructor(desk, incident) {
    this.desk = desk;
    this.incident = incident;
    this.panel = desk.frameLocator(".softphone-frame iframe");
    this.agentLegs = new Set(
      incident.messages.flatMap(({ data }) => data?.snapshot?.contacts ?? []).flatMap(({ connections }) => connections).filter(({ type }) => type === "agent").map(({ connectionId }) => connectionId),
    );
  }

  /** Where it has halted, when the desk has heard all until there. */
  async halted() {
    await expect(this.panel.locator("body")).toHaveAttribute("data-running", "false");
    const next = Number(await this.panel.locator("body").getAttribute("data-next"));
    await this.desk.waitForFunction((next) => window.heardUntil === next, next);
    return next;
  }

  /** Does again what the agent did, wherever that can be done, until the last message. */
  async play() {
    const { messages } = this.incident;
    for (let next = await this.halted(); next < messages.length; next = await this.halted()) {
      const { event, data } = messages[next];
      const act = ACTS[event === "broadcast" ? data.event : data?.method];
      if (act && messages[next].from === "page") {
        await act(this.desk, data.params ?? data.data, this.agentLegs);
        await expect(this.panel.locator("body")).not.toHaveAttribute("data-next", String(next));
      }
      await this.panel.getByRole("button", { name: "To the agent's next act" }).click();
    }
  }

  /** What the desk has shown, in the form of a file's `expected`. */
  async seen() {
    const rows = this.desk.getByTestId("call-record");
    const log = await rows.evaluateAll((rows) => rows.map((row) => ({
      contact: row.dataset.contactId,
      outcome: row.dataset.outcome,
      words: row.querySelector(".row-outcome").textContent,
      began: row.querySelector("time").dateTime,
      talk: row.querySelector(".row-talk").textContent,
    })));
    return { ...(await this.desk.evaluate(() => window.shown)), log };
  }
}

async function open(page, sim, incident) {
  await sim.control("replay", { incident });
  await page.addInitScript(watch);
  await page.goto("/");
  return new Replay(page, incident);
}

for (const file of readdirSync(FOLDER)) {
  test(`incident ${file.replace(".json", "")}: the desk makes of it what it should`, async ({ page, sim, troubles }) => {
    const incident = readIncident(file);
    const { messages } = incident;
    const method = (id) => messages.find(({ event, data }) => event === "api_request" && data.requestId === id)?.data.method;
    troubles.name(...new Set(messages.flatMap(({ event, data }) => (event === "api_response" && data.err && COMPLAINTS[method(data.requestId)]) || [])));
    const replay = await open(page, sim, incident);
    await replay.play();
    const seen = await replay.seen();
    expect(seen, `"expected": ${JSON.stringify(seen)}`).toEqual(incident.expected);
  });
}

test("what is recorded of a replay is the incident again", async ({ page, sim }) => {
  const incident = readIncident("consult-and-transfer.json");
  const replay = await open(page, sim, incident);
  await replay.play();
  const { messages } = JSON.parse((await savedFile(page)).text);
  // What the clocks of this PC and of this page say is another matter, and so is who rings: the desk
  // has claimed that only since the file was recorded, by a request of its own.
  const told = (lines) => lines.filter(({ event, from }) => from === "ccp" && !["[event]", "master_response"].includes(event)).map(({ event, data }) => ({ event, data: data && { ...withoutClocks(data), requestId: undefined } }));
  expect(told(messages)).toEqual(told(incident.messages));
  const asked = (lines) => lines.flatMap(({ event, data }) => (event === "api_request" ? { ...data, requestId: undefined } : []));
  expect(asked(messages)).toEqual(asked(incident.messages));
});

function withoutClocks(data) {
  if (!data?.snapshot) return data;
  const { localTimestamp, skew, ...snapshot } = data.snapshot;
  return { ...data, snapshot };
}

test("a window that begins in mid-call is played from the greeting and the snapshot that it stands on", async ({ page, sim }) => {
  const incident = readIncident("ordinary-call.json");
  const { messages } = incident;
  const talks = messages.findIndex(({ data }) => data?.snapshot?.contacts[0]?.state.type === "connected");
  const greeting = messages.find(({ event }) => event === "acknowledge");
  const replay = await open(page, sim, { ...incident, missing: talks - 1, messages: [greeting, ...messages.slice(talks)] });
  await replay.play();
  const { phases, log } = await replay.seen();
  expect(phases).toEqual(["idle", "connected", "hold", "connected", "wrap-up", "idle"]);
  expect(log).toEqual([expect.objectContaining({ contact: "contact-1", outcome: "answered" })]);
});

test("what the desk asks that nobody asked then is refused", async ({ page, sim }) => {
  const incident = readIncident("ordinary-call.json");
  const rings = incident.messages.findIndex(({ data }) => data?.snapshot?.contacts.length === 1);
  const replay = await open(page, sim, { ...incident, messages: incident.messages.slice(0, rings + 1) });
  await replay.play();
  await press(page, "拒否");
  await expect(page.getByTestId("notice")).toBeVisible();
});

for (const { what, answered } of [
  { what: "goes on answering", answered: 30 },
  { what: "has fallen silent", answered: 2 },
]) {
  test(`at its pace a message comes when it came, and a CCP that ${what} does so again`, async ({ page, sim }) => {
    const incident = readIncident("ordinary-call.json");
    const { messages } = incident;
    const rings = messages.findIndex(({ data }) => data?.snapshot?.contacts.length === 1);
    const at = messages[rings - 1].at + 5_000;
    const heartbeat = { at, event: "heartbeat", asked: 30, answered, until: at };
    // Every timer waits for this clock: the page's, the library's and the replay's.
    await page.clock.install();
    const passes = (milliseconds) => page.clock.runFor(milliseconds);
    const replay = await open(page, sim, { ...incident, messages: [...messages.slice(0, rings), { ...messages[rings], at }, heartbeat] });
    await expect.poll(async () => {
      await passes(100);
      return replay.panel.locator("body").getAttribute("data-running");
    }).toBe("false");

    await replay.panel.getByRole("button", { name: "At its pace" }).click();
    await passes(4_000);
    await expectPhase(page, "idle");
    await passes(3_000);
    await expectPhase(page, "ringing");
    await passes(15_000);
    await expectPhase(page, "ringing");
    const silence = page.getByTestId("notice").filter({ hasText: "ソフトフォンが応答しなくなりました" });
    await expect(silence).toHaveCount(answered < 30 ? 1 : 0);
  });
}

test("after a reset the softphone is a softphone again", async ({ page, sim }) => {
  const replay = await open(page, sim, readIncident("declined.json"));
  await replay.halted();
  await sim.reset();
  await openDesk(page);
});
