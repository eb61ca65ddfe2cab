// The incident file: what the desk and the softphone have said to each other, without anybody's data.

import { savedFile } from "./incident/file.mjs";
import { markers, planted } from "./incident/marker.mjs";
import { Recorder } from "./incident/recorder.mjs";
import { readTrace, traceNames } from "./conformance/trace.mjs";
import { button, expect, expectAccessible, expectPhase, openDesk, press, softphone, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

const CALLER = "+819012345678";
const ATTRIBUTES = { 会員番号: "M-4711", plan: "gold" };

/** In every frame, before its scripts: keeps what it is told, as it came. */
function keepMessages() {
  const plain = (value) => {
    if (value instanceof Date) return { $date: value.toISOString() };
    if (Array.isArray(value)) return value.map(plain);
    if (value === null || typeof value !== "object") return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, plain(inner)]));
  };
  window.told = [];
  addEventListener("message", ({ data }) => data?.event && window.told.push(plain(data)), true);
}

test("no text of any message is found in the file, wherever it stood", async ({ page, sim }) => {
  const heard = [];
  const told = [];
  for (const trace of traceNames().map(readTrace)) {
    heard.push(...trace.simSent);
    told.push(...trace.simReceived);
  }
  // And what the simulator says and is told in calls of every shape.
  const desk = await page.context().newPage();
  await desk.addInitScript(keepMessages);
  await openDesk(desk);
  for (const call of [{ from: CALLER }, { from: null }, { from: "sip:taro@shop.example" }, { channel: "chat", from: "鈴木" }, { channel: "task", from: "返品の確認" }]) {
    const id = await sim.ring({ queue: "返品・交換", attributes: ATTRIBUTES, agent: AGENT.login, force: true, ...call });
    await expect.poll(() => desk.evaluate((id) => JSON.stringify(window.told).includes(id), id)).toBe(true);
  }
  heard.push(...(await desk.evaluate(() => window.told)));
  told.push(...(await softphone(desk).evaluate(() => window.told)));
  await desk.close();

  const { next, found, given } = markers();
  const recorder = await Recorder.open(page);
  const files = [];
  for (const [say, messages] of [["hear", planted(heard, next)], ["tell", planted(told, next)]]) {
    // The file keeps the newest: so many at a time that none has to go.
    for (let at = 0; at < messages.length; at += 500) {
      await recorder[say](messages.slice(at, at + 500));
      files.push(await recorder.file());
    }
  }
  expect(given.length).toBeGreaterThan(1_000);
  const text = files.join("");
  expect(text).toContain('"event":"agent::update"');
  expect(found(text)).toEqual([]);
});

/** `agent::update` with this snapshot and configuration. */
const update = (snapshot = {}, configuration = { extension: "" }) => ({ event: "agent::update", data: { snapshot: { contacts: [], ...snapshot }, configuration } });
const contact = (id) => ({ event: "contact::view", data: { contactId: id } });

test("a member that is not listed goes with its name, also one that every object has", async ({ page }) => {
  const recorder = await Recorder.open(page);
  const contacts = [{ contactId: "c", constructor: "x", toString: 1, hasOwnProperty: true, dob: "1990-01-01T00:00:00.000Z", attributes: { contactId: { value: "x" } } }];
  await recorder.hear([update({ contacts })]);
  const [{ data }] = await recorder.messages();
  expect(data.snapshot).toEqual({ contacts: [{ contactId: "contact-1", attributes: {} }] });
});

test("an id has one pseudonym wherever it stands, also in the name of an event", async ({ page }) => {
  const recorder = await Recorder.open(page);
  await recorder.hear([contact("a"), contact("b"), { event: "contact::accepted::a", data: { contactId: "a" } }]);
  await recorder.tell([{ event: "api_request", data: { method: "acceptContact", requestId: "r", params: { contactId: "b" } } }]);
  const messages = await recorder.messages();
  expect(messages.map(({ from, event, data }) => [from, event, (data.params ?? data).contactId])).toEqual([
    ["ccp", "contact::view", "contact-1"],
    ["ccp", "contact::view", "contact-2"],
    ["ccp", "contact::accepted::contact-1", "contact-1"],
    ["page", "api_request", "contact-2"],
  ]);
});

test("a date, the text of a date and a number are told apart, and a refusal keeps its kind", async ({ page }) => {
  const recorder = await Recorder.open(page);
  const at = "2026-01-05T00:00:00.000Z";
  const err = JSON.stringify({ type: "BadEndpointException", message: "+819012345678", statusCode: 400 });
  await recorder.hear([update({ snapshotTimestamp: { $date: at }, state: { timestamp: at, startTimestamp: 5, type: "routable" } }), { event: "api_response", data: { requestId: "r", err } }]);
  const [{ data: { snapshot } }, { data }] = await recorder.messages();
  expect(snapshot).toEqual({ contacts: [], snapshotTimestamp: { $date: at }, state: { timestamp: at, startTimestamp: "[number]", type: "routable" } });
  expect(data).toEqual({ requestId: "request-1", err: JSON.stringify({ type: "BadEndpointException", statusCode: 400 }) });
});

test("of an event that is not listed the file says that there was one; what the library says of itself is left out", async ({ page }) => {
  const recorder = await Recorder.open(page);
  await recorder.tell([{ event: "broadcast", data: { event: "log", data: { contactId: "a" } } }, { event: "log", data: {} }]);
  await recorder.hear([{ event: "customer::taro", data: { contactId: "a" } }]);
  const messages = await recorder.messages();
  expect(messages.map(({ at, ...message }) => message)).toEqual([{ from: "ccp", event: "[event]" }]);
});

test("a heartbeat is one line for as long as nothing else is said", async ({ page }) => {
  const recorder = await Recorder.open(page);
  for (const id of ["a", "b"]) {
    await recorder.tell([{ event: "synchronize" }, { event: "synchronize" }]);
    await recorder.hear([{ event: "acknowledge" }, contact(id)]);
  }
  const messages = await recorder.messages();
  expect(messages.map(({ event, asked, answered }) => [event, asked, answered])).toEqual([
    ["heartbeat", 2, 1],
    ["contact::view", undefined, undefined],
    ["heartbeat", 2, 1],
    ["contact::view", undefined, undefined],
  ]);
});

test("each configuration is in the file once", async ({ page }) => {
  const recorder = await Recorder.open(page);
  const [one, other] = [{ softphoneEnabled: true }, { softphoneEnabled: false }];
  await recorder.hear([update({}, one), update({}, other), update({}, one), update({}, null)]);
  const { configurations, messages } = JSON.parse(await recorder.file());
  expect(configurations).toEqual([one, other]);
  expect(messages.map(({ data }) => data.configuration)).toEqual([0, 1, 0, null]);
});

test("a long shift keeps the newest messages, with the greeting and the snapshot that they stand on", async ({ page }) => {
  const recorder = await Recorder.open(page);
  await recorder.hear([{ event: "acknowledge", data: { id: "port" } }, update({}, { softphoneEnabled: true }), update(), contact("first")]);
  await recorder.hear(Array.from({ length: 2_000 }, (_, at) => contact(`c${at}`)));
  const { configurations, messages, missing } = JSON.parse(await recorder.file());
  expect([messages.length, missing]).toEqual([2_002, 2]);
  expect(messages.slice(0, 3).map(({ event }) => event)).toEqual(["acknowledge", "agent::update", "contact::view"]);
  expect(configurations).toEqual([{ extension: "" }]);
  expect(messages.at(-1).data.contactId).toBe("contact-2001");
});

test("what large messages fill is as bounded as what many do", async ({ page }) => {
  const recorder = await Recorder.open(page);
  const contacts = Array.from({ length: 3_000 }, (_, at) => ({ contactId: `c${at}`, state: { type: "connected" } }));
  await recorder.hear(Array.from({ length: 30 }, () => update({ contacts })));
  const text = await recorder.file();
  expect(text.length).toBeLessThan(2_300_000);
  expect(JSON.parse(text).missing).toBeGreaterThan(0);
});

test("what another window says is not recorded, and every message goes its way", async ({ page }) => {
  const recorder = await Recorder.open(page);
  const sent = await page.evaluate(() => {
    window.postMessage({ event: "contact::view", data: { contactId: "stranger" } }, "*");
    const stream = window.connect.core.upstream.upstream;
    const elsewhere = new window.connect.WindowIOStream();
    elsewhere.send({ event: "contact::view", data: { contactId: "elsewhere" } });
    const circle = { event: "contact::view", data: {} };
    circle.data.data = circle.data;
    stream.send(circle);
    return Object.keys(circle);
  });
  expect(sent).toEqual(["event", "data"]);
  await recorder.hear([contact("ours")]);
  const messages = await recorder.messages();
  expect(messages.map(({ from }) => from)).toEqual(["page", "ccp"]);
});

test("after a call the agent's file tells its course, and nothing of the customer", async ({ desk, sim }) => {
  const id = await sim.ring({ from: CALLER, queue: "返品・交換", attributes: ATTRIBUTES });
  await expectPhase(desk, "ringing");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "キーパッド");
  await button(desk, "5").click();
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");

  const { name, text } = await savedFile(desk);
  expect(name).toMatch(/^desk-incident-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.json$/);
  const { format, version, desk: build, library, browser, started, missing, messages } = JSON.parse(text);
  expect({ format, version, missing }).toEqual({ format: "agent-desk-incident", version: 1, missing: 0 });
  expect([build, library, browser]).toEqual([expect.stringMatching(/^\/app-[0-9a-f]+\.wasm$/), expect.stringMatching(/^2\.28/), expect.stringMatching(/^Chrome\/\d+$/)]);
  expect(Date.parse(started)).not.toBeNaN();
  // The recorder hears of the greeting before the library answers to it.
  expect(messages.slice(0, 2).map(({ event }) => event)).toEqual(["acknowledge", "configure"]);
  // The leader claims the ring and the audio first.
  const asked = messages.flatMap(({ data }) => data?.method ?? []);
  expect(asked).toEqual(["becomeMaster", "becomeMaster", "acceptContact", "sendDigits", "destroyConnection", "clearContact"]);
  const states = messages.flatMap(({ data }) => data?.snapshot?.contacts.map(({ state }) => state.type) ?? []);
  expect([...new Set(states)]).toEqual(["connecting", "connected", "ended"]);
  const { agents } = await sim.book();
  for (const secret of [id, CALLER.slice(1), "返品", AGENT.name, AGENT.login, ...Object.entries(ATTRIBUTES).flat(), "arn:", '"5"', ...agents.map((agent) => agent.name)]) {
    expect(text).not.toContain(secret);
  }
});

test("the file can still be had when the desk has panicked", async ({ desk, sim, troubles }) => {
  troubles.name(/a drill/);
  await sim.ring({ from: CALLER });
  await expectPhase(desk, "ringing");
  await desk.evaluate(() => import(document.querySelector("script[data-js]").dataset.js).then(({ panicDrill }) => panicDrill()).catch(() => {}));
  await expect(button(desk, "再読み込み")).toBeVisible();
  const { text } = await savedFile(desk);
  expect(text).toContain('"type":"connecting"');
});

test("a recorder that is blocked takes nothing down with it, and no file is offered", async ({ page, sim, troubles }) => {
  troubles.name(/recorder-.*\.js/);
  await page.route("**/recorder-*.js", (route) => route.abort());
  await openDesk(page);
  await sim.ring();
  await expectPhase(page, "ringing");
  await expect(page.getByRole("button", { name: "障害記録を保存" })).toBeHidden();
  await expect(page.getByText("障害記録を読み込めていません")).toBeVisible();
  await expectAccessible(page);
});

test("a recorder that hangs holds up nothing but the record, and records when it comes", async ({ page, sim }) => {
  let arrive;
  const held = new Promise((resolve) => (arrive = resolve));
  await page.route("**/recorder-*.js", async (route) => {
    await held;
    await route.continue();
  });
  await page.goto("/", { waitUntil: "commit" });
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  const none = page.getByText("障害記録を読み込めていません");
  await expect(none).toBeVisible();
  arrive();
  await expect(none).toBeHidden();
  await sim.ring();
  await press(page, "応答");
  await expectPhase(page, "connected");
  const { missing, messages } = JSON.parse((await savedFile(page)).text);
  expect(missing).toBe(1);
  const acts = messages.flatMap(({ data }) => data?.method ?? []);
  expect(acts).toContain("acceptContact");
  expect(messages.some(({ from, event }) => from === "ccp" && event === "agent::update")).toBe(true);
});
