// Whether the next call reaches the agent: the light, what it unfolds, what the desk does by itself,
// and the notification of a ring.

import { button, expect, expectAccessible, expectPhase, expectState, openDesk, press, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const light = (page) => page.locator(".light");
const concerns = (page) => page.getByRole("list", { name: "着信の準備" });
const notice = (page) => page.getByTestId("notice");

/** In the page: a browser whose answers a journey chooses. Headless Chromium shows no notifications, so
 * the page's own objects are looked at. */
function answers() {
  const answer = (window.answer = { microphone: "granted", microphones: 1, notifications: "granted", focus: true, hidden: false });
  const microphone = new EventTarget();
  Object.defineProperty(microphone, "state", { get: () => answer.microphone });
  navigator.permissions.query = async () => microphone;
  navigator.mediaDevices.enumerateDevices = async () => Array.from({ length: answer.microphones }, () => ({ kind: "audioinput" }));
  navigator.mediaDevices.getUserMedia = async () => {
    answer.microphone = "granted";
    microphone.dispatchEvent(new Event("change"));
    return { getTracks: () => [] };
  };
  document.hasFocus = () => answer.focus;
  Object.defineProperty(document, "visibilityState", { get: () => (answer.hidden ? "hidden" : "visible") });
  window.notifications = [];
  window.focus = () => (window.broughtToFront = true);
  window.Notification = class extends EventTarget {
    static get permission() { return answer.notifications; }
    static async requestPermission() { return (answer.notifications = "granted"); }
    constructor(title, { body, tag, silent }) {
      super();
      window.notifications.push(Object.assign(this, { title, body, tag, silent, open: true }));
    }
    close() { this.open = false; }
  };
  window.updates = 0;
  addEventListener("message", ({ data }) => (window.updates += data?.event === "agent::update" ? 1 : 0));
  window.set = (facts) => {
    Object.assign(answer, facts);
    microphone.dispatchEvent(new Event("change"));
    navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
    dispatchEvent(new Event(answer.focus ? "focus" : "blur"));
  };
}

const set = (page, facts) => page.evaluate((facts) => window.set(facts), facts);
const notifications = (page) => page.evaluate(() => window.notifications.map(({ title, body, tag, silent, open }) => ({ title, body, tag, silent, open })));

/** The desk of an agent who is available, in a browser that answers as told, with these settings. */
async function open(page, settings = {}) {
  await page.addInitScript(answers);
  await page.route("**/config.json", async (route) => {
    const config = await (await route.fetch()).json();
    await route.fulfill({ json: { ...config, settings } });
  });
  await openDesk(page);
  await expect(light(page)).toHaveText("準備完了");
}

test("a real browser that is asked says where it stands, and the keyboard alone reads and mends it", async ({ desk }) => {
  await expect(light(desk)).toHaveText("要確認");
  await expect(concerns(desk)).toBeHidden();
  await light(desk).focus();
  await desk.keyboard.press("Enter");
  await expect(concerns(desk)).toContainText("通知できます");
  await expectAccessible(desk);
  await desk.keyboard.press("Tab");
  await expect(button(desk, "許可する")).toBeFocused();
  await desk.keyboard.press("Escape");
  await expect(concerns(desk)).toBeHidden();
  await expect(light(desk)).toBeFocused();
  await desk.context().grantPermissions(["notifications", "microphone"]);
  await expect(light(desk)).toHaveText("準備完了");
  await light(desk).click();
  await expect(concerns(desk)).toHaveText("電話を受ける準備ができています。");
});

for (const { what, facts, word, reason } of [
  { what: "a denied microphone", facts: { microphone: "denied" }, word: "着信不可", reason: "マイクを使えません" },
  { what: "an unplugged microphone", facts: { microphones: 0 }, word: "着信不可", reason: "マイクが見つかりません" },
  { what: "denied notifications", facts: { notifications: "denied" }, word: "要確認", reason: "通知が許可されていない" },
]) {
  test(`${what} is said in the light and in words, and goes away by itself`, async ({ page }) => {
    await open(page);
    const at = await light(page).boundingBox();
    await set(page, facts);
    await expect(light(page)).toHaveText(word);
    expect(await light(page).boundingBox()).toEqual(at);
    await light(page).click();
    await expect(concerns(page)).toContainText(reason);
    await expectAccessible(page);
    await set(page, { microphone: "granted", microphones: 1, notifications: "granted" });
    await expect(light(page)).toHaveText("準備完了");
    await expect(notice(page)).toHaveCount(0);
  });
}

test("what the browser has not been asked yet is asked by a press, and only then", async ({ page }) => {
  await open(page);
  await set(page, { microphone: "prompt", notifications: "default" });
  await expect(light(page)).toHaveText("要確認");
  await light(page).click();
  for (const left of [1, 0]) {
    await concerns(page).getByRole("button", { name: "許可する" }).first().click();
    await expect(concerns(page).getByRole("button")).toHaveCount(left);
  }
  await expect(light(page)).toHaveText("準備完了");
});

test("a line to Connect that is lost is trouble, and the title says so", async ({ page, sim }) => {
  await open(page);
  await sim.control(`agents/${AGENT.login}/announce`, { event: "agent::websocket_connection_lost" });
  await expect(light(page)).toHaveText("着信不可");
  await expect(page).toHaveTitle("⚠ 着信を受けられません");
  await sim.control(`agents/${AGENT.login}/announce`, { event: "agent::websocket_connection_gained" });
  await expect(light(page)).toHaveText("準備完了");
  await expect(page).toHaveTitle("エージェントデスク");
});

test("a page that the browser slows down says so until it is looked at", async ({ page }) => {
  await page.clock.install();
  await open(page);
  // As the browser does: nothing ticks in a page that is frozen.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
  await page.evaluate(() => {
    Object.assign(window.answer, { hidden: true });
    document.dispatchEvent(new Event("freeze"));
  });
  await expect(light(page)).toHaveText("要確認");
  await page.evaluate(() => {
    Object.assign(window.answer, { hidden: false });
    document.dispatchEvent(new Event("visibilitychange"));
  });
  await expect(light(page)).toHaveText("準備完了");
});

test("an agent who would miss calls is warned and, where it is so configured, made not ready once", async ({ page, sim }) => {
  await page.clock.install();
  await open(page, { readiness: { notReadyState: "Lunch" } });
  await set(page, { microphones: 0, focus: false });
  await expect(notice(page)).toContainText("マイクが見つかりません");
  await expect(page).toHaveTitle("⚠ 着信を受けられません");
  await expect.poll(() => notifications(page)).toMatchObject([{ title: "⚠ 着信を受けられません", open: true }]);
  await page.clock.fastForward(10_000);
  await expectState(page, "Lunch");
  await expect(notice(page)).toContainText("状態を変更しました");
  await expect.poll(() => notifications(page)).toMatchObject([{ open: false }]);
  await set(page, { microphones: 1 });
  await expect(light(page)).toHaveText("準備完了");
  await expectState(page, "Lunch");
  await page.getByRole("combobox").selectOption({ label: "受付可" });
  await expectState(page, "Available");
  await expect(notice(page)).toHaveCount(0);
  expect(await sim.requests("putAgentState")).toHaveLength(2);
});

test("without that setting the agent is only warned", async ({ page, sim }) => {
  await open(page);
  await set(page, { microphone: "denied" });
  await expect(notice(page)).toContainText("マイクを使えません");
  await sim.ring();
  await expectPhase(page, "ringing");
  expect(await sim.requests("putAgentState")).toEqual([]);
});

test("a ring notifies an agent who looks elsewhere, once, and brings this desk to the front", async ({ page, sim }) => {
  await open(page);
  await set(page, { focus: false });
  const id = await sim.ring({ queue: "注文受付" });
  await expectPhase(page, "ringing");
  const ring = { title: "☎ 着信中", body: "受信 · 注文受付", tag: id, silent: true, open: true };
  await expect.poll(() => notifications(page)).toEqual([ring]);
  // The same ring, told again.
  const updates = () => page.evaluate(() => window.updates);
  const before = await updates();
  await sim.control("delivery", { repeat: true });
  await expect.poll(updates).toBeGreaterThan(before);
  expect(await notifications(page)).toEqual([ring]);
  await page.evaluate(() => window.notifications[0].dispatchEvent(new Event("click")));
  expect(await page.evaluate(() => window.broughtToFront)).toBe(true);
  await sim.customer(id, "hang-up");
  await expectPhase(page, "missed");
  await expect.poll(() => notifications(page)).toEqual([{ ...ring, open: false }]);
});

test("the browser's own notification bears the contact's id and is closed with the ring", async ({ page, sim }) => {
  await page.context().grantPermissions(["notifications", "microphone"]);
  await page.addInitScript(() => {
    // Playwright lets every page believe that it has the focus.
    document.hasFocus = () => false;
    window.real = [];
    const { Notification, close } = { Notification: window.Notification, close: window.Notification.prototype.close };
    Notification.prototype.close = function () {
      this.wasClosed = true;
      close.call(this);
    };
    window.Notification = new Proxy(Notification, {
      construct: (target, given, as) => {
        const made = Reflect.construct(target, given, as);
        window.real.push(made);
        return made;
      },
    });
  });
  await openDesk(page);
  await expect(light(page)).toHaveText("準備完了");
  const id = await sim.ring({ queue: "注文受付" });
  await expectPhase(page, "ringing");
  const real = () => page.evaluate(() => window.real.map((one) => ({ kind: Object.prototype.toString.call(one), title: one.title, body: one.body, tag: one.tag, closed: one.wasClosed === true })));
  const ring = { kind: "[object Notification]", title: "☎ 着信中", body: "受信 · 注文受付", tag: id, closed: false };
  expect(await real()).toEqual([ring]);
  await press(page, "応答");
  await expectPhase(page, "connected");
  expect(await real()).toEqual([{ ...ring, closed: true }]);
});

test("an agent who looks at the desk is not notified", async ({ page, sim }) => {
  await open(page);
  await sim.ring();
  await expectPhase(page, "ringing");
  expect(await notifications(page)).toEqual([]);
  await set(page, { focus: false });
  await expect.poll(() => notifications(page)).toHaveLength(1);
});

for (const { notification, bodies } of [
  { notification: "off", bodies: [] },
  { notification: "caller", bodies: ["受信 · BasicQueue · 090-1234-5678"] },
]) {
  test(`a ring tells what the settings allow: ${notification}`, async ({ page, sim }) => {
    await open(page, { ring: { notification } });
    await set(page, { focus: false });
    await sim.ring({ queue: "BasicQueue" });
    await expectPhase(page, "ringing");
    expect((await notifications(page)).map(({ body }) => body)).toEqual(bodies);
  });
}

test("a desk that is set to be quiet lets the softphone ring nowhere", async ({ page, sim }) => {
  await open(page, { ring: { sound: false } });
  const [{ configure }] = (await sim.book()).ccps;
  expect(configure).toMatchObject({ softphone: { allowFramedSoftphone: true, disableRingtone: true }, chat: { disableRingtone: true }, task: { disableRingtone: true } });
});

test("only the tab that leads notifies", async ({ page, context, sim }) => {
  await open(page);
  const mirror = await context.newPage();
  await mirror.addInitScript(answers);
  await mirror.goto("/");
  await expect(light(mirror)).toHaveText("表示専用");
  for (const tab of [page, mirror]) await set(tab, { focus: false });
  await sim.ring();
  await expectPhase(mirror, "ringing");
  await expect.poll(() => notifications(page)).toHaveLength(1);
  expect(await notifications(mirror)).toEqual([]);
});
