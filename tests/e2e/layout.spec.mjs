// Queueing a state must not push the call's buttons away, and a time is shown with its whole zone.

import { button, expect, expectPhase, openDesk, press, test } from "./desk.mjs";

for (const { lang, accept, hangUp } of [
  { lang: "ja", accept: "応答", hangUp: "切断" },
  { lang: "en", accept: "Accept", hangUp: "Hang up" },
]) {
  test(`a state queued in mid-call moves no button of the call (${lang})`, async ({ page, sim }) => {
    await openDesk(page, `/?lang=${lang}`);
    await sim.ring();
    await press(page, accept);
    await expectPhase(page, "connected");
    const before = await button(page, hangUp).boundingBox();
    await page.getByRole("combobox").selectOption("Training");
    await expect(page.getByTestId("agent-state")).toHaveAttribute("data-next", "Training");
    expect(await button(page, hangUp).boundingBox()).toEqual(before);
  });

  test(`a time is shown whole, with its zone (${lang})`, async ({ page, sim }) => {
    await openDesk(page, `/?lang=${lang}`);
    await sim.ring();
    await expectPhase(page, "ringing");
    const hidden = await page.getByTestId("connecting-time").evaluate((time) => time.scrollWidth - time.clientWidth);
    expect(hidden, "pixels of the time that are cut off").toBe(0);
  });
}
