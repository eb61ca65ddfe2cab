// Who is calling and what they have ordered, while it rings: with the shop of the simulator behind the
// proxy.

import { signInForCustomers as signIn } from "./customers.mjs";
import { button, expect, expectPhase, openDesk, press, test } from "./desk.mjs";

test.use({ customers: true });

/** Customers of the shop who are known for something. */
const ORDINARY = "+819000000001";
const FAMILY = "+819000000002";
const WHOLESALE = "+819000000005";
const STRANGE = "+819000000012";

const customer = (page) => page.locator(".customer");
const orders = (page) => page.getByTestId("order");

/** What moved by itself since, as the browser counts it (Layout Instability). */
async function watchShifts(page) {
  await page.evaluate(() => {
    globalThis.shifts = [];
    new PerformanceObserver((list) => {
      for (const shift of list.getEntries()) if (!shift.hadRecentInput) globalThis.shifts.push(shift.sources.map(({ node }) => node?.className ?? node?.nodeName));
    }).observe({ type: "layout-shift" });
  });
  return () => page.evaluate(() => globalThis.shifts);
}

test("who is calling and what they bought is painted while it rings, with one request", async ({ desk, sim }) => {
  await signIn(desk);
  const asked = [];
  desk.on("request", (request) => new URL(request.url()).pathname.startsWith("/api/") && asked.push(new URL(request.url()).pathname));
  const linked = desk.waitForResponse((response) => response.url().endsWith("/api/link"));
  const contact = await sim.ring({ from: ORDINARY });
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await expect(customer(desk)).toContainText("様");
  await expect(customer(desk)).toContainText("ミホン ハナコ");
  // Said once to those who listen, and shown once.
  const said = desk.locator(".who [role=status]");
  await expect(said).toHaveText("見本 花子 様");
  expect((await said.boundingBox()).height).toBe(1);
  await expect(customer(desk)).toContainText("照合項目: 電話番号");
  await expect(orders(desk)).toHaveCount(7);
  const days = await desk.locator(".order-list time").allTextContents();
  expect(days).toEqual([...days].sort().reverse());
  await expect(desk.locator(".likely")).toContainText("配達されたばかりです");
  await expect(desk.locator(".orders [role=status]")).toHaveText("購入合計 ￥101,931 (7)");
  await expect(desk.locator(".picture td")).toHaveCount(24);
  await expectPhase(desk, "ringing");
  const marks = await desk.evaluate(() => performance.getEntriesByType("mark").map(({ name }) => name));
  expect(marks).toEqual(expect.arrayContaining([`desk:ring:${contact}`, `desk:pop:${contact}`, `desk:orders:${contact}`]));
  expect((await linked).ok()).toBe(true);
  expect(asked).toEqual(["/api/screen-pop", "/api/link"]);
});

test("nothing moves from ring to wrap-up, and nothing takes the focus", async ({ desk, sim }) => {
  await signIn(desk);
  const shifts = await watchShifts(desk);
  const field = desk.getByRole("textbox", { name: "電話番号" });
  await field.focus();
  await sim.ring({ from: WHOLESALE });
  await expect(desk.locator(".orders [role=status]")).toContainText("購入合計");
  await expect(field).toBeFocused();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await expect(desk.getByTestId("customer-name")).toBeVisible();
  expect(await shifts()).toEqual([]);
});

test("nothing moves when it turns out that it may be several", async ({ desk, sim }) => {
  await signIn(desk);
  const shifts = await watchShifts(desk);
  await sim.ring({ from: FAMILY });
  await expect(button(desk, "この方です").nth(1)).toBeVisible();
  // The choice has been painted, and what it moved has been told, when the next frame is.
  await desk.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve))));
  expect(await shifts()).toEqual([]);
});

test("an order that is opened tells its lines, amounts and parcel", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.ring({ from: ORDINARY });
  const order = orders(desk).first();
  await order.locator("summary").click();
  for (const fact of ["例の湯のみ", "￥2,750 × 1", "小計", "送料", "￥800", "税", "￥275", "配送先"]) await expect(order).toContainText(fact);
  await expect(order.locator("[data-status=delivered]")).toHaveText("配達完了");
  // Pages of the shop carry a key: they open without telling where from, and are nowhere in the page.
  expect(await desk.content()).not.toMatch(/authenticate|[?&]key=/);
});

test("an order that is open stays so when more orders come and take their places", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.control("aws/troubles", { operation: "ListProfileObjects", count: null, fault: { delay: { ms: 700 } } });
  await sim.ring({ from: WHOLESALE });
  const says = desk.locator(".orders [role=status]");
  const name = await desk.locator(".order-name").nth(2).textContent();
  const order = orders(desk).filter({ has: desk.getByText(name, { exact: true }) });
  await order.locator("summary").click();
  await expect(order).toContainText("小計");
  expect(await says.textContent()).not.toContain("購入合計");
  await expect(says).toContainText("購入合計");
  await desk.getByRole("searchbox", { name: "注文を絞り込む" }).fill(name);
  await expect(order).toContainText("小計");
});

test("of several the agent chooses, and may choose again; nobody is tied before", async ({ desk, sim }) => {
  await signIn(desk);
  const linked = [];
  desk.on("request", (request) => request.url().endsWith("/api/link") && linked.push(request.postDataJSON().profile));
  await sim.ring({ from: FAMILY });
  const choices = button(desk, "この方です");
  await expect(choices.nth(1)).toBeVisible();
  await expect(desk.getByTestId("customer-name")).toHaveCount(0);
  expect(linked).toEqual([]);
  await choices.first().click();
  await expect(desk.getByTestId("customer-name")).toBeVisible();
  await expect.poll(() => linked.length).toBe(1);
  await press(desk, "選び直す");
  await expect(desk.getByTestId("customer-name")).toHaveCount(0);
  await choices.last().click();
  await expect.poll(() => new Set(linked).size).toBe(2);
});

test("a withheld number leaves a search, which one key reaches and the keyboard alone works", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.ring({ from: null });
  await expect(customer(desk)).toContainText("番号非通知のため");
  await desk.locator("body").press("F2");
  await desk.keyboard.type("見本 花子");
  await desk.keyboard.press("Enter");
  const found = desk.locator(".found");
  await expect(found).toContainText("見本 花子");
  await expect(desk.locator(".customer-search select")).toHaveValue("お名前");
  await desk.keyboard.press("Tab");
  await desk.keyboard.press("Tab");
  await desk.keyboard.press("Enter");
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await expect(found).toBeEmpty();
  await expectPhase(desk, "ringing");
});

test("a thousand orders are made as they are scrolled to, and searched at once", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.ring({ from: WHOLESALE });
  await expect(desk.locator(".orders [role=status]")).toContainText("(975)");
  await expect(orders(desk)).toHaveCount(10);
  const list = desk.getByTestId("order-list");
  await list.evaluate((list) => list.scrollTo(0, list.scrollHeight));
  await expect(orders(desk)).toHaveCount(20);
  const name = await desk.locator(".order-name").nth(15).textContent();
  await desk.getByRole("searchbox", { name: "注文を絞り込む" }).fill(name);
  await expect(desk.locator(".order-name").filter({ hasText: name }).first()).toBeVisible();
  expect(await orders(desk).count()).toBeLessThan(10);
  await desk.getByRole("searchbox", { name: "注文を絞り込む" }).fill("そんなものはない");
  await expect(orders(desk)).toHaveCount(0);
});

test("what a shop writes wrongly is shown as it is, and never as markup", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.ring({ from: STRANGE });
  await expect(desk.locator(".orders [role=status]")).toContainText("合計に含まない注文");
  const count = await orders(desk).count();
  for (let order = 0; order < count; order += 1) await orders(desk).nth(order).locator("summary").click();
  await expect(customer(desk).locator("img, script, iframe")).toHaveCount(0);
  const list = desk.getByTestId("order-list");
  // Words of nobody's list, a currency that is none, more decimals than there are, a number without end.
  for (const words of ["half_paid", "KWD"]) await expect(customer(desk)).toContainText(words);
  await expect(list).not.toContainText("NaN");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
});

test("nothing of a customer stays when the wrap-up is over", async ({ desk, sim }) => {
  await signIn(desk);
  const contact = await sim.ring({ from: ORDINARY });
  await expect(orders(desk)).toHaveCount(7);
  await desk.locator("body").press("F2");
  await desk.keyboard.type("見本 花子");
  await desk.keyboard.press("Enter");
  await expect(desk.locator(".found")).toContainText("見本 花子");
  await orders(desk).first().locator("summary").click();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(desk.getByTestId("customer-name")).toHaveCount(0);
  const everything = await desk.evaluate(() => {
    // What is not written yet is when the page goes.
    window.dispatchEvent(new Event("pagehide"));
    const typed = [...document.querySelectorAll("input")].map(({ value }) => value);
    return document.documentElement.outerHTML + JSON.stringify([{ ...localStorage }, { ...sessionStorage }, typed]);
  });
  expect(everything).toContain(contact);
  for (const personal of ["見本", "ハナコ", "notable.1@example.com", "湯のみ", "101,931"]) expect(everything).not.toContain(personal);
});

test("who calls again within the hour is there before anybody is asked", async ({ desk, sim }) => {
  await signIn(desk);
  for (const again of [false, true]) {
    if (again) await desk.route("**/api/*", () => {});
    await sim.ring({ from: ORDINARY });
    await expect(orders(desk)).toHaveCount(7);
    if (again) break;
    await press(desk, "応答");
    await expectPhase(desk, "connected");
    await press(desk, "切断");
    await press(desk, "後処理終了");
    await expectPhase(desk, "idle");
    await expect(desk.getByTestId("customer-name")).toHaveCount(0);
  }
  await expect(customer(desk)).toContainText("前回の情報です");
});

test("a proxy that does not answer leaves the call alone, and is asked again", async ({ desk, sim, troubles }) => {
  await signIn(desk);
  await desk.route("**/api/*", (route) => route.abort());
  await sim.ring({ from: ORDINARY });
  await expect(customer(desk)).toContainText("顧客データに接続できません");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await desk.unroute("**/api/*");
  await press(desk, "もう一度");
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await expectPhase(desk, "connected");
  troubles.name(/Failed to load resource/);
});

test("a number of the customer's is dialled and copied from their card", async ({ desk, sim, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await signIn(desk);
  await desk.locator("body").press("F2");
  await desk.keyboard.type("090-0000-0001");
  await desk.keyboard.press("Enter");
  await press(desk, "開く");
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await desk.locator(".card").getByRole("button", { name: "コピー" }).first().click();
  expect(await desk.evaluate(() => navigator.clipboard.readText())).toBe(ORDINARY);
  await desk.locator(".card").getByRole("button", { name: "発信 090-0000-0001" }).click();
  await expectPhase(desk, "dialing");
  const { agents } = await sim.book();
  expect(JSON.stringify(agents)).toContain(ORDINARY);
});
