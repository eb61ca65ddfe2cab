// Calls that come in, from the first ring to the end of the wrap-up.

import { button, copiedRecord, expect, expectAccessible, expectPhase, expectState, expectTime, openDesk, press, records, test, tokyo } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

test("a call is accepted, steered through a machine, held, muted, ended and completed", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring({ queue: "注文受付" });
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("contact-id")).toHaveText(id);
  await expect(desk.getByTestId("caller-number")).toHaveText("090-1234-5678");
  await expect(desk.getByTestId("caller-number")).toHaveAttribute("data-e164", "+819012345678");
  const { since: connecting } = await sim.contact(id);
  await expectTime(desk, "connecting", connecting);
  await expect(desk.getByTestId("connected-time")).toHaveCount(0);
  await expectAccessible(desk);

  await sim.advance(5.25);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await expectTime(desk, "connected", connected);
  await expect(desk.getByTestId("ended-time")).toHaveCount(0);
  await expectAccessible(desk);

  await press(desk, "キーパッド");
  await expect(desk.getByRole("textbox", { name: "送信する番号" })).toBeFocused();
  await press(desk, "1");
  await press(desk, "2");
  await desk.keyboard.type("*0#");
  await expect.poll(async () => (await sim.line(id)).digits_heard).toBe("12*0#");
  await expectAccessible(desk);

  await sim.advance(10);
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  expect((await sim.contact(id)).legs[1]).toMatchObject({ role: "customer", state: "hold" });
  await expectAccessible(desk);
  await sim.advance(20);
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  expect((await sim.contact(id)).legs[1].state).toBe("connected");

  await press(desk, "ミュート");
  await expect(button(desk, "ミュート解除")).toBeEnabled();
  expect((await sim.agent()).muted).toBe(true);
  await expectAccessible(desk);
  await press(desk, "ミュート解除");
  await expect(button(desk, "ミュート")).toBeEnabled();
  expect((await sim.agent()).muted).toBe(false);

  await sim.advance(7.5);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended } = await sim.contact(id);
  expect((await sim.line(id)).ending).toBe("agent_hung_up");
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "connected", connected);
  await expectTime(desk, "ended", ended);
  await expectAccessible(desk);
  // 37.5 seconds from connected to ended, 20 of them on hold.
  expect(await copiedRecord(desk)).toEqual([
    id, id, "inbound", "'+819012345678", "注文受付",
    tokyo(connecting), tokyo(connected), tokyo(ended), "17", "20", "answered", AGENT.name,
  ]);

  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(desk.getByTestId("contact-id")).toBeEmpty();
  await expect(desk.getByTestId("connecting-time")).toHaveCount(0);
  await expect(desk.getByTestId("caller-number")).not.toContainText("5678");
  expect((await sim.agent()).contacts).toEqual([]);
  await expectState(desk, "Available");
  await expect(records(desk, id)).toHaveCount(1);
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
  await expect(records(desk, id).locator("time")).toHaveAttribute("datetime", connecting);
  await expect(records(desk, id)).toContainText("…78");
  await expectAccessible(desk);
});

test("the same in English", async ({ page, sim }) => {
  await openDesk(page, "/?lang=en");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await sim.stopClock();
  const id = await sim.ring({ from: "+442079460123" });
  await expectPhase(page, "ringing");
  await expect(button(page, "Decline")).toBeEnabled();
  await press(page, "Accept");
  await expectPhase(page, "connected");
  await press(page, "Hold");
  await press(page, "Resume");
  await press(page, "Mute");
  await press(page, "Unmute");
  await press(page, "Keypad");
  await press(page, "5");
  await expect.poll(async () => (await sim.line(id)).digits_heard).toBe("5");
  await sim.advance(65);
  await press(page, "Hang up");
  await expectPhase(page, "wrap-up");
  await expectAccessible(page);
  await press(page, "Copy record");
  await press(page, "Complete");
  await expectPhase(page, "idle");
  await expect(records(page, id)).toContainText("Answered");
  await expect(records(page, id)).toContainText("1:05");
});

test("a withheld number is said to be withheld and the call is like any other", async ({ desk, sim }) => {
  const id = await sim.ring({ from: null });
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("caller-number")).toHaveText("番号非通知");
  await expect(desk.getByTestId("caller-number")).toHaveAttribute("data-withheld");
  await expect(desk.getByTestId("caller-number")).not.toHaveAttribute("data-e164");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  expect((await copiedRecord(desk))[3]).toBe("番号非通知");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("a sip address is shown as it is", async ({ desk, sim }) => {
  await sim.ring({ from: "sip:alice@pbx.example.com" });
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("caller-number")).toHaveText("sip:alice@pbx.example.com");
  await expect(desk.getByTestId("caller-number")).toHaveAttribute("data-raw", "sip:alice@pbx.example.com");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
});

test("a missed call comes back under its id and leaves a record of each offer", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  const { since: first } = await sim.contact(id);
  await sim.advance(20);
  await expectPhase(desk, "missed");
  await expectState(desk, "MissedCallAgent");
  await expect(desk.getByTestId("agent-state")).not.toContainText("MissedCall");
  const { since: missed } = await sim.contact(id);
  await expectTime(desk, "connecting", first);
  await expectTime(desk, "ended", missed);
  await expect(desk.getByTestId("connected-time")).toHaveCount(0);
  await expectAccessible(desk);

  await sim.advance(3);
  await press(desk, "後処理終了");
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("contact-id")).toHaveText(id);
  const { since: second } = await sim.contact(id);
  expect(second).not.toBe(first);
  await expectTime(desk, "connecting", second);
  await expect(desk.getByTestId("ended-time")).toHaveCount(0);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(records(desk, id)).toHaveCount(2);
  await expect(records(desk, id).nth(0)).toHaveAttribute("data-outcome", "answered");
  await expect(records(desk, id).nth(0).locator("time")).toHaveAttribute("datetime", second);
  await expect(records(desk, id).nth(1)).toHaveAttribute("data-outcome", "missed");
  await expect(records(desk, id).nth(1).locator("time")).toHaveAttribute("datetime", first);
});

test("a declined call goes back to its queue", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "拒否");
  await expectPhase(desk, "missed");
  await expectState(desk, "FailedConnectAgent");
  expect(await sim.line(id)).toMatchObject({ place: "queued" });
  await sim.customer(id, "hang-up");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "declined");
});

test("a caller who gives up while it rings has abandoned, and Connect clears it away", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  await sim.advance(4);
  await sim.customer(id, "hang-up");
  await expectPhase(desk, "missed");
  expect((await sim.line(id)).ending).toBe("abandoned");
  await expectTime(desk, "ended", (await sim.contact(id)).since);
  await sim.advance(5);
  await expectPhase(desk, "idle");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "abandoned");
});

test("a customer who hangs up leaves the agent in the wrap-up", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await sim.customer(id, "hang-up");
  await expectPhase(desk, "wrap-up");
  await expectState(desk, "AfterCallWork");
  expect((await sim.line(id)).ending).toBe("customer_hung_up");
  await expectTime(desk, "ended", (await sim.contact(id)).since);
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("a queued callback is accepted, dialled and answered", async ({ desk, sim }) => {
  await sim.stopClock();
  const id = await sim.wantCallback({ queue: "返品・交換" });
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("caller-number")).toHaveText("03-1234-5678");
  const { since: connecting, initial_contact_id: initial } = await sim.contact(id);
  await sim.advance(2);
  await press(desk, "応答");
  await expectPhase(desk, "dialing");
  await expectTime(desk, "connecting", connecting);
  await sim.advance(6);
  await sim.customer(id, "answer");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await sim.advance(30);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended } = await sim.contact(id);
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "connected", connected);
  await expectTime(desk, "ended", ended);
  expect(await copiedRecord(desk)).toEqual([
    id, initial, "callback", "'+81312345678", "返品・交換",
    tokyo(connecting), tokyo(connected), tokyo(ended), "30", "0", "answered", AGENT.name,
  ]);
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toContainText("折り返し");
});

test("a queued callback that nobody takes is missed", async ({ desk, sim }) => {
  const id = await sim.wantCallback();
  await expectPhase(desk, "ringing");
  await sim.customer(id, "ring-out");
  await expectPhase(desk, "missed");
  // Whoever chooses a state does away with what was missed, and is not offered it again.
  await desk.getByRole("combobox", { name: "状態を変更" }).selectOption("Lunch");
  await expectPhase(desk, "idle");
  await expectState(desk, "Lunch");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "missed");
});

test("a callback keeps the id of the call that it grew from", async ({ desk, sim }) => {
  await sim.control(`agents/${AGENT.login}/state`, { state: "Lunch" });
  await expectState(desk, "Lunch");
  const call = await sim.ring();
  const callback = await sim.wantCallback({ contact: call });
  await desk.getByRole("combobox").selectOption("受付可");
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("contact-id")).toHaveText(callback);
  await expect(desk.getByRole("region", { name: "コンタクト記録" })).toContainText(call);
});

test("today's calls outlive the page, newest first", async ({ desk, sim }) => {
  const calls = [];
  for (const from of ["+819011112222", "+819033334444", null]) {
    const id = await sim.ring({ from });
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    await press(desk, "切断");
    await press(desk, "後処理終了");
    await expectPhase(desk, "idle");
    calls.unshift(id);
  }
  const rows = desk.getByTestId("call-record");
  for (const page of ["open", "reloaded"]) {
    if (page === "reloaded") await openDesk(desk);
    await expect(rows).toHaveCount(3);
    const ids = await rows.evaluateAll((rows) => rows.map((row) => row.dataset.contactId));
    expect(ids).toEqual(calls);
    await expect(rows.nth(1)).toContainText("…44");
    await expect(desk.getByRole("region", { name: "本日の通話" })).not.toContainText("3333");
  }
  const kept = await desk.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
  expect(kept).toContain(calls[0]);
  for (const personal of ["3333", "1111", AGENT.name]) expect(kept).not.toContain(personal);
});
