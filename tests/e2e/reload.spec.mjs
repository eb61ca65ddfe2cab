// The page goes away and comes back, and nothing of the call is lost.

import { copiedRecord, expect, expectPhase, expectTime, press, records, test, tokyo } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

/** Reloads the page; gives whether the browser asked the agent first. */
async function reload(page) {
  let asked = false;
  const answer = (dialog) => {
    asked = dialog.type() === "beforeunload";
    return dialog.accept();
  };
  page.once("dialog", answer);
  await page.reload();
  page.off("dialog", answer);
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  return asked;
}

test("while it rings", async ({ desk, sim }) => {
  await sim.stopClock();
  // A browser asks only somebody who has touched the page.
  await desk.getByRole("textbox", { name: "電話番号" }).click();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since } = await sim.contact(id);
  await sim.advance(4);
  expect(await reload(desk)).toBe(true);
  await expectPhase(desk, "ringing");
  await expectTime(desk, "connecting", since);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await expectTime(desk, "connecting", since);
});

test("in mid-call, after a hold", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since: connecting } = await sim.contact(id);
  await sim.advance(3);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await sim.advance(10);
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await sim.advance(25);
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  await sim.advance(5);
  expect(await reload(desk)).toBe(true);

  await expectPhase(desk, "connected");
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "connected", connected);
  // Nobody knows after a reload, until the softphone says so.
  await expect(desk.getByText("ミュート状態は不明")).toBeVisible();
  await press(desk, "ミュート");
  await expect.poll(async () => (await sim.agent()).muted).toBe(true);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended, queue } = await sim.contact(id);
  expect(await copiedRecord(desk)).toEqual([
    id, id, "inbound", "'+819012345678", queue,
    tokyo(connecting), tokyo(connected), tokyo(ended), "15", "25", "answered", AGENT.name,
  ]);
});

test("on hold", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since: connecting } = await sim.contact(id);
  await sim.advance(3);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await sim.advance(10);
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await sim.advance(20);
  expect(await reload(desk)).toBe(true);
  await expectPhase(desk, "hold");
  await sim.advance(20);
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended, queue } = await sim.contact(id);
  expect(await copiedRecord(desk)).toEqual([
    id, id, "inbound", "'+819012345678", queue,
    tokyo(connecting), tokyo(connected), tokyo(ended), "10", "40", "answered", AGENT.name,
  ]);
});

test("in the wrap-up, which asks nothing, for there is no audio to lose", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since: connecting } = await sim.contact(id);
  await sim.advance(3);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await sim.advance(60);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended, queue } = await sim.contact(id);
  await sim.advance(15);
  expect(await reload(desk)).toBe(false);
  await expectPhase(desk, "wrap-up");
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "connected", connected);
  await expectTime(desk, "ended", ended);
  expect(await copiedRecord(desk)).toEqual([
    id, id, "inbound", "'+819012345678", queue,
    tokyo(connecting), tokyo(connected), tokyo(ended), "60", "0", "answered", AGENT.name,
  ]);
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveCount(1);
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("a call that was missed is not offered to accept again", async ({ desk, sim }) => {
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since: connecting } = await sim.contact(id);
  await sim.customer(id, "ring-out");
  await expectPhase(desk, "missed");
  const { since: ended } = await sim.contact(id);
  await reload(desk);
  await expectPhase(desk, "missed");
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "ended", ended);
});

for (const { which, cleared } of [
  { which: "and waits to be wrapped up", cleared: false },
  { which: "and was cleared away", cleared: true },
]) {
  test(`a call that ended while the page was closed ${which}`, async ({ desk, context, sim }) => {
    await sim.stopClock();
    await sim.control("switches", { after_call_work_limit_ms: 30_000 });
    const id = await sim.ring();
    await expectPhase(desk, "ringing");
    const { since: connecting } = await sim.contact(id);
    await sim.advance(3);
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    const { since: connected } = await sim.contact(id);
    await desk.close();
    await sim.advance(40);
    await sim.customer(id, "hang-up");
    const { since: ended } = await sim.contact(id);
    await sim.advance(cleared ? 30 : 10);

    const page = await context.newPage();
    await page.goto("/");
    await expectPhase(page, cleared ? "idle" : "wrap-up");
    if (!cleared) {
      await expectTime(page, "connecting", connecting);
      await expectTime(page, "connected", connected);
      await expectTime(page, "ended", ended);
      await press(page, "後処理終了");
    }
    await expect(records(page, id)).toHaveCount(1);
    await expect(records(page, id)).toHaveAttribute("data-outcome", "answered");
    await expect(records(page, id).locator("time")).toHaveAttribute("datetime", connecting);
    // Nothing that is still there tells when a cleared contact ended, only when the agent was free.
    await expect(records(page, id)).toContainText(cleared ? "1:10" : "0:40");
  });
}
