// The PC's clock is wrong, or jumps. Server times are shown all the same.

import { expect, expectPhase, expectTime, openDesk, press, records, softphone, test, wrongClock } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const MINUTES = 60_000;

/** Seconds that a running timer shows. */
function seconds(text) {
  return text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
}

const timer = async (page) => seconds(await page.getByRole("region", { name: "通話", exact: true }).getByRole("timer").first().innerText());

for (const { off, when, day } of [
  // By the PC it is tomorrow already, by the other one still yesterday.
  { off: 5 * MINUTES, when: "fast", day: "2026-01-05T14:57:00.000Z" },
  { off: -5 * MINUTES, when: "slow", day: "2026-01-05T15:02:00.000Z" },
]) {
  test(`a PC whose clock is five minutes ${when} shows the server's times`, async ({ page, sim }) => {
    await sim.clock({ set: day, freeze: true });
    await page.addInitScript(wrongClock, Date.parse(day) - Date.now() + off);
    await openDesk(page);
    const id = await sim.ring();
    await expectPhase(page, "ringing");
    const { since: connecting } = await sim.contact(id);
    await expectTime(page, "connecting", connecting);
    expect(await timer(page)).toBeLessThan(60);
    await sim.advance(7);
    await press(page, "応答");
    await expectPhase(page, "connected");
    const { since: connected } = await sim.contact(id);
    await sim.advance(20);
    await press(page, "切断");
    await expectPhase(page, "wrap-up");
    const { since: ended } = await sim.contact(id);
    await expectTime(page, "connecting", connecting);
    await expectTime(page, "connected", connected);
    await expectTime(page, "ended", ended);
    await press(page, "後処理終了");
    await expect(records(page, id)).toContainText("0:20");
    await openDesk(page);
    await expect(records(page, id)).toHaveCount(1);
  });
}

for (const jump of [5 * MINUTES, -5 * MINUTES]) {
  test(`a clock that jumps by ${jump / MINUTES} minutes in mid-call moves nothing`, async ({ page, sim }) => {
    await sim.stopClock();
    await page.addInitScript(wrongClock, 0);
    await openDesk(page);
    const id = await sim.ring();
    await press(page, "応答");
    await expectPhase(page, "connected");
    // Two minutes in steps, with a snapshot of each, so that the desk knows the server's time: more
    // than one at once, by no clock but the server's, it would not believe.
    for (const state of ["Training", "Training", "Lunch"]) {
      await sim.advance(40);
      await sim.control(`agents/${AGENT.login}/state`, { state });
      await expect(page.getByTestId("agent-state")).toHaveAttribute("data-next", state);
    }
    await expect.poll(() => timer(page)).toBeGreaterThanOrEqual(120);
    for (const frame of [page.mainFrame(), softphone(page)]) {
      await frame.evaluate((by) => (globalThis.pcClockOff += by), jump);
    }
    const unmoved = async () => {
      const shown = await timer(page);
      expect(shown).toBeGreaterThanOrEqual(120);
      expect(shown).toBeLessThan(120 + 150);
    };
    const before = await timer(page);
    await expect.poll(() => timer(page)).toBeGreaterThan(before);
    await unmoved();
    // And again with a snapshot that was taken after the jump.
    await sim.control(`agents/${AGENT.login}/state`, { state: "Training" });
    await expect(page.getByTestId("agent-state")).toHaveAttribute("data-next", "Training");
    await expect.poll(() => timer(page)).toBeGreaterThanOrEqual(120);
    await unmoved();
    await press(page, "切断");
    await expectPhase(page, "wrap-up");
    await expectTime(page, "ended", (await sim.contact(id)).since);
    await press(page, "後処理終了");
    await expect(records(page, id)).toContainText("2:00");
  });
}
