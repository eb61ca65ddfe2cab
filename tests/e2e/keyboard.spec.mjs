// A whole call without a mouse: every step has a visible focus, and nothing traps it.

import { button, expect, expectPhase, expectState, openDesk, records, test } from "./desk.mjs";

/** What has the focus, and whether a style shows it. */
async function focused(page) {
  return page.evaluate(() => {
    const { activeElement: at } = document;
    const { outlineStyle, outlineWidth } = getComputedStyle(at);
    const isSeen = at.checkVisibility({ visibilityProperty: true }) && outlineStyle !== "none" && parseFloat(outlineWidth) > 0;
    return { tag: at.localName, name: at.getAttribute("aria-label") ?? at.textContent, isSeen };
  });
}

/** More stops than the desk has. */
const MOST_STOPS = 60;

/** Goes on by Tab until the focus is on `wanted`, and looks at the focus at every stop. */
async function tabTo(page, wanted) {
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    if (await wanted.evaluate((one) => one === document.activeElement)) return;
    await page.keyboard.press("Tab");
    const at = await focused(page);
    if (!["body", "iframe"].includes(at.tag)) expect(at.isSeen, `the focus on ${at.tag} ${at.name} is seen`).toBe(true);
  }
  throw new Error("the keyboard never gets there");
}

/** Presses a button by the keyboard; the focus must stay on it. */
async function press(page, name, key = "Enter") {
  const wanted = button(page, name);
  await expect(wanted).toBeEnabled();
  await tabTo(page, wanted);
  await page.keyboard.press(key);
}

async function expectFocused(page, name) {
  await expect(button(page, name)).toBeFocused();
  expect((await focused(page)).isSeen).toBe(true);
}

test("a call is taken, held, steered by tones, ended and completed by the keyboard", async ({ desk, sim }) => {
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  await press(desk, "応答", "Space");
  await expectPhase(desk, "connected");
  await expectFocused(desk, "応答");

  await press(desk, "キーパッド");
  await expect(desk.getByRole("textbox", { name: "送信する番号" })).toBeFocused();
  await desk.keyboard.type("12");
  await expect.poll(async () => (await sim.line(id)).digits_heard).toBe("12");

  // Out of the keypad by Tab, and back.
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  const digits = desk.getByRole("textbox", { name: "送信する番号" });
  await expect(digits).toHaveValue("12");
  await tabTo(desk, digits);
  await desk.keyboard.type("#");
  await expect.poll(async () => (await sim.line(id)).digits_heard).toBe("12#");
  await desk.keyboard.press("Escape");
  await expectFocused(desk, "キーパッド");
  await expect(digits).toHaveCount(0);

  await press(desk, "切断", "Space");
  await expectPhase(desk, "wrap-up");
  await expectFocused(desk, "切断");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expectFocused(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("a number is dialled and the call given up by the keyboard", async ({ desk, sim }) => {
  const field = desk.getByRole("textbox", { name: "電話番号" });
  await tabTo(desk, field);
  await desk.keyboard.type("03-1234-5678");
  await press(desk, "発信", "Space");
  await expectPhase(desk, "dialing");
  await expectFocused(desk, "発信");
  await press(desk, "切断");
  await expectPhase(desk, "failed");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  expect(await sim.requests("createOutboundContact")).toHaveLength(1);
});

test("a state is chosen, queued and taken back by the keyboard", async ({ desk, sim }) => {
  const menu = desk.getByRole("combobox");
  await tabTo(desk, menu);
  await desk.keyboard.press("L");
  await expectState(desk, "Lunch");
  await desk.keyboard.press("Home");
  await expectState(desk, "Available");
  await expect(menu).toBeFocused();

  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await tabTo(desk, menu);
  await desk.keyboard.press("L");
  await expect(desk.getByTestId("agent-state")).toHaveAttribute("data-next", "Lunch");
  await press(desk, "予約状態を取消");
  await expect(desk.getByTestId("agent-state")).not.toHaveAttribute("data-next");
  await expect(menu).toBeFocused();
});

test("a notice is dismissed by the keyboard, and the focus is on the call", async ({ page, sim }) => {
  await openDesk(page, "/?lang=en");
  await sim.control("phones", { number: "+81312345678", when_dialled: "refused" });
  const field = page.getByRole("textbox", { name: "Phone number" });
  await tabTo(page, field);
  await page.keyboard.type("03-1234-5678");
  await page.keyboard.press("Enter");
  await expect(page.getByTestId("notice")).toBeVisible();
  await expect(field).toBeFocused();
  await expect(field).toHaveValue("03-1234-5678");
  await press(page, "Dismiss");
  await expect(page.getByTestId("notice")).toHaveCount(0);
  await expect(page.getByRole("region", { name: "Call", exact: true })).toBeFocused();
});

test("Tab goes through the whole page and comes round again", async ({ desk }) => {
  const stops = [];
  await tabTo(desk, desk.getByRole("combobox"));
  for (let stop = 0; stop < MOST_STOPS; stop += 1) {
    await desk.keyboard.press("Tab");
    if (await desk.getByRole("combobox").evaluate((one) => one === document.activeElement)) break;
    stops.push((await focused(desk)).tag);
  }
  expect(stops).toContain("iframe");
  expect(stops.length).toBeLessThan(MOST_STOPS);
});
