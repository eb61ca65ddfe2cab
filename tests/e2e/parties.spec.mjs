// Third parties: consulted, swapped, in conference, handed the customer, and not reached.

import { button, expect, expectAccessible, expectPhase, openDesk, press, records, test } from "./desk.mjs";

const WAREHOUSE = /^倉庫\(出荷\)/;

async function talk(desk, sim) {
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  return id;
}

/** Calls somebody in by the chooser; gives their leg. */
async function callIn(desk, sim, id, how, whom) {
  await press(desk, how);
  await desk.getByRole("button", { name: whom }).click();
  await expectConversation(desk, "calling");
  return (await legs(sim, id)).third_party.connection_id;
}

async function expectConversation(desk, word) {
  await expect(desk.locator(".party")).toHaveAttribute("data-conversation", word);
}

/** The legs of a contact by role; the last third party counts. */
async function legs(sim, id) {
  return Object.fromEntries((await sim.contact(id)).legs.map((leg) => [leg.role, leg]));
}

async function states(sim, id) {
  const { agent, customer, third_party } = await legs(sim, id);
  return [agent, customer, third_party].map(({ state }) => state);
}

async function thirdParty(sim, id, leg, act) {
  await sim.control(`contacts/${id}/third-parties/${leg}/${act}`, {});
}

async function expectOffered(desk, offered) {
  for (const name of ["転送", "相談", "切替", "会議", "切り離し", "退出", "切断"]) {
    const one = expect(button(desk, name), name);
    await (offered.includes(name) ? one.not.toHaveAttribute("aria-disabled", "true") : one.toHaveAttribute("aria-disabled", "true"));
  }
}

test("a colleague outside is consulted, swapped with the customer, joined, and left with them", async ({ desk, sim }) => {
  const id = await talk(desk, sim);
  await expectOffered(desk, ["転送", "相談", "切断"]);
  await press(desk, "相談");
  await expect(desk.getByRole("searchbox", { name: "検索" })).toBeFocused();
  await expect(desk.locator(".chooser li")).toHaveCount(3);
  await desk.keyboard.type("倉庫");
  await expect(desk.locator(".chooser li")).toHaveCount(1);
  await expectAccessible(desk);
  await desk.getByRole("button", { name: WAREHOUSE }).click();

  await expectConversation(desk, "calling");
  await expectPhase(desk, "hold");
  await expect(desk.locator(".party")).toContainText("倉庫(出荷)");
  await expectOffered(desk, ["切り離し"]);
  const { third_party } = await legs(sim, id);
  await thirdParty(sim, id, third_party.connection_id, "answer");

  await expectConversation(desk, "consulting");
  await expect(desk.locator(".party")).toContainText("退出すると、お客様と相手の通話が続きます。");
  await expectOffered(desk, ["切替", "会議", "切り離し", "退出"]);
  await expectAccessible(desk);

  await press(desk, "切替");
  await expectConversation(desk, "swapped");
  await expectPhase(desk, "connected");
  expect(await states(sim, id)).toEqual(["connected", "connected", "hold"]);

  await press(desk, "会議");
  await expectConversation(desk, "conference");
  expect(await states(sim, id)).toEqual(["connected", "connected", "connected"]);

  await press(desk, "退出");
  await expectPhase(desk, "wrap-up");
  expect((await sim.line(id)).ending).toBeNull();
  expect(await states(sim, id)).toEqual(["disconnected", "connected", "connected"]);
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toContainText("転送済み");
});

test("a blind transfer leaves by itself when the number answers, and not before", async ({ desk, sim }) => {
  const id = await talk(desk, sim);
  await press(desk, "転送");
  await expect(desk.locator(".chooser")).toContainText("あなたは抜けて");
  await desk.keyboard.type("０３－１２３４－９８７６");
  await desk.getByRole("button", { name: "03-1234-9876" }).click();
  await expectConversation(desk, "calling");
  const { connection_id: leg, number } = (await legs(sim, id)).third_party;
  expect(number).toBe("+81312349876");
  await expect(desk.locator(".party")).toContainText("相手が出ると、あなたは抜けます。");
  await expectOffered(desk, ["切り離し"]);
  expect(await sim.requests("destroyConnection")).toEqual([]);
  await thirdParty(sim, id, leg, "answer");
  await expectPhase(desk, "wrap-up");
  expect(await states(sim, id)).toEqual(["disconnected", "connected", "connected"]);
  expect(await sim.requests("destroyConnection")).toHaveLength(1);
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toContainText("転送済み");
});

for (const resumes of [false, true]) {
  test(`a third party who does not answer is said, and that the customer ${resumes ? "is back" : "is still on hold"}`, async ({ desk, sim }) => {
    await sim.control("switches", { resume_when_third_party_leaves: resumes });
    const id = await talk(desk, sim);
    const leg = await callIn(desk, sim, id, "転送", WAREHOUSE);
    await thirdParty(sim, id, leg, "no-answer");
    await expectConversation(desk, "not-reached");
    await expectPhase(desk, resumes ? "connected" : "hold");
    const said = expect(desk.locator(".party"));
    await said.toContainText("倉庫(出荷)");
    await said.toContainText("つながりませんでした。");
    if (!resumes) {
      await said.toContainText("お客様は保留のままです。");
      await press(desk, "保留解除");
      await expectPhase(desk, "connected");
    }
    await said.not.toContainText("お客様は保留のままです。");
    // Nobody was left with anybody.
    expect(await sim.requests("destroyConnection")).toEqual([]);
    // And it can be tried again: this time they are only consulted.
    const again = await callIn(desk, sim, id, "相談", WAREHOUSE);
    await thirdParty(sim, id, again, "answer");
    await expectConversation(desk, "consulting");
    await expectAccessible(desk);
  });
}

test("a number that was typed and called does not hide the quick connects from the next choice", async ({ desk, sim }) => {
  const id = await talk(desk, sim);
  await press(desk, "相談");
  await desk.getByRole("searchbox", { name: "検索" }).fill("03-1234-9876");
  await desk.getByRole("button", { name: "03-1234-9876" }).click();
  await expectConversation(desk, "calling");
  await press(desk, "切り離し");
  await expectConversation(desk, "left");
  await press(desk, "相談");
  await expect(desk.getByRole("searchbox", { name: "検索" })).toBeEmpty();
  await expect(desk.getByRole("button", { name: WAREHOUSE })).toBeVisible();
  expect((await sim.contact(id)).state).toBe("connected");
});

test("a third party who rings is dropped, and the customer taken back", async ({ desk, sim }) => {
  const id = await talk(desk, sim);
  await callIn(desk, sim, id, "転送", WAREHOUSE);
  await press(desk, "切り離し");
  await expectConversation(desk, "left");
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  expect(await states(sim, id)).toEqual(["connected", "connected", "disconnected"]);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  expect((await sim.line(id)).ending).toBe("agent_hung_up");
});

test("the customer hangs up during a consultation: the agent still talks and can end the call", async ({ desk, sim }) => {
  const id = await talk(desk, sim);
  const leg = await callIn(desk, sim, id, "相談", WAREHOUSE);
  await thirdParty(sim, id, leg, "answer");
  await expectConversation(desk, "consulting");
  await sim.customer(id, "hang-up");
  await expectConversation(desk, "without-customer");
  await expectOffered(desk, ["切り離し", "切断"]);
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
  await expect(records(desk, id)).not.toContainText("転送済み");
});

test("a number that Connect refuses leaves the call with the customer and says why", async ({ desk, sim }) => {
  await sim.control("faults", { method: "createAdditionalConnection", type: "BadEndpointException", message: "no" });
  const id = await talk(desk, sim);
  await press(desk, "相談");
  await desk.getByRole("button", { name: WAREHOUSE }).click();
  await expect(desk.getByTestId("notice")).toContainText("呼び出せませんでした。その番号には Connect からかけられません。");
  await expectPhase(desk, "connected");
  await expectOffered(desk, ["転送", "相談", "切断"]);
  expect((await sim.contact(id)).legs).toHaveLength(2);
});

test("quick connects that do not come are said, and a number can still be called", async ({ desk, sim }) => {
  await sim.control("faults", { method: "getEndpoints", type: "AccessDeniedException", message: "no" });
  const id = await talk(desk, sim);
  await press(desk, "相談");
  await expect(desk.locator(".chooser")).toContainText("転送先を読み込めませんでした。権限がありません。");
  await desk.keyboard.type("110");
  await expect(desk.locator(".chooser")).toContainText("緊急通報はこの画面からかけられません。");
  await expect(desk.locator(".chooser li")).toHaveCount(0);
  await desk.getByRole("searchbox", { name: "検索" }).fill("+44 20 7946 0123");
  await desk.getByRole("button", { name: "+442079460123" }).click();
  await expectConversation(desk, "calling");
  expect((await legs(sim, id)).third_party.number).toBe("+442079460123");
});

test("a consultation outlives a reload; a blind transfer that was under way asks again", async ({ page, sim }) => {
  await openDesk(page);
  const id = await talk(page, sim);
  const leg = await callIn(page, sim, id, "転送", WAREHOUSE);
  page.on("dialog", (dialog) => dialog.accept());
  await page.reload();
  await expectConversation(page, "calling");
  await expect(page.locator(".party")).not.toContainText("相手が出ると、あなたは抜けます。");
  await thirdParty(sim, id, leg, "answer");
  await expectConversation(page, "consulting");
  expect(await sim.requests("destroyConnection")).toEqual([]);
});
