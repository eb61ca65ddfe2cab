// Whatever the width, the desk fits it: nothing is cut off at the side, and the buttons that are
// needed now are on screen.

import { button, expect, expectPhase, openDesk, press, test } from "./desk.mjs";

for (const { lang, accept, cancel, hangUp } of [
  { lang: "ja", accept: "応答", cancel: "予約状態を取消", hangUp: "切断" },
  { lang: "en", accept: "Accept", cancel: "Cancel queued state", hangUp: "Hang up" },
]) {
  for (const [width, height] of [[1280, 800], [1024, 768], [900, 700], [390, 844]]) {
    test(`a call with a queued state fits ${width}×${height} (${lang})`, async ({ page, sim }) => {
      await page.setViewportSize({ width, height });
      await openDesk(page, `/?lang=${lang}`);
      await sim.ring();
      await expect(button(page, accept)).toBeInViewport({ ratio: 1 });
      await press(page, accept);
      await expectPhase(page, "connected");
      await page.getByRole("combobox").selectOption("Training");
      await expect(page.getByTestId("agent-state")).toHaveAttribute("data-next", "Training");
      await expect(button(page, cancel)).toBeInViewport({ ratio: 1 });
      await expect(button(page, hangUp)).toBeInViewport({ ratio: 1 });
      const beyond = await page.evaluate(() =>
        [...document.querySelectorAll(".desk, .agent-bar, .agent-bar > *, .workplace > *")]
          .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
          .map((one) => one.className));
      expect(beyond).toEqual([]);
    });
  }
}
