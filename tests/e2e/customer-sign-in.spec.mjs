// Customer data takes a token of the identity provider's: how an agent gets one, keeps it, and loses
// it; and that nobody else does.

import { SIGN_IN, fillIn, keepAnswers, openProvider, parts, signInForCustomers as signIn } from "./customers.mjs";
import { button, expect, expectPhase, openDesk, press, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

test.use({ customers: true });

test.beforeEach(({ context }) => context.addInitScript(keepAnswers));

/** What the desk asks the proxy from now on: path, status, token. */
function watchProxy(page) {
  const asked = [];
  page.on("response", async (response) => {
    const request = response.request();
    const { pathname } = new URL(request.url());
    if (!pathname.startsWith("/api/")) return;
    asked.push({ pathname, status: response.status(), token: request.headers()["x-agent-token"], body: request.postData() });
  });
  return asked;
}

const statuses = (asked) => asked.map(({ status }) => status);

/** How often the provider's token endpoint was asked. */
async function tokenRequests(sim) {
  const { counts } = await sim.control("identity");
  return counts["/token"] ?? 0;
}

test("one press signs in, and who is calling is asked at once", async ({ desk, sim, baseURL }) => {
  const asked = watchProxy(desk);
  const navigations = [];
  desk.on("framenavigated", (frame) => frame === desk.mainFrame() && navigations.push(frame.url()));
  const contact_id = await sim.ring();
  await expectPhase(desk, "ringing");
  await expect(desk.getByText("顧客データを見るにはサインインしてください")).toBeVisible();
  expect(asked).toEqual([]);
  await signIn(desk);
  await expect.poll(() => parts(desk)).toEqual(["contact", "profiles", "end"]);
  expect(JSON.parse(asked[0].body)).toEqual({ contact_id });
  // The call has felt nothing of it.
  expect(navigations).toEqual([]);
  expect(desk.url()).toBe(new URL("/", baseURL).href);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
});

test("what the provider gives is in memory alone", async ({ desk, sim }) => {
  const secrets = [];
  desk.on("response", async (response) => {
    if (!response.url().endsWith("/token")) return;
    const { access_token, refresh_token, id_token } = await response.json();
    secrets.push(access_token, refresh_token, id_token);
  });
  desk.context().on("request", (request) => {
    const { searchParams } = new URL(request.url());
    for (const name of ["code", "state"]) if (searchParams.has(name)) secrets.push(searchParams.get(name));
    const verifier = new URLSearchParams(request.postData() ?? "").get("code_verifier");
    if (verifier) secrets.push(verifier);
  });
  const window = await openProvider(desk);
  const kept = (page) => page.evaluate(async () => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, await indexedDB.databases(), await caches.keys()]));
  await fillIn(window);
  await expect(button(desk, SIGN_IN)).toHaveCount(0);
  await sim.ring();
  await expect.poll(() => parts(desk)).toContain("end");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  const download = desk.waitForEvent("download");
  await press(desk, "障害記録を保存");
  const stream = await (await download).createReadStream();
  const file = (await stream.toArray()).join("");
  const places = [file, await kept(desk), await desk.content()];
  expect(secrets.length).toBeGreaterThanOrEqual(6);
  for (const secret of secrets) {
    for (const place of places) expect(place).not.toContain(secret);
  }
});

test("a pop-up that the browser blocks is explained", async ({ page }) => {
  await page.addInitScript(() => {
    window.open = () => null;
  });
  await openDesk(page);
  await press(page, SIGN_IN);
  await expect(page.getByText("ポップアップを許可")).toBeVisible();
  await expect(button(page, SIGN_IN)).toBeVisible();
});

test("a pop-up that the agent closes leaves the button, which opens another", async ({ desk }) => {
  const window = await openProvider(desk);
  await expect(desk.getByText("開いたウィンドウでサインイン")).toBeVisible();
  await window.close();
  await expect(desk.getByText("顧客データを見るには")).toBeVisible();
  await signIn(desk);
});

test("a second press finds the pop-up that is open", async ({ desk }) => {
  await openProvider(desk);
  await press(desk, SIGN_IN);
  expect(desk.context().pages()).toHaveLength(2);
});

test("a provider that refuses is quoted", async ({ desk, sim }) => {
  await desk.context().route("**/authorize?*", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const answer = new URLSearchParams({ error: "access_denied", state: asked.get("state"), iss: sim.identity });
    return route.fulfill({ status: 303, headers: { location: `${asked.get("redirect_uri")}?${answer}` } });
  });
  await press(desk, SIGN_IN);
  await expect(desk.getByText("access_denied")).toBeVisible();
  await expect(button(desk, SIGN_IN)).toBeVisible();
  expect(await tokenRequests(sim)).toBe(0);
});

test("an answer in another provider's name is none", async ({ desk, sim }) => {
  await desk.context().route("**/authorize?*", (route) => {
    const asked = new URL(route.request().url()).searchParams;
    const answer = new URLSearchParams({ code: "x", state: asked.get("state"), iss: "https://id.example.com" });
    return route.fulfill({ status: 303, headers: { location: `${asked.get("redirect_uri")}?${answer}` } });
  });
  await press(desk, SIGN_IN);
  await expect(desk.getByText("サインインの画面を開けませんでした")).toBeVisible();
  expect(await tokenRequests(sim)).toBe(0);
});

test("a provider that cannot be reached is said, and the next press finds it", async ({ desk, sim, troubles }) => {
  await sim.control("identity", { down: true });
  await desk.reload();
  await expect(desk.getByTestId("agent-name")).toHaveText(AGENT.name);
  await press(desk, SIGN_IN);
  await expect(desk.getByText("サインインの画面を開けませんでした")).toBeVisible();
  await sim.control("identity", { down: false });
  await signIn(desk);
  troubles.name(/openid-configuration/);
});

test("nobody signs in who does not know the state, or comes from elsewhere", async ({ desk, sim }) => {
  const provider = await openProvider(desk);
  const state = new URL(provider.url()).searchParams.get("state");
  const answer = (of) => `?${new URLSearchParams({ code: "forged", state: of, iss: sim.identity })}`;
  // Another page of this origin, which guesses.
  const other = await desk.context().newPage();
  await other.goto("/signin.html");
  await other.evaluate((data) => new BroadcastChannel("desk.sign-in").postMessage(data), answer("guessed"));
  // The page itself, and a page of the provider's that knows it.
  await desk.evaluate((data) => window.postMessage(data, location.origin), answer(state));
  await provider.evaluate(([data, origin]) => window.opener.postMessage(data, origin), [answer(state), new URL(desk.url()).origin]);
  await other.close();
  await fillIn(provider);
  await expect(button(desk, SIGN_IN)).toHaveCount(0);
  expect(await tokenRequests(sim)).toBe(1);
});

test("a code that comes a second time is not asked about", async ({ desk, sim, troubles }) => {
  let answer = "";
  desk.context().on("request", (request) => {
    const { pathname, search } = new URL(request.url());
    if (pathname === "/signin.html") answer = search;
  });
  await signIn(desk);
  expect(answer).toContain("code=");
  const other = await desk.context().newPage();
  await other.goto("/signin.html");
  await other.evaluate((data) => new BroadcastChannel("desk.sign-in").postMessage(data), answer);
  await other.close();
  // What the desk asks the provider next is what it asks by itself.
  await sim.advance(400);
  const renewed = desk.waitForResponse("**/token");
  await sim.ring();
  expect((await renewed).status()).toBe(200);
  expect(await tokenRequests(sim)).toBe(2);
  troubles.name(/401/);
});

test("a provider's page that cuts the pop-up off is answered all the same", async ({ desk }) => {
  await desk.context().route("**/authorize?*", async (route) => {
    const response = await route.fetch();
    return route.fulfill({ response, headers: { ...response.headers(), "cross-origin-opener-policy": "same-origin" } });
  });
  const opened = desk.context().waitForEvent("page");
  await press(desk, SIGN_IN);
  const window = await opened;
  await window.getByLabel("ユーザー名").fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  await window.getByRole("button").click();
  await expect(button(desk, SIGN_IN)).toHaveCount(0);
});

test("a token that has expired in mid-shift is renewed unseen", async ({ desk, sim, troubles }) => {
  await signIn(desk);
  const asked = watchProxy(desk);
  await sim.advance(400);
  const whole = desk.waitForResponse((response) => response.url().endsWith("/api/screen-pop") && response.ok());
  await sim.ring();
  await whole;
  expect(statuses(asked)).toEqual([401, 200]);
  expect(asked[0].token).not.toBe(asked[1].token);
  expect(asked[0].body).toBe(asked[1].body);
  await expect(button(desk, SIGN_IN)).toHaveCount(0);
  expect(desk.context().pages()).toHaveLength(1);
  troubles.name(/401/);
});

test("a renewal that is refused leaves one button, and the call alone", async ({ desk, sim, troubles }) => {
  await signIn(desk);
  await sim.control("identity/sign-out", { login: AGENT.login });
  await sim.advance(400);
  const asked = watchProxy(desk);
  await sim.ring();
  await expect(button(desk, SIGN_IN)).toHaveCount(1);
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  expect(statuses(asked)).toEqual([401]);
  const whole = desk.waitForResponse((response) => response.url().endsWith("/api/screen-pop") && response.ok());
  await signIn(desk);
  await whole;
  await expectPhase(desk, "connected");
  troubles.name(/401/, /400/);
});

test("a token that nobody believes is not renewed for ever", async ({ desk, sim, troubles }) => {
  await signIn(desk);
  await desk.route("**/api/*", (route) => route.fulfill({ status: 401, contentType: "application/json", body: '{"error":{"code":"unauthenticated"}}' }));
  const asked = watchProxy(desk);
  await sim.ring();
  await expect(button(desk, SIGN_IN)).toBeVisible();
  expect(statuses(asked)).toEqual([401, 401]);
  troubles.name(/401/);
});

test("signing out forgets the token, and ends the session with the provider", async ({ desk, sim }) => {
  await signIn(desk);
  const ended = desk.waitForRequest(`${sim.identity}/logout`);
  await press(desk, "サインアウト");
  const request = await ended;
  expect(new URLSearchParams(request.postData()).get("client_id")).toBe("agent-desk");
  expect(request.url()).not.toContain("token");
  await expect.poll(async () => (await sim.control("identity")).counts["/logout"]).toBe(1);
});
