// What the customer hears, when it is not what the agent thinks: said in words, and left to the
// agent to mend.

import { button, expect, expectAccessible, expectPhase, press, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const notice = (page) => page.getByTestId("notice");
const muteState = (page) => page.locator(".mute-state");

async function talk(desk, sim) {
  await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
}

test("a microphone that is opened in the softphone is loud, and closed again only by a press", async ({ desk, sim }) => {
  await talk(desk, sim);
  await press(desk, "ミュート");
  await expect(muteState(desk)).toHaveText("マイクはミュート中");
  await expect(notice(desk)).toHaveCount(0);
  await softphone(desk).getByRole("button", { name: "ミュート解除" }).click();
  await expect(notice(desk)).toContainText("お客様に聞こえています");
  await expect(muteState(desk)).toHaveText("マイクはオン");
  await expectAccessible(desk);
  await press(desk, "ミュート");
  await expect(notice(desk)).toHaveCount(0);
  await expect(muteState(desk)).toHaveText("マイクはミュート中");
});

test("an agent who has opened the microphone elsewhere says so", async ({ desk, sim }) => {
  await talk(desk, sim);
  await press(desk, "ミュート");
  await expect(muteState(desk)).toHaveText("マイクはミュート中");
  await softphone(desk).getByRole("button", { name: "ミュート解除" }).click();
  await expect(notice(desk)).toContainText("お客様に聞こえています");
  await press(desk, "閉じる");
  await expect(notice(desk)).toHaveCount(0);
  await expect(muteState(desk)).toHaveText("マイクはオン");
});

test("a mute that the softphone does not confirm is not taken for one", async ({ desk, sim }) => {
  await talk(desk, sim);
  await sim.control("delivery", { hold: "everything" });
  await press(desk, "ミュート");
  await expect(notice(desk)).toContainText("お客様に聞こえています");
  await sim.control("delivery", { hold: "nothing" });
  await expect(notice(desk)).toHaveCount(0);
  await expect(muteState(desk)).toHaveText("マイクはミュート中");
});

test("a line that Connect mutes is said, whatever the microphone does", async ({ desk, sim }) => {
  await talk(desk, sim);
  const mute = (value) => sim.control("snapshots", { patch: [{ op: "replace", path: "/snapshot/contacts/0/connections/0/mute", value }] });
  await mute(true);
  await sim.control(`agents/${AGENT.login}/state`, { state: "Lunch" });
  await expect(notice(desk)).toContainText("お客様に聞こえていません");
  await expect(muteState(desk)).toHaveText("Connect がミュート中");
  await expect(button(desk, "ミュート")).toBeEnabled();
  await sim.control(`agents/${AGENT.login}/state`, { state: "Available" });
  await expect(notice(desk)).toHaveCount(0);
  await expect(muteState(desk)).toHaveText("マイクはオン");
});
