// Chats and tasks beside a call: they come and go, and the call is never the worse for it.

import { expect, expectPhase, expectState, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

for (const { channel, name } of [
  { channel: "chat", name: "チャット" },
  { channel: "task", name: "タスク" },
]) {
  test(`a ${channel} beside a call leaves the call in front, and the call ends as any other`, async ({ desk, sim }) => {
    const id = await sim.ring();
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    const other = await sim.ring({ channel, from: "田中 太郎", agent: AGENT.login, force: true });
    await expect.poll(async () => (await sim.contact(other)).state).toBe("connecting");
    await press(desk, "保留");
    await expectPhase(desk, "hold");
    await expect(desk.getByTestId("contact-id")).toHaveText(id);
    await press(desk, "保留解除");
    await expectPhase(desk, "connected");
    await sim.customer(other, "hang-up");
    await press(desk, "切断");
    await expectPhase(desk, "wrap-up");
    await press(desk, "後処理終了");
    await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
  });

  test(`a ${channel} alone is named and never in front`, async ({ desk, sim }) => {
    await sim.ring({ channel, from: "田中 太郎" });
    await expectState(desk, "PendingBusy");
    await expect(desk.getByText(name)).toBeVisible();
    await expectPhase(desk, "idle");
  });
}
