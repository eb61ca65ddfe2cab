// The screens that agents have: narrow, magnified, with the softphone open or away, in high contrast.
// Whatever the size, nothing lies over the buttons of the call.

import { button, copiedRecord, expect, expectAccessible, expectPhase, openDesk, press, records, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

/** The button, scrolled to if need be, is what a finger on its middle and its corners would touch. */
async function expectUncovered(page, name) {
  const wanted = button(page, name);
  await wanted.scrollIntoViewIfNeeded();
  const covering = await wanted.evaluate((one) => {
    const { left, right, top, bottom } = one.getBoundingClientRect();
    const points = [[(left + right) / 2, (top + bottom) / 2], [left + 9, top + 9], [right - 9, top + 9], [left + 9, bottom - 9], [right - 9, bottom - 9]];
    return points.map(([x, y]) => document.elementFromPoint(x, y)).filter((at) => !one.contains(at)).map((at) => at?.className ?? "outside");
  });
  expect(covering, `what lies over ${name}`).toEqual([]);
}

/** No box reaches beyond the right edge of the page. (Text within one may, where it is cut off.) */
async function expectToFit(page) {
  const beyond = await page.evaluate(() =>
    [...document.querySelectorAll("body *:not(.visually-hidden, .visually-hidden *)")]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && getComputedStyle(one).display !== "inline")
      .filter((one) => one.getBoundingClientRect().right > innerWidth + 0.5)
      .map((one) => one.className));
  expect(beyond).toEqual([]);
}

for (const [width, height] of [[1280, 800], [1024, 768], [640, 400], [390, 844], [320, 640]]) {
  test(`at ${width}×${height} a notice covers no button of the call`, async ({ page, sim, troubles }) => {
    troubles.name(/Accept Contact failed/);
    await page.setViewportSize({ width, height });
    await openDesk(page);
    await sim.control("faults", { method: "acceptContact", type: "InvalidStateException", message: "no" });
    await sim.ring();
    await press(page, "応答");
    await expect(page.getByTestId("notice")).toContainText("応答できませんでした");
    await expectUncovered(page, "応答");
    await expectUncovered(page, "拒否");
    await expectUncovered(page, "閉じる");
    await expectToFit(page);
    await press(page, "応答");
    await expectPhase(page, "connected");
    for (const method of ["putAgentState", "holdConnection"]) await sim.control("faults", { method, type: "AccessDeniedException", message: "no" });
    await page.getByRole("combobox").selectOption("Training");
    await expect(page.getByTestId("notice")).toContainText("状態を変更できませんでした");
    await press(page, "保留");
    await expect(page.getByTestId("notice")).toContainText("保留にできませんでした");
    await expectUncovered(page, "切断");
    await press(page, "ほか 1 件");
    await expect(page.getByTestId("notice")).toHaveCount(2);
    await expectUncovered(page, "切断");
    await expectUncovered(page, "ほか 1 件");
    await expectToFit(page);
    await expectAccessible(page);
  });
}

for (const [width, height] of [[1024, 768], [390, 844]]) {
  test(`at ${width}×${height} the softphone opens beside or under the call, not over it`, async ({ page, sim }) => {
    await page.setViewportSize({ width, height });
    await openDesk(page);
    const panel = page.locator('aside[aria-label="ソフトフォン"]');
    await expect(panel).toBeHidden();
    const frame = softphone(page);
    await frame.evaluate(() => (window.sameFrame = true));
    await press(page, "ソフトフォンを表示");
    await expect(panel).toBeVisible();
    await sim.ring();
    await expectUncovered(page, "応答");
    await expectToFit(page);
    await frame.getByRole("button", { name: "応答", exact: true }).click();
    await expectPhase(page, "connected");
    await expectUncovered(page, "切断");
    await expectAccessible(page);
    await expectUncovered(page, "ソフトフォンを隠す");
    await press(page, "ソフトフォンを隠す");
    await expect(panel).toBeHidden();
    await expectUncovered(page, "切断");
    await expectToFit(page);
    expect(await softphone(page).evaluate(() => window.sameFrame)).toBe(true);
  });
}

test("magnified twice, a call can be taken and ended", async ({ page, sim }) => {
  // What is left of 1280×800.
  await page.setViewportSize({ width: 640, height: 400 });
  await openDesk(page);
  await sim.ring();
  await expectPhase(page, "ringing");
  await expect(button(page, "応答")).toBeInViewport({ ratio: 1 });
  await press(page, "応答");
  await expectPhase(page, "connected");
  await expect(button(page, "切断")).toBeInViewport({ ratio: 1 });
  for (const name of ["保留", "ミュート", "切断", "キーパッド", "記録をコピー", "発信"]) await expectUncovered(page, name);
  await expectToFit(page);
  await expectAccessible(page);
});

async function panic(page) {
  await page.evaluate(async () => {
    const { panicDrill } = await import(document.querySelector("script[data-js]").dataset.js);
    try {
      panicDrill();
    } catch {
      // WebAssembly aborts with an exception, which this script is not here for.
    }
  });
}

test("on a narrow screen a panic, and another, leave one page and the softphone under it", async ({ page, sim, troubles }) => {
  troubles.name(/panicked at .*a drill/s);
  await page.setViewportSize({ width: 390, height: 844 });
  await openDesk(page);
  const id = await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  await panic(page);
  await panic(page);
  await expect(page.getByRole("heading", { name: "画面に問題が起きました" })).toHaveCount(1);
  await expectUncovered(page, "再読み込み");
  await expectToFit(page);
  await expectAccessible(page);
  const end = softphone(page).getByRole("button", { name: "切断", exact: true });
  await expect(end).toBeInViewport({ ratio: 1 });
  await end.click();
  await expect.poll(async () => (await sim.line(id)).ending).toBe("agent_hung_up");
});

test("rows of attributes with 300 characters do not overlap", async ({ page, sim }) => {
  await openDesk(page);
  const attributes = Object.fromEntries(["a", "b", "c"].map((name) => [name.repeat(300), "値".repeat(300)]));
  await sim.ring({ attributes: { ...attributes, short: "x" } });
  await expectPhase(page, "ringing");
  const texts = page.getByRole("region", { name: "問い合わせ属性" }).locator("dt, dd");
  await expect(texts).toHaveCount(8);
  // Of the text itself: a box can be too small for what it holds.
  const overlaps = await texts.evaluateAll((all) => {
    const boxes = all.map((one) => {
      const range = document.createRange();
      range.selectNodeContents(one);
      return range.getBoundingClientRect();
    });
    const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1;
    return boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) => meet(a, b))).length;
  });
  expect(overlaps).toBe(0);
});

test("the log says of a call with a hold what its record said", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await sim.advance(10);
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await sim.advance(45);
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  await sim.advance(55);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const [talk, hold] = (await copiedRecord(desk)).slice(8, 10);
  expect([talk, hold]).toEqual(["65", "45"]);
  const record = desk.getByRole("region", { name: "コンタクト記録" });
  await expect(record.getByRole("definition").filter({ hasText: "1:05" })).toHaveCount(1);
  await press(desk, "後処理終了");
  await expect(records(desk, id).locator(".row-talk")).toHaveText("1:05");
});

test("a queued state with a long name keeps to its place", async ({ page, sim }) => {
  const name = "研修とミーティングのあとで在庫確認をする時間".repeat(4);
  await sim.reset({ agents: [{ ...AGENT, queues: ["BasicQueue"] }], queues: [{ name: "BasicQueue", number: "+81312340001" }], quick_connects: [], states: [{ name: "Available", kind: "routable" }, { name, kind: "not_routable" }, { name: "Offline", kind: "offline" }] });
  await page.setViewportSize({ width: 1280, height: 800 });
  await openDesk(page);
  await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  const before = await button(page, "ソフトフォンを隠す").boundingBox();
  await page.getByRole("combobox").selectOption(name);
  await expect(page.getByTestId("agent-state")).toHaveAttribute("data-next", name);
  expect(await button(page, "ソフトフォンを隠す").boundingBox()).toEqual(before);
  await expectUncovered(page, "予約状態を取消");
  await expectToFit(page);
});

test("a sign-in window that the browser blocks is explained", async ({ page, sim }) => {
  await sim.control("sign-in", { mode: "form" });
  await page.addInitScript(() => (window.open = () => null));
  await page.goto("/");
  await expect(page.getByTestId("notice")).toContainText("サインインしてください");
  await press(page, "サインイン");
  await expect(page.getByTestId("notice")).toContainText("ポップアップを許可し");
  await expect(button(page, "サインイン")).toBeFocused();
  await expectAccessible(page);
});

test("in forced colours what can be pressed differs from what cannot", async ({ page, sim }) => {
  await page.emulateMedia({ forcedColors: "active" });
  await openDesk(page);
  await sim.ring();
  await expectPhase(page, "ringing");
  const look = (name) => button(page, name).evaluate((one) => {
    const { color, borderTopColor, borderTopStyle } = getComputedStyle(one);
    return { color, borderTopColor, borderTopStyle };
  });
  const [can, cannot] = [await look("応答"), await look("切断")];
  expect(cannot.color).not.toBe(can.color);
  expect([can.borderTopStyle, cannot.borderTopStyle]).toEqual(["solid", "solid"]);
  // The light is a shape, too: without colours of its own it would be gone.
  const light = await page.locator(".light").evaluate((one) => getComputedStyle(one, "::before").backgroundColor);
  const bar = await page.locator(".agent-bar").evaluate((one) => getComputedStyle(one).backgroundColor);
  expect(light).not.toBe(bar);
});

test("with reduced motion nothing moves", async ({ page }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await page.route("**/app-*.wasm", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.locator(".boot-advice")).toBeVisible();
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  arrive();
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
});

test("whoever opens the keypad sees all its keys, and can still hang up", async ({ desk, sim }) => {
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "キーパッド");
  for (const name of ["1", "#", "切断"]) await expect(button(desk, name)).toBeInViewport({ ratio: 1 });
});
