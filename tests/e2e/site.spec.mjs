// The site as a browser sees it: what may run, in which order, and where things stand.

import { button, expect, expectAccessible, expectPhase, openDesk, press, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

test("nothing runs that is not the site's own, and nothing of it that has been changed", async ({ page, request }) => {
  const response = await page.goto("/");
  const policy = response.headers()["content-security-policy"];
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain("'unsafe-inline'");
  expect(policy).not.toContain("'unsafe-eval'");
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  for (const held of ['script[src^="/boot-"]', 'link[rel="modulepreload"]', 'script[src^="/streams-"]', 'script[src^="/recorder-"]', 'link[rel="stylesheet"]']) {
    const all = page.locator(held);
    expect(await all.count(), held).toBeGreaterThan(0);
    for (const one of await all.all()) await expect(one).toHaveAttribute("integrity", /^sha384-/);
  }
  await expect(page.locator("script:not([src]), style, [style]:not(iframe):not(iframe *)")).toHaveCount(0);

  const settings = await request.get("/config.json");
  expect(settings.headers()["cache-control"]).toBe("no-store");
  const glue = await request.get(await page.locator("script[data-js]").getAttribute("data-js"));
  expect(glue.headers()["cache-control"]).toContain("immutable");
  expect((await request.get("/")).headers()["cache-control"]).toBe("no-cache");
});

test("the shell is painted before the library runs", async ({ page }) => {
  // `connect` is what the library defines when it runs.
  await page.addInitScript(() => {
    let library;
    Object.defineProperty(window, "connect", {
      configurable: true,
      get: () => library,
      set: (value) => {
        if (library === undefined) performance.mark("library");
        library = value;
      },
    });
  });
  await openDesk(page);
  const marks = await page.evaluate(() => performance.getEntriesByType("mark").map(({ name }) => name));
  const [shell, library, agent] = ["desk:shell", "library", "desk:agent"].map((name) => marks.indexOf(name));
  expect(shell).toBeGreaterThanOrEqual(0);
  expect(library).toBeGreaterThan(shell);
  expect(agent).toBeGreaterThan(library);
});

test("the shell is the desk in the reader's language, without any library", async ({ page }) => {
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await page.route("**/streams-*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/?lang=en", { waitUntil: "commit" });
  await expectPhase(page, "idle");
  await expect(button(page, "Accept")).toBeDisabled();
  await expect(page.getByTestId("agent-state")).toHaveText("Waiting for sign-in");
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName("desk:shell").length)).toBe(1);
  arrive();
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
});

test("what comes after the shell moves nothing of the workplace", async ({ page }) => {
  await openDesk(page);
  await expect(page.getByTestId("call-log")).toBeAttached();
  const moved = await page.evaluate(() => {
    const observer = new PerformanceObserver(() => {});
    observer.observe({ type: "layout-shift", buffered: true });
    const nodes = observer.takeRecords().flatMap(({ sources }) => sources.map(({ node }) => node));
    // The words in the bar grow and shrink with what they say.
    return nodes.filter((node) => node?.closest?.("main, button, select")).map(({ className }) => className);
  });
  expect(moved).toEqual([]);
});

test("each ring is marked once it is painted", async ({ desk, sim }) => {
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  await expect.poll(() => desk.evaluate((name) => performance.getEntriesByName(name).length, `desk:ring:${id}`)).toBe(1);
});

for (const { lang, names } of [
  { lang: "ja", names: ["応答", "拒否", /^保留/, /^ミュート/, "切断", "後処理終了", "キーパッド", "発信", "記録をコピー"] },
  { lang: "en", names: ["Accept", "Decline", /^(Hold|Resume)$/, /^(Mute|Unmute)$/, "Hang up", "Complete", "Keypad", "Dial", "Copy record"] },
]) {
  test(`no button moves from the first ring to the end of the wrap-up (${lang})`, async ({ page, sim }) => {
    await openDesk(page, `/?lang=${lang}`);
    const buttons = names.map((name) => page.getByRole("button", { name, exact: true }));
    const [accept, , hold, mute, hangUp, complete] = buttons;
    const places = () => Promise.all(buttons.map((button) => button.boundingBox()));
    const idle = await places();
    const expectUnmoved = async (phase) => {
      await expectPhase(page, phase);
      expect(await places(), phase).toEqual(idle);
    };
    await sim.ring({ queue: "返品・交換" });
    await expectUnmoved("ringing");
    await accept.click();
    await expectUnmoved("connected");
    await hold.click();
    await expectUnmoved("hold");
    await hold.click();
    await expectUnmoved("connected");
    await mute.click();
    await expect(mute).toHaveText(/解除|Unmute/);
    await expectUnmoved("connected");
    await hangUp.click();
    await expectUnmoved("wrap-up");
    await complete.click();
    await expectUnmoved("idle");
  });
}

test.describe("on a narrow screen", () => {
  test.use({ viewport: { width: 390, height: 844 } });

  test("a ring can be accepted without scrolling in any direction", async ({ desk, sim }) => {
    await sim.ring({ from: "sip:somebody.with.a.very.long.name@pbx.tokyo.example.com", queue: "注文受付" });
    await expectPhase(desk, "ringing");
    await expect(button(desk, "応答")).toBeInViewport({ ratio: 1 });
    await expect(button(desk, "拒否")).toBeInViewport({ ratio: 1 });
    const wide = await desk.evaluate(() =>
      [...document.querySelectorAll("body, body *")].filter((one) => one.scrollWidth > one.clientWidth && ["auto", "scroll"].includes(getComputedStyle(one).overflowX)).map((one) => one.className),
    );
    expect(wide).toEqual([]);
    expect(await desk.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    await expect(button(desk, "切断")).toBeInViewport({ ratio: 1 });
    await expectAccessible(desk);
  });
});

test("the softphone folds away without being loaded anew", async ({ desk, sim }) => {
  const frame = softphone(desk);
  await frame.evaluate(() => (window.sameFrame = true));
  const sameFrame = async () => expect(await softphone(desk).evaluate(() => window.sameFrame)).toBe(true);
  const panel = desk.locator('aside[aria-label="ソフトフォン"]');
  await press(desk, "ソフトフォンを隠す");
  await expect(panel).toBeHidden();
  await sameFrame();
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "ソフトフォンを表示");
  await expect(panel).toBeVisible();
  await sameFrame();
  expect((await sim.book()).ccps).toHaveLength(1);
  await frame.getByRole("button", { name: "切断", exact: true }).click();
  await expectPhase(desk, "wrap-up");
});
