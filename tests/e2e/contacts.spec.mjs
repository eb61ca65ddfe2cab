// Several contacts at once: chats and tasks beside a call, a second call, colleagues inside, supervisors.

import { button, expect, expectAccessible, expectPhase, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const COLLEAGUE = { login: "ichiro.suzuki", name: "鈴木 一郎", password: "konnichiwa" };

const others = (page) => page.locator(".other-contacts li");

test("a chat and a task beside a call are listed, come to the front when pressed, and end there", async ({ desk, sim }) => {
  await sim.stopClock();
  const call = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const task = await sim.ring({ channel: "task", from: "配送業者に連絡", agent: AGENT.login, force: true });
  await expect(others(desk)).toHaveCount(1);
  await expect(desk.getByTestId("contact-id")).toHaveText(call);
  await desk.getByRole("button", { name: /配送業者に連絡/ }).click();
  await expect(desk.getByTestId("contact-id")).toHaveText(task);
  await expectPhase(desk, "ringing");
  await expectAccessible(desk);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  expect((await sim.contact(task)).state).toBe("connected");
  await expect(button(desk, "保留")).toHaveAttribute("aria-disabled", "true");
  await expect(button(desk, "転送")).toHaveAttribute("aria-disabled", "true");
  await press(desk, "切断");
  await expect(desk.getByTestId("contact-id")).toHaveText(call);
  await expectPhase(desk, "connected");
  await desk.getByRole("button", { name: /配送業者に連絡/ }).click();
  await press(desk, "後処理終了");
  await expect(others(desk)).toHaveCount(0);
  expect((await sim.contact(call)).state).toBe("connected");
  // Only calls are listed among today's.
  await expect(records(desk, task)).toHaveCount(0);
});

test("a call that comes while a chat is in front goes before it", async ({ desk, sim }) => {
  const chat = await sim.ring({ channel: "chat", agent: AGENT.login, force: true });
  await expect(others(desk)).toHaveCount(1);
  await expectPhase(desk, "idle");
  await others(desk).getByRole("button").click();
  await expect(desk.getByTestId("contact-id")).toHaveText(chat);
  await expect(desk.getByTestId("caller-number")).not.toHaveAttribute("data-withheld");
  const call = await sim.ring({ agent: AGENT.login, force: true });
  await expect(desk.getByTestId("contact-id")).toHaveText(call);
  await expectPhase(desk, "ringing");
  await expect(others(desk)).toHaveCount(1);
});

test("a second call is chosen, declined, and the first is in front again", async ({ desk, sim }) => {
  const first = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const second = await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
  await desk.getByRole("button", { name: /03-1234-5678/ }).click();
  await expect(desk.getByTestId("contact-id")).toHaveText(second);
  await press(desk, "拒否");
  await expect(desk.getByTestId("contact-id")).toHaveText(first);
  await expectPhase(desk, "connected");
  expect((await sim.contact(first)).state).toBe("connected");
});

for (const [status, words] of [["SILENT_MONITOR", "スーパーバイザーが聞いています"], ["BARGE", "スーパーバイザーが通話に参加しています"]]) {
  test(`a supervisor's leg that says ${status} is shown while it is there`, async ({ desk, sim }) => {
    const id = await sim.ring();
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    const leg = { connectionId: "supervisor", type: "monitoring", initial: false, state: { type: "connected", timestamp: { $date: "2026-01-05T00:00:00.000Z" } }, monitorStatus: status, quickConnectName: null };
    await sim.control("snapshots", { count: 1, patch: [{ op: "add", path: "/snapshot/contacts/0/connections/-", value: leg }] });
    await press(desk, "保留");
    await expect(desk.locator(".supervision")).toHaveText(words);
    await expectAccessible(desk);
    await press(desk, "保留解除");
    await expect(desk.locator(".supervision")).toBeEmpty();
    expect((await sim.contact(id)).legs).toHaveLength(2);
  });
}

test("a supervisor listens, speaks and leaves: that is said, and the agent's buttons are as before", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const supervision = desk.locator(".supervision");
  await expect(supervision).toBeEmpty();
  const supervisor = (does) => sim.control(`contacts/${id}/supervisor`, { does });
  await supervisor("listen");
  await expect(supervision).toHaveText("スーパーバイザーが聞いています");
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await supervisor("speak");
  await expect(supervision).toHaveText("スーパーバイザーが通話に参加しています");
  // The customer is on hold for the agent, whoever else is in the call.
  await expectPhase(desk, "hold");
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  await expect(desk.locator(".party")).not.toHaveAttribute("data-conversation");
  await expect(button(desk, "相談")).not.toHaveAttribute("aria-disabled", "true");
  await expectAccessible(desk);
  await supervisor("leave");
  await expect(supervision).toBeEmpty();
  await supervisor("listen");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await expect(supervision).toBeEmpty();
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
  await expect(records(desk, id)).toHaveCount(1);
});

test("a colleague inside who does not serve anybody yet can be dropped again", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "転送");
  await desk.getByRole("button", { name: /^返品・交換/ }).click();
  await expect(desk.locator(".party")).toHaveAttribute("data-conversation", "calling");
  await expect(desk.locator(".party")).toContainText("返品・交換");
  await press(desk, "切り離し");
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  expect((await sim.line(id)).ending).toBeNull();
});

test("a colleague who answers at a desk of their own is handed the customer", async ({ desk, sim, browser, baseURL }) => {
  await sim.control("sign-in", { mode: "form" });
  const context = await browser.newContext({ baseURL, locale: "ja-JP" });
  const theirs = await context.newPage();
  await theirs.goto("/");
  await expect(theirs.getByTestId("notice")).toBeVisible();
  const opened = context.waitForEvent("page");
  await press(theirs, "サインイン");
  const window = await opened;
  await window.getByRole("textbox", { name: "ユーザー名" }).fill(COLLEAGUE.login);
  await window.getByLabel("パスワード").fill(COLLEAGUE.password);
  const closed = window.waitForEvent("close");
  await window.getByRole("button", { name: "サインイン" }).click();
  await closed;
  await expect(theirs.getByTestId("agent-name")).toHaveText(COLLEAGUE.name);
  await sim.control(`agents/${COLLEAGUE.login}/state`, { state: "Available" });

  const id = await sim.ring({ agent: AGENT.login });
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "転送");
  await desk.getByRole("button", { name: COLLEAGUE.name }).click();
  await expectPhase(theirs, "ringing");
  await expect(theirs.getByTestId("caller-number")).toHaveText("090-1234-5678");
  expect(await sim.requests("destroyConnection")).toEqual([]);
  await press(theirs, "応答");
  await expectPhase(desk, "wrap-up");
  await expectPhase(theirs, "connected");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toContainText("転送済み");
  await context.close();
});
