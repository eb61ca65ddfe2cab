// Signing in where it takes long, by a page whose timers are wound on: nobody waits for them.

import { button, expect, expectAccessible, expectState, press, test } from "./desk.mjs";
import { AGENT, CONFIG } from "./sim.mjs";

const notice = (page) => page.getByTestId("notice");

/** Lets so many seconds pass for the page, in steps in which the library looks for the CCP once. */
async function pass(page, seconds) {
  for (let past = 0; past < seconds; past += 5) await page.clock.runFor(5_000);
}

async function fillIn(window) {
  await window.getByRole("textbox", { name: "ユーザー名" }).fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  await window.getByRole("button", { name: "サインイン" }).click();
}

/** Goes on until the library has looked where somebody is signed in. */
async function findsTheSession(page) {
  const state = page.getByTestId("agent-state");
  await expect(async () => {
    await pass(page, 5);
    await expect(state).toHaveAttribute("data-state", "Available", { timeout: 3_000 });
  }).toPass();
}

async function openSignedOut(page, sim) {
  await sim.control("sign-in", { mode: "form" });
  await page.clock.install();
  await page.goto("/");
  await expect(page.getByTestId("agent-state")).toBeAttached();
  await expect(page.locator("iframe")).toBeAttached();
  await pass(page, 10);
  await expect(notice(page)).toContainText("サインインしてください");
}

test("a library that has given up is said, and signing in helps all the same", async ({ page, sim }) => {
  await openSignedOut(page, sim);
  await pass(page, 90);
  await expect(notice(page)).toContainText("ソフトフォンに接続できませんでした");
  expect(page.context().pages()).toHaveLength(1);
  const opened = page.context().waitForEvent("page");
  await press(page, "サインイン");
  const window = await opened;
  const closed = window.waitForEvent("close");
  await fillIn(window);
  await findsTheSession(page);
  await closed;
  await expect(notice(page)).toHaveCount(0);
});

test("an agent who takes minutes to sign in is waited for, by one window", async ({ page, sim }) => {
  await openSignedOut(page, sim);
  const opened = page.context().waitForEvent("page");
  await press(page, "サインイン");
  const window = await opened;
  await expect(notice(page)).toContainText("そのウィンドウを閉じてください");
  // The library has given up twice meanwhile.
  await pass(page, 150);
  await expect(notice(page)).toContainText("そのウィンドウを閉じてください");
  expect(page.context().pages()).toHaveLength(2);
  await fillIn(window);
  await findsTheSession(page);
  await expect(notice(page)).toHaveCount(0);
  await expect.poll(() => page.context().pages()).toHaveLength(1);
});

test("where the deployer names a page for signing in, that is the one that a press opens", async ({ page, sim }) => {
  await sim.control("sign-in", { mode: "form" });
  const loginUrl = new URL("/ccp-v2/?by=identity-provider", sim.ccp).href;
  await sim.control("config", { body: { ...CONFIG, ccp: { ...CONFIG.ccp, loginUrl } } });
  await page.goto("/");
  await expect(notice(page)).toContainText("サインインしてください");
  await expectAccessible(page);
  const opened = page.context().waitForEvent("page");
  await press(page, "サインイン");
  const window = await opened;
  await expect(window).toHaveURL(loginUrl);
  await fillIn(window);
  await expectState(page, "Available");
  await expect(notice(page)).toHaveCount(0);
  await expect(button(page, "サインアウト")).toBeEnabled();
});
