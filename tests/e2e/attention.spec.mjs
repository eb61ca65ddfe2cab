// What a ring may do to an agent who is at work on something else: be noticed, and nothing more.

import { button, expect, expectAccessible, expectPhase, openDesk, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const dialler = (page) => page.getByRole("textbox", { name: "電話番号" });

/** What assistive technology is told at once. */
const spoken = (page) => page.locator('[aria-live="assertive"]');

test("a ring flashes the title and is spoken, and the agent types on", async ({ desk, sim }) => {
  await expect(desk).toHaveTitle("エージェントデスク");
  await desk.evaluate(() => {
    window.titles = [];
    const note = () => window.titles.push(document.title);
    new MutationObserver(note).observe(document.querySelector("title"), { childList: true, characterData: true, subtree: true });
  });
  await dialler(desk).pressSequentially("03-12");
  const id = await sim.ring({ queue: "注文受付" });
  await expectPhase(desk, "ringing");
  await expect(spoken(desk).filter({ hasText: "着信です。" })).toContainText("090-1234-5678 注文受付");
  await expect(dialler(desk)).toBeFocused();
  await desk.keyboard.type("34");
  const titles = () => desk.evaluate(() => window.titles.filter((title, at, all) => title !== all[at - 1]).join(" | "));
  await expect.poll(titles).toMatch(/着信中 \| エージェントデスク \| .*着信中/);
  await expect(dialler(desk)).toBeFocused();
  await sim.customer(id, "hang-up");
  await expectPhase(desk, "missed");
  await expect(desk).toHaveTitle("エージェントデスク");
  await expect(dialler(desk)).toBeFocused();
  await expect(dialler(desk)).toHaveValue("03-1234");
});

test("a call that the softphone accepts by itself does not take the focus either", async ({ page, sim }) => {
  const agent = { ...AGENT, queues: ["BasicQueue"], auto_accept: true };
  await sim.reset({ agents: [agent], queues: [{ name: "BasicQueue", number: "+81312340001" }], quick_connects: [] });
  await openDesk(page);
  await dialler(page).pressSequentially("03-12");
  await sim.ring();
  await expectPhase(page, "connected");
  await expect(dialler(page)).toBeFocused();
  await page.keyboard.type("34");
  await expect(dialler(page)).toHaveValue("03-1234");
});

test("a second ring is announced and listed, and the call in front stays there", async ({ desk, sim }) => {
  const first = await sim.ring({ from: "+819011112222" });
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await dialler(desk).focus();

  const second = await sim.ring({ from: "+819033334444", agent: AGENT.login, force: true });
  const others = desk.getByRole("region", { name: "ほかのコンタクト" });
  await expect(others).toContainText("090-3333-4444");
  await expect(spoken(desk).filter({ hasText: "別の着信があります。" })).toHaveCount(1);
  await expect(desk.getByTestId("contact-id")).toHaveText(first);
  await expectPhase(desk, "connected");
  await expect(dialler(desk)).toBeFocused();
  await expectAccessible(desk);

  // What the buttons do concerns the call in front.
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  expect((await sim.contact(first)).legs[1].state).toBe("hold");
  await sim.customer(second, "ring-out");
  await expect(others).not.toContainText("着信");
  await expect(spoken(desk).filter({ hasText: "別の着信があります。" })).toHaveCount(0);
  await expectPhase(desk, "hold");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await expect(desk.getByTestId("contact-id")).toHaveText(first);
  await press(desk, "後処理終了");
  await expect(records(desk, first)).toHaveAttribute("data-outcome", "answered");
  await expect(desk.getByTestId("contact-id")).toHaveText(second);
  await expect(button(desk, "後処理終了")).toBeEnabled();
});
