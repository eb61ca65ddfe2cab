// Two calls at once: Connect puts the first on hold where the second is accepted, and the agent goes from one to the other.

import { button, expect, expectAccessible, expectPhase, openDesk, press, records, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const FIRST = "090-1234-5678";
const SECOND = "03-1234-5678";

const others = (page) => page.locator(".other-contacts li");
const contactId = (page) => page.getByTestId("contact-id");

/** Brings the contact with that number to the front. */
async function choose(page, number) {
  await others(page).getByRole("button", { name: new RegExp(number) }).click();
  await expect(page.getByTestId("caller-number")).toHaveText(number);
}

/** What the customer's leg of a contact is doing. */
async function customer(sim, id) {
  return (await sim.contact(id)).legs.find(({ role }) => role === "customer").state;
}

/** Ends the call in front, and the wrap-up of its contact. */
async function finish(page) {
  await press(page, "切断");
  await expectPhase(page, "wrap-up");
  await press(page, "後処理終了");
}

/** Ends the call in front: whoever waits on hold goes before the work that is left of it. */
async function hangUpForTheOther(page, other) {
  await press(page, "切断");
  await expect(contactId(page)).toHaveText(other);
  await expectPhase(page, "hold");
  await expect(others(page)).toContainText("後処理");
  await press(page, "保留解除");
  await expectPhase(page, "connected");
}

/** A call that goes on, by a clock that stands still: nothing rings out meanwhile. */
async function talk(page, sim) {
  await sim.stopClock();
  const id = await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  return id;
}

for (const before of ["live", "on hold"]) {
  test(`a second call is accepted while the first is ${before}, and each is held while the agent is in the other`, async ({ desk, sim }) => {
    const first = await talk(desk, sim);
    if (before === "on hold") {
      await press(desk, "保留");
      await expectPhase(desk, "hold");
    }
    const second = await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
    await expect(others(desk)).toHaveCount(1);
    await expect(contactId(desk)).toHaveText(first);
    await choose(desk, SECOND);
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    await expect(contactId(desk)).toHaveText(second);
    await expect(others(desk)).toContainText("保留");
    expect([await customer(sim, first), await customer(sim, second)]).toEqual(["hold", "connected"]);
    await expectAccessible(desk);

    await choose(desk, FIRST);
    await expectPhase(desk, "hold");
    await press(desk, "保留解除");
    await expectPhase(desk, "connected");
    await expect(contactId(desk)).toHaveText(first);
    await expect(others(desk)).toContainText("保留");
    expect([await customer(sim, first), await customer(sim, second)]).toEqual(["connected", "hold"]);

    await hangUpForTheOther(desk, second);
    await sim.customer(second, "hang-up");
    await expectPhase(desk, "wrap-up");
    await press(desk, "後処理終了");
    await expect(contactId(desk)).toHaveText(first);
    await press(desk, "後処理終了");
    await expectPhase(desk, "idle");
    for (const id of [first, second]) {
      await expect(records(desk, id)).toHaveCount(1);
      await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
    }
  });
}

test("the second call ends while the first is on hold: its wrap-up is finished without losing the first", async ({ desk, sim }) => {
  const first = await talk(desk, sim);
  const second = await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
  await choose(desk, SECOND);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await sim.customer(second, "hang-up");
  // The customer who waits goes before the work that is left.
  await expect(contactId(desk)).toHaveText(first);
  await expectPhase(desk, "hold");
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  await choose(desk, SECOND);
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expect(contactId(desk)).toHaveText(first);
  await expectPhase(desk, "connected");
  await expect(records(desk, second)).toHaveAttribute("data-outcome", "answered");
});

test("the first customer hangs up on hold: the second call is not the worse for it", async ({ desk, sim }) => {
  const first = await talk(desk, sim);
  const second = await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
  await choose(desk, SECOND);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await sim.customer(first, "hang-up");
  await expect(others(desk)).toContainText("後処理");
  await expect(contactId(desk)).toHaveText(second);
  await expectPhase(desk, "connected");
  await finish(desk);
  await expect(contactId(desk)).toHaveText(first);
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  for (const id of [first, second]) await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});

test("where Connect refuses a second call, that is said and the first goes on", async ({ desk, sim, troubles }) => {
  troubles.name(/Accept Contact failed/);
  await sim.control("switches", { second_call: "refused" });
  const first = await talk(desk, sim);
  await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
  await choose(desk, SECOND);
  await press(desk, "応答");
  await expect(desk.getByTestId("notice")).toContainText("応答できませんでした");
  await expectPhase(desk, "ringing");
  await choose(desk, FIRST);
  await expectPhase(desk, "connected");
  expect(await customer(sim, first)).toBe("connected");
});

test("a callback beside a call: the first is held, the customer dialled, and each has its record", async ({ page, sim }) => {
  const agent = { ...AGENT, queues: ["BasicQueue"], voice_capacity: 2 };
  await sim.reset({ agents: [agent], queues: [{ name: "BasicQueue", number: "+81312340001" }], quick_connects: [] });
  await openDesk(page);
  const first = await talk(page, sim);
  const callback = await sim.wantCallback();
  await expect(others(page)).toContainText(SECOND);
  await expect(contactId(page)).toHaveText(first);
  await expectPhase(page, "connected");
  await choose(page, SECOND);
  await expectPhase(page, "ringing");
  await expect(page.locator(".call-came")).toContainText("折り返し");
  await expectAccessible(page);
  await press(page, "応答");
  await expectPhase(page, "dialing");
  expect(await customer(sim, first)).toBe("hold");
  await sim.customer(callback, "answer");
  await expectPhase(page, "connected");
  await expect(contactId(page)).toHaveText(callback);
  await hangUpForTheOther(page, first);
  await finish(page);
  await expect(contactId(page)).toHaveText(callback);
  await press(page, "後処理終了");
  await expectPhase(page, "idle");
  for (const id of [first, callback]) {
    await expect(records(page, id)).toHaveCount(1);
    await expect(records(page, id)).toHaveAttribute("data-outcome", "answered");
  }
});

test("a callback beside a call whose customer does not answer gives the first call back", async ({ page, sim }) => {
  const agent = { ...AGENT, queues: ["BasicQueue"], voice_capacity: 2 };
  await sim.reset({ agents: [agent], queues: [{ name: "BasicQueue", number: "+81312340001" }], quick_connects: [] });
  await openDesk(page);
  const first = await talk(page, sim);
  const callback = await sim.wantCallback();
  await choose(page, SECOND);
  await press(page, "応答");
  await expectPhase(page, "dialing");
  await sim.customer(callback, "no-answer");
  await expect(contactId(page)).toHaveText(first);
  await expectPhase(page, "hold");
  await press(page, "保留解除");
  await expectPhase(page, "connected");
  await finish(page);
  await expect(contactId(page)).toHaveText(callback);
  await expectPhase(page, "failed");
  await press(page, "後処理終了");
  await expect(records(page, callback)).toHaveAttribute("data-outcome", "failed");
  await expect(records(page, first)).toHaveAttribute("data-outcome", "answered");
});

test("a double click on Hang up ends one call, not the next one too", async ({ desk, sim }) => {
  const first = await talk(desk, sim);
  const second = await sim.ring({ from: "+81312345678", agent: AGENT.login, force: true });
  await choose(desk, SECOND);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await button(desk, "切断").hover();
  await desk.mouse.down();
  await desk.mouse.up();
  await expect(contactId(desk)).toHaveText(first);
  // The second half of it, when the button is for the other call already.
  await desk.mouse.down({ clickCount: 2 });
  await desk.mouse.up({ clickCount: 2 });
  await press(desk, "保留解除");
  await expectPhase(desk, "connected");
  expect(await sim.requests("destroyConnection")).toMatchObject([{ params: { contactId: second } }]);
  // A press of its own is one.
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
});
