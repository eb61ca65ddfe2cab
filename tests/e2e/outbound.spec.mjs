// Calls that the agent places.

import { button, copiedRecord, expect, expectAccessible, expectPhase, expectState, expectTime, openDesk, press, records, test, tokyo } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const NUMBER = "+81312345678";

const field = (page) => page.getByRole("textbox", { name: "電話番号" });

/** The contact that the agent has. */
async function onlyContact(sim) {
  const { contacts } = await sim.agent();
  expect(contacts).toHaveLength(1);
  return contacts[0].contact_id;
}

/** The numbers that were dialled in vain, newest first, by what is known of them. */
async function expectInVain(page, outcomes) {
  const rows = page.locator('[data-testid="call-record"][data-contact-id=""]');
  await expect(rows).toHaveCount(outcomes.length);
  for (const [index, outcome] of outcomes.entries()) {
    await expect(rows.nth(index)).toHaveAttribute("data-outcome", outcome);
    await expect(rows.nth(index)).toContainText(/…\d\d/);
  }
}

async function dial(page, number) {
  await field(page).fill(number);
  await press(page, "発信");
}

test("a number typed in full-width digits is dialled and answered", async ({ desk, sim }) => {
  await sim.stopClock();
  await field(desk).fill("０３－１２３４－５６７８");
  await expect(desk.getByRole("region", { name: "電話をかける" })).toContainText("03-1234-5678");
  await field(desk).press("Enter");
  await expectPhase(desk, "dialing");
  await expect(field(desk)).toHaveValue("");
  await expect(desk.getByTestId("caller-number")).toHaveAttribute("data-e164", NUMBER);
  const [request] = await sim.requests("createOutboundContact");
  expect(request.params.endpoint).toMatchObject({ phoneNumber: NUMBER });
  const id = await onlyContact(sim);
  const { since: connecting } = await sim.contact(id);
  await expectTime(desk, "connecting", connecting);
  await expectAccessible(desk);

  await sim.advance(8);
  await sim.customer(id, "answer");
  await expectPhase(desk, "connected");
  const { since: connected } = await sim.contact(id);
  await sim.advance(12);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  const { since: ended, queue } = await sim.contact(id);
  await expectTime(desk, "connecting", connecting);
  await expectTime(desk, "connected", connected);
  await expectTime(desk, "ended", ended);
  expect(await copiedRecord(desk)).toEqual([
    id, id, "outbound", `'${NUMBER}`, queue,
    tokyo(connecting), tokyo(connected), tokyo(ended), "12", "0", "answered", AGENT.name,
  ]);
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

for (const { when, does, state, outcome, says } of [
  { when: "is engaged", does: "busy", state: "LineEngagedCustomer", outcome: "busy", says: "話し中でした" },
  { when: "is not in service", does: "bad-number", state: "BadAddressCustomer", outcome: "bad-number", says: "使われていません" },
  { when: "declines", does: "refuse", state: "FailedConnectCustomer", outcome: "no-answer", says: "応答がないか" },
]) {
  test(`a dialled telephone that ${when} leaves a record that says so`, async ({ desk, sim }) => {
    await dial(desk, "03-1234-5678");
    await expectPhase(desk, "dialing");
    const id = await onlyContact(sim);
    await sim.customer(id, does);
    await expectPhase(desk, "failed");
    await expectState(desk, state);
    await expect(desk.getByTestId("agent-state")).not.toContainText(state);
    await expect(desk.getByTestId("notice")).toContainText(says);
    await expectTime(desk, "ended", (await sim.contact(id)).since);
    await press(desk, "後処理終了");
    await expectPhase(desk, "idle");
    await expect(records(desk, id)).toHaveAttribute("data-outcome", outcome);
    // The call is gone, and what to do next is not.
    await expect(desk.getByTestId("notice")).toContainText("てください");
    await dial(desk, "03-1234-5678");
    await expect(desk.getByTestId("notice")).toHaveCount(0);
    await expectPhase(desk, "dialing");
  });
}

test("two presses in a row call once", async ({ desk, sim }) => {
  await field(desk).fill("03-1234-5678");
  await button(desk, "発信").dblclick();
  await expectPhase(desk, "dialing");
  expect(await sim.requests("createOutboundContact")).toHaveLength(1);
});

test("a dial that is never answered is not said to have failed, and nobody is called twice", async ({ desk, sim }) => {
  await sim.control("faults", { method: "createOutboundContact" });
  await dial(desk, "03-1234-5678");
  await expect(desk.getByTestId("notice")).toContainText("10 秒以内に返事がありません");
  await expectAccessible(desk);
  await expect(button(desk, "発信")).toBeDisabled();
  await field(desk).press("Enter");
  expect(await sim.requests("createOutboundContact")).toHaveLength(1);
  // Connect sends the agent's data again, twice, and there is no call in it.
  for (const state of ["Lunch", "Available"]) {
    await sim.control(`agents/${AGENT.login}/state`, { state });
    await expectState(desk, state);
  }
  await expect(button(desk, "発信")).toBeEnabled();
  await expectInVain(desk, ["unconfirmed"]);
  await press(desk, "発信");
  await expectPhase(desk, "dialing");
  await expect(desk.getByTestId("notice")).toHaveCount(0);
  // The second dial has its call; the first is still a record of its own.
  const id = await onlyContact(sim);
  await sim.customer(id, "busy");
  await expectPhase(desk, "failed");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "busy");
  await expectInVain(desk, ["unconfirmed"]);
});

test("a page that is reloaded while it dials finds its call, and keeps one record", async ({ desk, sim }) => {
  await sim.control("delivery", { hold: "everything" });
  await dial(desk, "03-1234-5678");
  await expect(button(desk, "発信")).toBeDisabled();
  await desk.reload();
  await sim.control("delivery", { hold: "nothing" });
  await expectPhase(desk, "dialing");
  const id = await onlyContact(sim);
  await sim.customer(id, "busy");
  await expectPhase(desk, "failed");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "busy");
  await expectInVain(desk, []);
});

test("a dialled telephone that nobody answers fails, and Connect clears it away", async ({ desk, sim }) => {
  await sim.stopClock();
  await dial(desk, "03-1234-5678");
  await expectPhase(desk, "dialing");
  const id = await onlyContact(sim);
  await sim.advance(30);
  await expectPhase(desk, "failed");
  expect((await sim.line(id)).ending).toBe("no_answer");
  await expectAccessible(desk);
  await sim.advance(5);
  await expectPhase(desk, "idle");
  await expectState(desk, "Available");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "no-answer");
});

test("a call that the agent gives up while it is dialled is cancelled", async ({ desk, sim }) => {
  await dial(desk, "03-1234-5678");
  await expectPhase(desk, "dialing");
  const id = await onlyContact(sim);
  await press(desk, "切断");
  await expectPhase(desk, "failed");
  expect((await sim.line(id)).ending).toBe("cancelled");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "cancelled");
});

test("what Connect refuses to dial is said, and the agent can go on", async ({ desk, sim }) => {
  await sim.control("phones", { number: NUMBER, when_dialled: "refused" });
  await dial(desk, "03-1234-5678");
  const notice = desk.getByTestId("notice");
  await expect(notice).toContainText("発信できませんでした");
  await expect(notice).toContainText("番号を確かめてください");
  await expectPhase(desk, "idle");
  expect(await sim.requests("createOutboundContact")).toMatchObject([{ answer: "BadEndpointException" }]);
  await expectAccessible(desk);
  // No contact has come of it; what was dialled is in the log, and stays.
  await expectInVain(desk, ["bad-number"]);
  await press(desk, "閉じる");
  await expect(notice).toHaveCount(0);
  await expect(field(desk)).toHaveValue("03-1234-5678");
  await desk.reload();
  await expect(button(desk, "発信")).toBeVisible();
  await expectState(desk, "Available");
  await expectInVain(desk, ["bad-number"]);
  await field(desk).fill("03-1234-5678");

  await sim.control("phones", { number: NUMBER, when_dialled: "answer" });
  await press(desk, "発信");
  await expectPhase(desk, "connected");
  await expect(field(desk)).toHaveValue("");
});

test("a country that may not be called is refused for lack of permission", async ({ desk, sim }) => {
  await dial(desk, "+33 1 23 45 67 89");
  await expect(desk.getByTestId("notice")).toContainText("権限がありません");
  await expectInVain(desk, ["not-placed"]);
  expect(await sim.requests("createOutboundContact")).toMatchObject([{ answer: "AccessDeniedException" }]);
});

for (const { typed, says } of [
  { typed: "110", says: "緊急通報" },
  { typed: "１１９", says: "緊急通報" },
  { typed: "call me", says: "使えない文字" },
  { typed: "9012345678", says: "市外局番の 0" },
  { typed: "+0312345678", says: "国番号" },
  { typed: "03-1", says: "桁数" },
]) {
  test(`"${typed}" is not dialled, and the desk says why`, async ({ desk, sim }) => {
    await field(desk).fill(typed);
    await expect(desk.getByRole("region", { name: "電話をかける" })).toContainText(says);
    await expect(button(desk, "発信")).toBeDisabled();
    await field(desk).press("Enter");
    await expect(field(desk)).toHaveValue(typed);
    expect(await sim.requests("createOutboundContact")).toEqual([]);
  });
}

test("nothing is dialled while a call is up or the agent is offline", async ({ desk, sim }) => {
  await field(desk).fill("03-1234-5678");
  await sim.control(`agents/${AGENT.login}/state`, { state: "Offline" });
  await expectState(desk, "Offline");
  await expect(button(desk, "発信")).toBeDisabled();
  await expect(desk.getByRole("region", { name: "電話をかける" })).toContainText("オフライン");
  await sim.control(`agents/${AGENT.login}/state`, { state: "Available" });
  await expect(button(desk, "発信")).toBeEnabled();
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await expect(button(desk, "発信")).toBeDisabled();
  await field(desk).press("Enter");
  await expect(field(desk)).toHaveValue("03-1234-5678");
  expect(await sim.requests("createOutboundContact")).toEqual([]);
});

test("a desk in English dials in English", async ({ page, sim }) => {
  await openDesk(page, "/?lang=en");
  await page.getByRole("textbox", { name: "Phone number" }).fill("911");
  await expect(page.getByRole("region", { name: "Place a call" })).toContainText("Emergency");
  await page.getByRole("textbox", { name: "Phone number" }).fill("+44 20 7946 0123");
  await press(page, "Dial");
  await expectPhase(page, "dialing");
  await sim.customer(await onlyContact(sim), "answer");
  await expectPhase(page, "connected");
  await expect(page.getByTestId("caller-number")).toHaveAttribute("data-e164", "+442079460123");
});
