// The deployment, rehearsed: the site by the template's own paths, headers and caching, and behind /api/
// the proxy as Lambda runs it, with the variables and limits that the template gives it. (What is AWS's
// alone is in infra/README.md, "How it is checked".)

import { createHash } from "node:crypto";

import { signInForCustomers as signIn } from "./customers.mjs";
import { button, expect, expectPhase, press, records, test } from "./desk.mjs";

test.use({ customers: "lambda" });

/** Customers of the shop. */
const ORDINARY = "+819000000001";
const WHOLESALE = "+819000000005";

const customer = (page) => page.locator(".customer");
const orders = (page) => page.getByTestId("order");

test("a call is taken, and who calls is shown, through the function", async ({ desk, sim }) => {
  await signIn(desk);
  const popped = desk.waitForResponse((response) => response.url().endsWith("/api/screen-pop"));
  const linked = desk.waitForResponse((response) => response.url().endsWith("/api/link"));
  const contact = await sim.ring({ from: ORDINARY });
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await expect(orders(desk)).toHaveCount(7);
  await expect(desk.locator(".orders [role=status]")).toHaveText("購入合計 ￥101,931 (7)");
  await expectPhase(desk, "ringing");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expectPhase(desk, "idle");
  await expect(records(desk, contact)).toHaveCount(1);
  const told = (await popped).headers();
  expect([(await popped).status(), told["content-type"]]).toEqual([200, "application/x-ndjson"]);
  // What the distribution adds to every answer, the function's too.
  expect(told).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer" });
  expect((await linked).status()).toBe(200);
});

test("who is looked up while orders stream in has a second environment answer", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.control("aws/troubles", { operation: "ListProfileObjects", count: null, fault: { delay: { ms: 300 } } });
  await sim.ring({ from: WHOLESALE });
  const says = desk.locator(".orders [role=status]");
  await expect(orders(desk).first()).toBeVisible();
  await desk.keyboard.press("F2");
  await desk.keyboard.type("09000000001");
  await desk.keyboard.press("Enter");
  await expect(desk.locator(".found")).toContainText("見本 花子");
  expect(await says.textContent()).not.toContain("購入合計");
  await expect(says).toContainText("(975)");
});

test("what is refused is a refusal, not a page", async ({ request, sim }) => {
  const data = JSON.stringify({ by: "phone", value: "09000000001" });
  const headers = { origin: new URL(sim.desk).origin, "content-type": "application/json" };
  const digest = { "x-amz-content-sha256": createHash("sha256").update(data).digest("hex") };
  const ask = async (path, headers) => {
    const answer = await request.post(path, { headers, data });
    return [answer.status(), answer.headers()["content-type"], (await answer.json()).error?.code];
  };
  // CloudFront signs for the function, and cannot without the body's digest.
  expect(await ask("/api/search", headers)).toEqual([403, "application/json", undefined]);
  expect(await ask("/api/search", { ...headers, ...digest })).toEqual([401, "application/json", "unauthenticated"]);
  expect(await ask("/api/nothing-such", { ...headers, ...digest })).toEqual([404, "application/json", "unknown_operation"]);
});

test("calls go on while the function fails, and it comes back by itself", async ({ desk, sim, troubles }) => {
  troubles.name(/50[0-9]/);
  await signIn(desk);
  await sim.control("aws/troubles", { count: null, fault: "html" });
  await sim.ring({ from: ORDINARY });
  await expect(desk.locator(".who")).toContainText("自動でもう一度試します。");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await sim.control("aws/clear", {});
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子", { timeout: 30_000 });
  await expect(button(desk, "切断")).toBeEnabled();
});
