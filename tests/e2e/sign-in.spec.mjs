// Signing in, out, and in again: by a window that only a press opens and that closes by itself.

import { PERMISSIONS, button, expect, expectAccessible, expectPhase, expectState, openDesk, press, signIn, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

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

/** An agent signs out in the softphone, whose page may go on answering, and in again. */
const outAndIn = (acknowledges_after_sign_out) => async ({ page, sim }) => {
  await sim.control("switches", { acknowledges_after_sign_out });
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
};

test("an agent who signs out in the softphone signs in again and goes on", outAndIn(false));
test("a softphone that goes on answering after a sign-out holds nobody up", outAndIn(true));

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

const notice = (page) => page.getByTestId("notice");

/** Whether the browser still has a session with Connect. */
async function session(page, sim) {
  const answer = await page.context().request.get(new URL("/ccp-v2/session", sim.ccp).href);
  return (await answer.json()).agent;
}

test("a browser that blocks the sign-in window is named, and the next press opens it", async ({ page, sim }) => {
  await sim.control("sign-in", { mode: "form" });
  await page.addInitScript(() => {
    const { open } = window;
    window.open = (...asked) => (window.letsOpen ? open.apply(window, asked) : null);
  });
  await page.goto("/");
  await expect(notice(page)).toContainText("サインインしてください");
  await press(page, "サインイン");
  await expect(notice(page)).toContainText("ポップアップを許可");
  await page.evaluate(() => (window.letsOpen = true));
  await signIn(page);
  await expectState(page, "Available");
  await expect(notice(page)).toHaveCount(0);
});

test("a softphone that stays silent after signing in: what may be in the way, and the origin to paste", async ({ page, sim, troubles }) => {
  troubles.name(/frame-ancestors/);
  await sim.control("sign-in", { mode: "form" });
  await page.route("**/ccp-v2/", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), "content-security-policy": "frame-ancestors 'none'" } });
  });
  await page.goto("/");
  const opened = page.context().waitForEvent("page");
  await press(page, "サインイン");
  const window = await opened;
  await window.getByRole("textbox", { name: "ユーザー名" }).fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  await window.getByRole("button", { name: "サインイン" }).click();
  await expect(window.getByText(AGENT.name)).toBeVisible();
  await expect(notice(page)).toContainText("そのウィンドウを閉じてください");
  expect(page.context().pages()).toHaveLength(2);
  await window.close();
  await expect(notice(page).getByRole("listitem")).toHaveCount(3, { timeout: 30_000 });
  await expect(notice(page).locator("code")).toHaveText([sim.desk, new URL(sim.ccp).origin, sim.ccp].map((address) => address.replace(/(?<=:\d+)\/$/, "")));
  await expectAccessible(page);
  await page.context().grantPermissions(PERMISSIONS);
  await press(page, "オリジンをコピー");
  await expect(button(page, "コピーしました")).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(new URL(sim.desk).origin);

  // The administrator has approved it.
  await page.unroute("**/ccp-v2/");
  // The desk tries by itself as well, and when it is first there is nothing to press any more.
  press(page, "サインイン").catch(() => {});
  await expectState(page, "Available");
  await expect(notice(page)).toHaveCount(0);
  await expect.poll(() => page.context().pages()).toHaveLength(1);
});

test("a session that has expired is not a sign-out", async ({ desk, sim }) => {
  await desk.context().request.get(new URL("/logout", sim.ccp).href);
  await sim.control(`agents/${AGENT.login}/announce`, { event: "auth_fail" });
  await expect(notice(desk)).toContainText("期限が切れました");
  await signIn(desk);
  await expectState(desk, "Available");
  await expect(notice(desk)).toHaveCount(0);
});

test("a request that is refused because the session is over asks for signing in", async ({ desk, sim }) => {
  await desk.context().request.get(new URL("/logout", sim.ccp).href);
  await sim.control("faults", { method: "createOutboundContact", type: "UnauthorizedException", message: "no" });
  await desk.getByRole("textbox", { name: "電話番号" }).fill("03-1234-5678");
  await press(desk, "発信");
  await expect(notice(desk).first()).toContainText("期限が切れました");
  await expect(button(desk, "サインイン")).toBeEnabled();
});

test("an agent without access to Connect is sent to the administrator", async ({ desk, sim }) => {
  await sim.control(`agents/${AGENT.login}/announce`, { event: "access_denied" });
  await expect(notice(desk)).toContainText("管理者に連絡してください");
  await expectAccessible(desk);
  await press(desk, "再読み込み");
  await expectState(desk, "Available");
  await expect(notice(desk)).toHaveCount(0);
});

test("a softphone that stops answering is said, and loaded anew between calls", async ({ desk, sim }) => {
  await sim.control("delivery", { hold: "everything" });
  await expect(notice(desk)).toContainText("応答しなくなりました", { timeout: 40_000 });
  await expect(button(desk, "ソフトフォンを再読み込み")).toBeEnabled();
  await press(desk, "ソフトフォンを再読み込み");
  await sim.control("delivery", { hold: "nothing" });
  await expect(notice(desk)).toHaveCount(0);
  await sim.ring();
  await expectPhase(desk, "ringing");
});

test("a softphone in a second window is said while it is there", async ({ desk, sim }) => {
  const second = await desk.context().newPage();
  await second.goto(sim.ccp);
  await expect(notice(desk)).toContainText("別のウィンドウにもソフトフォン");
  await expectAccessible(desk);
  await second.close();
  await expect(notice(desk)).toHaveCount(0);
});

test("a softphone that loads itself anew in mid-call may have lost the audio, and that is said", async ({ desk, sim }) => {
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await softphone(desk).evaluate(() => location.reload());
  await expect(notice(desk)).toContainText("読み込み直されました");
  await expectPhase(desk, "connected");
});

test("signing out stops the calls, ends the session and opens nothing", async ({ desk, sim }) => {
  expect(await session(desk, sim)).toBe(AGENT.login);
  await press(desk, "サインアウト");
  await expect(notice(desk)).toContainText("サインアウトしました");
  expect(await sim.requests("putAgentState")).toMatchObject([{ params: { state: { name: "Offline" } } }]);
  expect(await session(desk, sim)).toBeNull();
  expect(await sim.agent()).toMatchObject({ signed_in: false });
  expect(desk.context().pages()).toHaveLength(1);
  await signIn(desk);
  await expectState(desk, "Offline");
  await expect(notice(desk)).toHaveCount(0);
});

test("a session that Connect does not end is said, and the agent is not told otherwise", async ({ desk, sim, troubles }) => {
  troubles.name(/Failed to load resource/);
  await desk.route("**/logout", (route) => route.abort());
  await press(desk, "サインアウト");
  await expect(notice(desk)).toContainText("サインアウトできていません");
  expect(await session(desk, sim)).toBe(AGENT.login);
});

test("nobody is signed out of a call", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "サインアウト");
  await expect(notice(desk)).toContainText("サインアウトできません");
  expect(await session(desk, sim)).toBe(AGENT.login);
  expect((await sim.contact(id)).state).toBe("connected");
});
