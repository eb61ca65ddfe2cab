// Nothing at all is laid out anew between the phases of a call.

import { button, expect, expectPhase, openDesk, test } from "./desk.mjs";

for (const { lang, names } of [
  { lang: "ja", names: ["応答", "保留", "切断", "後処理終了"] },
  { lang: "en", names: ["Accept", "Hold", "Hang up", "Complete"] },
]) {
  test(`nothing shifts from the first ring to the end of the wrap-up (${lang})`, async ({ page, sim }) => {
    await openDesk(page, `/?lang=${lang}`);
    await page.evaluate(() => {
      window.shifts = [];
      const note = (list) => {
        for (const { value, sources } of list.getEntries()) {
          // A label that has changed is centred anew in its button; that moves nothing.
          const moved = sources.map(({ node }) => node?.nodeType === Node.TEXT_NODE ? node.parentElement : node).filter((one) => one?.tagName !== "BUTTON");
          if (moved.length > 0) window.shifts.push({ value, moved: moved.map((one) => one?.className ?? "?") });
        }
      };
      new PerformanceObserver(note).observe({ type: "layout-shift" });
    });
    const [accept, hold, hangUp, complete] = names;
    await sim.ring({ queue: "返品・交換" });
    await expectPhase(page, "ringing");
    await button(page, accept).click();
    await expectPhase(page, "connected");
    await button(page, hold).click();
    await expectPhase(page, "hold");
    await button(page, hangUp).click();
    await expectPhase(page, "wrap-up");
    await expect(button(page, complete)).toBeEnabled();
    // What the observer has not been told yet is told with the next frame.
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
    expect(await page.evaluate(() => window.shifts)).toEqual([]);
  });
}
