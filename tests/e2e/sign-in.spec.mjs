// Signing in, out, and in again: by a window that only a press opens and that closes by itself.

import { button, expect, expectAccessible, expectPhase, expectState, openDesk, press, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

/** Presses *Sign in* and signs in where it leads. */
async function signIn(page, name = "サインイン") {
  const opened = page.context().waitForEvent("page");
  await press(page, name);
  const window = await opened;
  await window.getByRole("textbox", { name: "ユーザー名" }).fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  const closed = window.waitForEvent("close");
  await window.getByRole("button", { name: "サインイン" }).click();
  await closed;
}

test("an agent who is not signed in is asked to, and takes calls afterwards", async ({ page, sim }) => {
  await sim.control("sign-in", { mode: "form" });
  await page.goto("/");
  await expect(page.getByTestId("notice")).toContainText("サインインしてください");
  expect(page.context().pages()).toHaveLength(1);
  await expectAccessible(page);
  await signIn(page);
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  await expectState(page, "Available");
  await expect(page.getByTestId("notice")).toHaveCount(0);
  await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
});

test("an agent who signs out in the softphone signs in again and goes on", async ({ page, sim }) => {
  await openDesk(page, "/?lang=en");
  await softphone(page).getByRole("button", { name: "サインアウト" }).click();
  await expect(page.getByTestId("notice")).toContainText("You are signed out");
  await expect(page.getByRole("combobox")).toBeDisabled();
  expect(await sim.agent()).toMatchObject({ signed_in: false });
  await signIn(page, "Sign in");
  await expect(page.getByTestId("notice")).toHaveCount(0);
  await expect(page.getByRole("combobox")).toBeEnabled();
  const id = await sim.ring();
  await expectPhase(page, "ringing");
  await press(page, "Accept");
  await expectPhase(page, "connected");
  expect((await sim.contact(id)).state).toBe("connected");
});

test("an agent whose session ends in mid-call finds the call again", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  const unconfirmed = desk.getByRole("region", { name: "通話", exact: true }).getByText("未確認");
  await expect(unconfirmed).toHaveCount(0);
  await sim.control(`agents/${AGENT.login}/sign-out`, {});
  await expect(desk.getByTestId("notice")).toContainText("サインアウトしました");
  await expect(desk.getByTestId("notice")).toContainText("通話はソフトフォンか電話機で続いているかもしれません");
  await expect(unconfirmed).toBeVisible();
  await signIn(desk);
  await expect(desk.getByTestId("notice")).toHaveCount(0);
  await expect(unconfirmed).toHaveCount(0);
  await expectPhase(desk, "connected");
  await expect(desk.getByTestId("connected-time")).toHaveAttribute("datetime", connected);
  await expect(button(desk, "切断")).toBeEnabled();
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
});
