// The agent's own state: chosen, queued, taken back, refused.

import { button, expect, expectPhase, expectState, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const menu = (page) => page.getByRole("combobox", { name: "状態を変更" });

test("an agent at lunch is offered nothing until they are back", async ({ desk, sim }) => {
  await menu(desk).selectOption("Lunch");
  await expectState(desk, "Lunch");
  expect(await sim.agent()).toMatchObject({ availability: "Lunch", state: { name: "Lunch" } });
  const id = await sim.ring();
  expect(await sim.line(id)).toMatchObject({ place: "queued" });
  await menu(desk).selectOption("受付可");
  await expectState(desk, "PendingBusy");
  await expect(desk.getByTestId("contact-id")).toHaveText(id);
  await expect(desk.getByTestId("agent-state")).toHaveText("着信中");
});

test("a state chosen during a call is queued and can be taken back", async ({ desk, sim }) => {
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await menu(desk).selectOption("Training");
  await expect(desk.getByTestId("agent-state")).toHaveAttribute("data-next", "Training");
  await expectState(desk, "Busy");
  expect((await sim.agent()).next_state).toBe("Training");
  await press(desk, "予約状態を取消");
  await expect(desk.getByTestId("agent-state")).not.toHaveAttribute("data-next");
  await expect(button(desk, "予約状態を取消")).toBeHidden();
  expect(await sim.agent()).toMatchObject({ next_state: null, availability: "Available" });
});

test("a queued state takes over when the wrap-up is finished", async ({ desk, sim }) => {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await menu(desk).selectOption("事務作業");
  await expect(desk.getByTestId("agent-state")).toHaveAttribute("data-next", "事務作業");
  await press(desk, "切断");
  await expectState(desk, "AfterCallWork");
  await expect(desk.getByTestId("agent-state")).toHaveAttribute("data-next", "事務作業");
  const waiting = await sim.ring();
  await press(desk, "後処理終了");
  await expectState(desk, "事務作業");
  await expect(desk.getByTestId("agent-state")).not.toHaveAttribute("data-next");
  expect((await sim.agent()).availability).toBe("事務作業");
  expect(await sim.line(waiting)).toMatchObject({ place: "queued" });
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("a state that comes too late, because a call has begun, is queued behind it", async ({ desk, sim }) => {
  await sim.control("faults", { method: "putAgentState", type: "InvalidStateException", message: "a call has begun" });
  await menu(desk).selectOption("Lunch");
  await expectState(desk, "Lunch");
  const asked = await sim.requests("putAgentState");
  expect(asked.map(({ params, answer }) => [params.enqueueNextState, answer])).toEqual([
    [false, "InvalidStateException"],
    [true, "ok"],
  ]);
  await expect(desk.getByTestId("notice")).toHaveCount(0);
});

test("a state that Connect refuses is not shown as chosen", async ({ desk, sim }) => {
  await sim.control("faults", { method: "putAgentState", type: "AccessDeniedException", message: "no" });
  await menu(desk).selectOption("Lunch");
  await expect(desk.getByTestId("notice")).toContainText("状態を変更できませんでした");
  await expectState(desk, "Available");
  await expect(menu(desk).locator("option:checked")).toHaveText("受付可");
  expect((await sim.agent()).availability).toBe("Available");
});

test("a state that a supervisor sets is shown", async ({ desk, sim }) => {
  await sim.control(`agents/${AGENT.login}/state`, { state: "Offline" });
  await expectState(desk, "Offline");
  await expect(desk.getByTestId("agent-state")).toHaveText("オフライン");
  await expect(menu(desk).locator("option:checked")).toHaveText("オフライン");
});
