// Where AWS does not document what Connect does, the simulator can do either (`/control/switches`):
// the agent's story is the same.

import { expect, expectPhase, press, records, test } from "./desk.mjs";

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
