// Where AWS does not document what Connect does, the simulator can do either (`/control/switches`):
// the agent's story is the same.

import { expect, expectPhase, expectState, openDesk, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

for (const { what, switches } of [
  { what: "snapshots come before answers", switches: { snapshot_before_response: true, snapshot_lag_ms: 0 } },
  { what: "snapshots come late", switches: { snapshot_lag_ms: 800 } },
  { what: "the same snapshot comes again and again", switches: { republish_ms: 50 } },
]) {
  test(`a call goes its way when ${what}`, async ({ desk, sim }) => {
    await sim.control("switches", switches);
    const id = await sim.ring();
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    const { since: connected } = await sim.contact(id);
    await press(desk, "保留");
    await expectPhase(desk, "hold");
    await press(desk, "保留解除");
    await expectPhase(desk, "connected");
    await press(desk, "切断");
    await expectPhase(desk, "wrap-up");
    await expect(desk.getByTestId("connected-time")).toHaveAttribute("datetime", connected);
    await press(desk, "後処理終了");
    await expectPhase(desk, "idle");
    await expect(records(desk, id)).toHaveCount(1);
    await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
    await expect(desk.getByTestId("notice")).toHaveCount(0);
  });
}

test("a missed and a declined call are what they are by their documented states, too", async ({ desk, sim }) => {
  await sim.control("switches", { missed: "missed", declined: "rejected" });
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  await sim.customer(id, "ring-out");
  await expectPhase(desk, "missed");
  await press(desk, "後処理終了");
  await expectPhase(desk, "ringing");
  await press(desk, "拒否");
  await expectPhase(desk, "missed");
  await sim.customer(id, "hang-up");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  const outcomes = await records(desk, id).evaluateAll((rows) => rows.map((row) => row.dataset.outcome));
  expect(outcomes).toEqual(["declined", "missed"]);
});

test("a call given up while it is dialled is cancelled, though after-call work follows", async ({ desk, sim }) => {
  await sim.control("switches", { cancelled: "ended" });
  await desk.getByRole("textbox", { name: "電話番号" }).fill("0312345678");
  await press(desk, "発信");
  await expectPhase(desk, "dialing");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(desk.getByTestId("call-record")).toHaveAttribute("data-outcome", "cancelled");
});

test("a caller of whom the network shows nothing at all is withheld", async ({ desk, sim }) => {
  await sim.control("switches", { withheld_number: null });
  await sim.ring({ from: null });
  await expectPhase(desk, "ringing");
  await expect(desk.getByTestId("caller-number")).toHaveAttribute("data-withheld");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
});

async function dial(desk) {
  await desk.getByRole("textbox", { name: "電話番号" }).fill("0312345678");
  await press(desk, "発信");
}

/** The agent's only contact, once there is one. */
async function onlyContact(sim) {
  await expect.poll(async () => (await sim.agent()).contacts.length).toBe(1);
  return (await sim.agent()).contacts[0].contact_id;
}

test("a declined call is declined, whatever the agent's state is called afterwards", async ({ desk, sim }) => {
  await sim.control("switches", { agent_state_after_decline: "MissedCallAgent" });
  const id = await sim.ring();
  await press(desk, "拒否");
  await expectPhase(desk, "missed");
  await sim.customer(id, "hang-up");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "declined");
});

test("an abandoned call is abandoned, whatever the agent's state is called afterwards", async ({ desk, sim }) => {
  await sim.control("switches", { agent_state_after_abandon: "FailedConnectAgent", clear_abandoned_after_ms: null });
  const id = await sim.ring();
  await expectPhase(desk, "ringing");
  await sim.customer(id, "hang-up");
  await expectPhase(desk, "missed");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "abandoned");
});

for (const { what, switches } of [
  { what: "the agent's state is called otherwise", switches: { agent_state_after_cancel: "FailedConnectAgent" } },
  { what: "the agent's own leg is not up yet", switches: { agent_leg_ms: 60_000 } },
  { what: "the customer's leg is nothing yet", switches: { agent_leg_ms: 60_000, undialled: "init" } },
  { what: "the contact is connected with the agent's own leg", switches: { outbound_connected_at_agent_leg: true } },
]) {
  test(`a call given up while it is dialled is cancelled when ${what}`, async ({ desk, sim }) => {
    await sim.control("switches", switches);
    await dial(desk);
    const id = await onlyContact(sim);
    await press(desk, "切断");
    await expect.poll(async () => (await sim.line(id)).ending).toBe("cancelled");
    await press(desk, "後処理終了");
    await expect(records(desk, id)).toHaveAttribute("data-outcome", "cancelled");
  });
}

for (const { what, switches } of [
  { what: "the contact is connected with the agent's own leg", switches: { outbound_connected_at_agent_leg: true } },
  { what: "the agent's own leg takes its time", switches: { agent_leg_ms: 1_000, undialled: "init" } },
  { what: "Connect clears nothing away", switches: { clear_failed_outbound_after_ms: null } },
]) {
  test(`an engaged line is engaged when ${what}`, async ({ desk, sim }) => {
    await sim.stopClock();
    await sim.control("switches", switches);
    await dial(desk);
    const id = await onlyContact(sim);
    await sim.advance(1);
    await sim.customer(id, "busy");
    await press(desk, "後処理終了");
    await expect(records(desk, id)).toHaveAttribute("data-outcome", "busy");
  });

  test(`an answered line is talked on when ${what}`, async ({ desk, sim }) => {
    await sim.stopClock();
    await sim.control("switches", switches);
    await dial(desk);
    const id = await onlyContact(sim);
    await sim.advance(5);
    await sim.customer(id, "answer");
    await expectPhase(desk, "connected");
    await sim.advance(7);
    await sim.customer(id, "hang-up");
    await expectPhase(desk, "wrap-up");
    await press(desk, "後処理終了");
    await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
    await expect(records(desk, id)).toContainText("0:07");
  });
}

test("after-call work that Connect ends by itself is over on the desk, too", async ({ desk, sim }) => {
  await sim.stopClock();
  await sim.control("switches", { after_call_work_limit_ms: 15_000 });
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await sim.advance(15);
  await expectPhase(desk, "idle");
  await expectState(desk, "Available");
  await expect(records(desk, id)).toHaveCount(1);
});

test("after-call work that ends with another state is over on the desk, too", async ({ desk, sim }) => {
  await sim.control("switches", { state_change_ends_after_call_work: true });
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await sim.control(`agents/${AGENT.login}/state`, { state: "Lunch" });
  await expectPhase(desk, "idle");
  await expectState(desk, "Lunch");
  await expect(records(desk, id)).toHaveCount(1);
});

test("an agent starts work though the page learns its id late", async ({ page, sim, troubles }) => {
  troubles.name(/'acknowledge' event handler failed/);
  await sim.control("switches", { acknowledge_id_after_ms: 500 });
  await openDesk(page);
  await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
});

test("a page that is loaded anew in mid-call and learns its id late has not lost its softphone", async ({ page, sim, troubles }) => {
  troubles.name(/'acknowledge' event handler failed/);
  await openDesk(page);
  await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  await sim.stopClock();
  await sim.control("switches", { acknowledge_id_after_ms: 1_000 });
  page.on("dialog", (dialog) => dialog.accept());
  await page.addInitScript(() =>
    window.addEventListener("message", ({ data }) => {
      if (data?.event === "request_configure") document.documentElement.dataset.asked = "";
    }),
  );
  await page.reload();
  await expectPhase(page, "connected");
  // In one moment the page learns its id, and the CCP asks for what the library is about to send.
  await sim.advance(1);
  await expect(page.locator("html[data-asked]")).toHaveCount(1);
  await expect(page.getByTestId("notice")).toHaveCount(0);
});
