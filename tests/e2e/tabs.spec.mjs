// Several tabs of one browser: one leads, the others show what it does, and change places with it.

import { button, expect, expectAccessible, expectPhase, openDesk, press, records, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const notice = (page) => page.getByTestId("notice");
const READ_ONLY = "表示専用です";

/** Opens a second tab of the same browser, in which the agent does not work. */
async function openMirror(context) {
  const mirror = await context.newPage();
  await mirror.goto("/");
  await expect(mirror.getByTestId("agent-name")).toHaveText(AGENT.name);
  await expect(notice(mirror)).toContainText(READ_ONLY);
  return mirror;
}

/** The agent can work in the page, and in none of the others. */
async function expectLeader(page, ...others) {
  await expect(page.getByRole("combobox")).toBeEnabled();
  await expect(notice(page)).toHaveCount(0);
  for (const other of others) {
    await expect(notice(other)).toContainText(READ_ONLY);
    await expect(other.getByRole("combobox")).toBeDisabled();
  }
}

/** Whether a page's frame is the one that rings, as the library says. */
const rings = (page) =>
  page.evaluate(() => new Promise((told) => connect.ifMaster("connect::ringtone", () => told(true), () => told(false), true)));

/** What a CCP's frame asks whenever the agent's data come, ringtone or not; who asks first gets it. */
const asksToRing = (page) => page.evaluate(() => new Promise((told) => connect.ifMaster("connect::ringtone", told, told)));

test("the leader's frame rings, whoever has asked for it meanwhile", async ({ desk, context }) => {
  const mirror = await openMirror(context);
  await asksToRing(mirror);
  expect([await rings(desk), await rings(mirror)]).toEqual([true, false]);
  // While the leader's frame is being loaded anew its place is free.
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await desk.route("**/ccp-v2/", async (route) => {
    await held;
    await route.continue();
  });
  await desk.reload({ waitUntil: "commit" });
  await expect.poll(async () => (await asksToRing(mirror), rings(mirror))).toBe(true);
  arrive();
  await expectLeader(desk, mirror);
  await expect.poll(async () => [await rings(desk), await rings(mirror)]).toEqual([true, false]);
});

/** Whether a page's frame is the one that has the audio, as the library says. */
const hasAudio = (page) =>
  page.evaluate(() => new Promise((told) => connect.ifMaster("connect::softphone", () => told(true), () => told(false), true)));

test("a mirror's frame that is loaded anew, and starts from what the leader's was told, does not keep the audio", async ({ desk, context, sim }) => {
  const told = async () => (await sim.book()).ccps.map(({ configure }) => configure?.softphone.allowFramedSoftphone);
  const mirror = await openMirror(context);
  await expect.poll(told).toEqual([true, false]);
  // What the leader's frame is told last is what all frames find in their storage.
  await desk.reload();
  await expect.poll(told).toEqual([false, true]);
  await expectLeader(desk, mirror);
  await sim.control("switches", { republish_ms: 200 });
  await expect.poll(async () => [await hasAudio(desk), await hasAudio(mirror)]).toEqual([true, false]);
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await desk.route("**/ccp-v2/", async (route) => {
    await held;
    await route.continue();
  });
  await desk.reload({ waitUntil: "commit" });
  const frames = async () => (await sim.book()).ccps.map(({ id }) => id);
  await expect.poll(frames).toHaveLength(1);
  const [before] = await frames();
  await softphone(mirror).evaluate(() => location.reload());
  // What a frame is asked while it is on its way nobody answers.
  await expect.poll(async () => (await frames()).some((id) => id !== before)).toBe(true);
  await expect.poll(() => hasAudio(mirror)).toBe(true);
  arrive();
  await expectLeader(desk, mirror);
  await expect.poll(async () => [await hasAudio(desk), await hasAudio(mirror)]).toEqual([true, false]);
  await talk(desk, sim);
  expect(await hasAudio(desk)).toBe(true);
});

async function talk(page, sim) {
  const id = await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  return id;
}

test("a second tab shows the call, the times and the log, and nothing in it can be pressed", async ({ desk, context, sim }) => {
  const mirror = await openMirror(context);
  await expectLeader(desk, mirror);
  await expectAccessible(mirror);
  const { ccps } = await sim.book();
  expect(ccps.map(({ configure }) => configure.softphone.allowFramedSoftphone)).toEqual([true, false]);
  expect(ccps[1].configure).toMatchObject({ softphone: { disableRingtone: true }, chat: { disableRingtone: true }, task: { disableRingtone: true } });

  const id = await sim.ring();
  await expectPhase(mirror, "ringing");
  await expect(mirror.getByTestId("contact-id")).toHaveText(id);
  await expect(button(mirror, "応答")).toBeDisabled();
  await expect(mirror).toHaveTitle("エージェントデスク");
  await press(desk, "応答");
  await expectPhase(mirror, "connected");
  const connected = await desk.getByTestId("connected-time").getAttribute("datetime");
  await expect(mirror.getByTestId("connected-time")).toHaveAttribute("datetime", connected);
  for (const name of ["拒否", "保留", "ミュート", "切断", "後処理終了", "キーパッド", "転送", "発信", "サインアウト"]) await expect(button(mirror, name)).toBeDisabled();
  await press(desk, "ミュート");
  await expect(mirror.getByText("マイクはミュート中")).toBeVisible();
  await press(desk, "切断");
  await expectPhase(mirror, "wrap-up");
  await press(desk, "後処理終了");
  for (const page of [desk, mirror]) await expect(records(page, id)).toHaveCount(1);
});

test("work moves to another tab by a press, and back", async ({ desk, context, sim }) => {
  const other = await openMirror(context);
  await press(other, "このタブで作業する");
  await expectLeader(other, desk);
  const id = await talk(other, sim);
  await press(other, "切断");
  await press(other, "後処理終了");
  await expect(records(desk, id)).toHaveCount(1);
  await press(desk, "このタブで作業する");
  await expectLeader(desk, other);
  await expect(records(desk, id)).toHaveCount(1);
});

test("in mid-call the sound stays in its tab, and both tabs say so", async ({ desk, context, sim }) => {
  const id = await talk(desk, sim);
  const other = await openMirror(context);
  await expect(notice(other)).toContainText("音声は元のタブに残ります");
  await softphone(desk).evaluate(() => (window.sameFrame = true));
  await press(other, "このタブで作業する");
  await expect(notice(other)).toHaveCount(0);
  await expect(notice(desk)).toContainText("音声はこのタブにあります");
  await expectAccessible(desk);
  await expect(button(desk, "切断")).toBeDisabled();
  expect(await softphone(desk).evaluate(() => window.sameFrame)).toBe(true);
  await press(other, "保留");
  await expectPhase(other, "hold");
  await press(other, "切断");
  await expectPhase(other, "wrap-up");
  await expect(notice(desk)).not.toContainText("音声");
  await expectLeader(other, desk);
  expect((await sim.book()).ccps.map(({ configure }) => configure.softphone.allowFramedSoftphone).sort()).toEqual([false, true]);
  await press(other, "後処理終了");
  for (const page of [desk, other]) await expect(records(page, id)).toHaveCount(1);
});

for (const { how, leave } of [
  { how: "is closed", leave: (page) => page.close() },
  {
    how: "crashes",
    leave: async (page) => {
      const crash = page.waitForEvent("crash");
      const devtools = await page.context().newCDPSession(page);
      devtools.send("Page.crash").catch(() => {});
      await crash;
    },
  },
]) {
  test(`when the tab that leads ${how}, in mid-call, another leads and knows all of the call`, async ({ desk, context, sim }) => {
    const other = await openMirror(context);
    const id = await talk(desk, sim);
    await expectPhase(other, "connected");
    const began = await desk.getByTestId("connecting-time").getAttribute("datetime");
    await leave(desk);
    await expect(button(other, "切断")).toBeEnabled();
    await expect(other.getByTestId("connecting-time")).toHaveAttribute("datetime", began);
    await press(other, "切断");
    await expectPhase(other, "wrap-up");
    await press(other, "後処理終了");
    await expect(records(other, id)).toHaveAttribute("data-outcome", "answered");
  });
}

test("a tab that leads and is loaded anew leads on", async ({ desk, context }) => {
  const other = await openMirror(context);
  await other.evaluate(() => (window.samePage = true));
  await desk.reload();
  await expectLeader(desk, other);
  expect(await other.evaluate(() => window.samePage)).toBe(true);
});

test("a browser without locks leaves every tab to do everything", async ({ context, page, sim }) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "locks", { value: undefined }));
  await openDesk(page);
  const other = await context.newPage();
  await openDesk(other);
  const id = await sim.ring();
  for (const tab of [page, other]) await expectPhase(tab, "ringing");
  await press(other, "応答");
  for (const tab of [page, other]) await expectPhase(tab, "connected");
  await press(page, "ミュート");
  for (const tab of [page, other]) await expect(button(tab, "ミュート解除")).toBeEnabled();
  await press(page, "切断");
  for (const tab of [page, other]) await expectPhase(tab, "wrap-up");
  await press(other, "後処理終了");
  for (const tab of [page, other]) await expect(records(tab, id)).toHaveCount(1);
});
