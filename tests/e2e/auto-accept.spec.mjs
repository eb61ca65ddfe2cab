// Calls that the softphone accepts by itself: a second after they began to ring, whatever the agent does.

import { button, expect, expectAccessible, expectPhase, expectTime, openDesk, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

/** The desk of an agent whose softphone accepts by itself, by a clock that stands still. */
async function openWithAutoAccept(page, sim) {
  const agent = { ...AGENT, queues: ["BasicQueue"], auto_accept: true };
  await sim.reset({ agents: [agent], queues: [{ name: "BasicQueue", number: "+81312340001" }], quick_connects: [] });
  await openDesk(page);
  await sim.stopClock();
}

const came = (page) => page.locator(".call-came");

test("a call is accepted by itself, is said to be, and its record says that it was answered", async ({ page, sim }) => {
  await openWithAutoAccept(page, sim);
  const id = await sim.ring();
  await expectPhase(page, "ringing");
  await expect(came(page)).toContainText("自動応答");
  await expectAccessible(page);
  const { since: connecting } = await sim.contact(id);

  await sim.advance(1);
  await expectPhase(page, "connected");
  await expect(came(page)).not.toContainText("自動応答");
  const { since: connected } = await sim.contact(id);
  await expectTime(page, "connecting", connecting);
  await expectTime(page, "connected", connected);
  expect(await sim.requests("acceptContact")).toEqual([]);

  await press(page, "切断");
  await expectPhase(page, "wrap-up");
  await press(page, "後処理終了");
  await expect(records(page, id)).toHaveAttribute("data-outcome", "answered");
  await expect(records(page, id)).toHaveCount(1);
});

test("who accepts it first has accepted it, and nothing accepts it again", async ({ page, sim }) => {
  await openWithAutoAccept(page, sim);
  const id = await sim.ring();
  await expect(came(page)).toContainText("自動応答");
  await press(page, "応答");
  await expectPhase(page, "connected");
  const { since } = await sim.contact(id);
  await sim.advance(1);
  await press(page, "保留");
  await expectPhase(page, "hold");
  await expectTime(page, "connected", since);
});

test("who declines it in time does not talk", async ({ page, sim }) => {
  await openWithAutoAccept(page, sim);
  const id = await sim.ring();
  await expect(came(page)).toContainText("自動応答");
  await press(page, "拒否");
  await expectPhase(page, "missed");
  await sim.advance(1);
  expect((await sim.contact(id)).state).toBe("error");
  await expectPhase(page, "missed");
  await press(page, "後処理終了");
  await expect(records(page, id)).toHaveAttribute("data-outcome", "declined");
});

for (const pressed of ["応答", "拒否"]) {
  test(`${pressed} in the moment in which it is accepted changes nothing, and no message stays`, async ({ page, sim, troubles }) => {
    // The library's own line, by an error's level.
    if (pressed === "応答") troubles.name(/Accept Contact failed/);
    await openWithAutoAccept(page, sim);
    const id = await sim.ring();
    await expectPhase(page, "ringing");
    await sim.control("delivery", { hold: "snapshots" });
    await sim.advance(1);
    await press(page, pressed);
    const method = pressed === "応答" ? "acceptContact" : "rejectContact";
    await expect.poll(() => sim.requests(method)).toMatchObject([{ answer: "InvalidStateException" }]);
    await sim.control("delivery", { hold: "nothing" });
    await expectPhase(page, "connected");
    await expect(page.getByTestId("notice")).toHaveCount(0);
    await expect(button(page, "切断")).toBeEnabled();
    expect((await sim.contact(id)).state).toBe("connected");
    await sim.customer(id, "hang-up");
    await expectPhase(page, "wrap-up");
    await press(page, "後処理終了");
    await expect(records(page, id)).toHaveAttribute("data-outcome", "answered");
  });
}

test("a callback waits for the agent, for Connect has a setting of its own for those", async ({ page, sim }) => {
  await openWithAutoAccept(page, sim);
  const id = await sim.wantCallback();
  await expectPhase(page, "ringing");
  await expect(came(page)).not.toContainText("自動応答");
  await sim.advance(19);
  expect((await sim.contact(id)).state).toBe("incoming");
  await expectPhase(page, "ringing");
});
