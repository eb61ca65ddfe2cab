// What is missing, broken or refused: said in the agent's words, and never at the price of a call.

import { button, expect, expectAccessible, expectPhase, openDesk, press, records, softphone, test } from "./desk.mjs";

const LIBRARY = "**/streams-*.js";
const GLUE = "**/app-*.js";

/** What Chromium writes for a request that fails. */
const NOT_LOADED = /Failed to load resource/;

/** The desk without its library: painted, honest, and with nothing to press that would do nothing. */
async function expectDeskWithoutLibrary(page) {
  await expect(page.getByTestId("notice")).toContainText("Amazon Connect のライブラリを読み込めませんでした");
  await expectPhase(page, "idle");
  await page.getByRole("textbox", { name: "電話番号" }).fill("03-1234-5678");
  await expect(button(page, "発信")).toBeDisabled();
  await expect(page.getByRole("combobox")).toBeDisabled();
  await expectAccessible(page);
}

test("a library that is blocked", async ({ page, troubles }) => {
  troubles.name(NOT_LOADED);
  await page.route(LIBRARY, (route) => route.abort());
  await page.goto("/");
  await expectDeskWithoutLibrary(page);
});

test("a library that somebody has changed is not run", async ({ page, troubles }) => {
  troubles.name(/integrity/);
  await page.route(LIBRARY, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()};window.changed = true` });
  });
  await page.goto("/");
  await expectDeskWithoutLibrary(page);
  expect(await page.evaluate(() => window.changed)).toBeUndefined();
});

for (const { what, blocked } of [
  { what: "glue", blocked: GLUE },
  { what: "wasm", blocked: "**/app-*.wasm" },
]) {
  for (const { lang, title, advice, reload, alone } of [
    { lang: "ja", title: "画面を開始できませんでした", advice: "ソフトフォンが開くまで音声はつながりません", reload: "再読み込み", alone: "ソフトフォンだけを開く" },
    { lang: "en", title: "The desk could not start", advice: "without sound until a softphone is open", reload: "Reload", alone: "Open the softphone alone" },
  ]) {
    test(`${what} that is blocked leaves a page that says so, and two ways out (${lang})`, async ({ page, sim, troubles }) => {
      troubles.name(NOT_LOADED, /the desk could not start/);
      await page.route(blocked, (route) => route.abort());
      await page.goto(`/?lang=${lang}`);
      await expect(page.getByRole("heading", { name: title })).toBeVisible();
      await expect(page.getByRole("alert")).toContainText(advice);
      await expect(page.locator("html")).toHaveAttribute("lang", lang);
      const softphoneAlone = page.getByRole("link", { name: alone });
      await expect(softphoneAlone).toHaveAttribute("href", sim.ccp);
      await expectAccessible(page);
      const opened = page.context().waitForEvent("page");
      await softphoneAlone.click();
      await expect((await opened).getByRole("main")).toBeVisible();
      await (await opened).close();
      await page.unroute(blocked);
      await press(page, reload);
      await expectPhase(page, "idle");
    });
  }
}

for (const { what, config } of [
  { what: "is missing", config: { status: 404, body: "not here" } },
  { what: "names no web address", config: { body: { ccp: { url: "javascript:alert(1)" } } } },
]) {
  test(`when the desk cannot start and config.json ${what}, the administrator is asked`, async ({ page, sim, troubles }) => {
    troubles.name(NOT_LOADED, /the desk could not start/);
    await sim.control("config", config);
    await page.route(GLUE, (route) => route.abort());
    await page.goto("/");
    await expect(page.getByRole("alert")).toContainText("アドレスを管理者に確かめて");
    await expect(page.getByRole("link")).toHaveCount(0);
    await expectAccessible(page);
  });
}

test("glue that somebody has changed is not run", async ({ page, troubles }) => {
  troubles.name(/integrity/, /the desk could not start/);
  await page.route(GLUE, async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()};window.changed = true` });
  });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: "画面を開始できませんでした" })).toBeVisible();
  expect(await page.evaluate(() => window.changed)).toBeUndefined();
});

for (const { lang, title, advice } of [
  { lang: "ja", title: "画面に問題が起きました", advice: "通話はソフトフォンで続いています。通話を終えてから、ページを再読み込みしてください。" },
  { lang: "en", title: "The desk has run into a problem", advice: "Your call goes on in the softphone. Finish it there, then reload the page." },
]) {
  test(`a panic in mid-call costs the desk and not the call (${lang})`, async ({ page, sim, troubles }) => {
    troubles.name(/panicked at .*a drill/s);
    await openDesk(page, `/?lang=${lang}`);
    const id = await sim.ring();
    await button(page, lang === "ja" ? "応答" : "Accept").click();
    await expectPhase(page, "connected");
    const frame = softphone(page);
    await frame.evaluate(() => (window.sameFrame = true));

    await page.evaluate(async () => {
      const { panicDrill } = await import(document.querySelector("script[data-js]").dataset.js);
      try {
        panicDrill();
      } catch {
        // WebAssembly aborts with an exception, which this script is not here for.
      }
    });
    await expect(page.getByRole("heading", { name: title })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText(advice);
    await expect(page.locator("html")).toHaveAttribute("lang", lang);
    await expectAccessible(page);
    expect((await sim.contact(id)).state).toBe("connected");
    expect(await frame.evaluate(() => window.sameFrame)).toBe(true);
    await frame.getByRole("button", { name: "切断", exact: true }).click();
    await expect.poll(async () => (await sim.line(id)).ending).toBe("agent_hung_up");
    expect(frame.isDetached()).toBe(false);

    await button(page, lang === "ja" ? "再読み込み" : "Reload").click();
    await expectPhase(page, "wrap-up");
    await expect(page.getByTestId("contact-id")).toHaveText(id);
  });
}

test("an accept that Connect refuses is said, and the call can be accepted after all", async ({ desk, sim, troubles }) => {
  troubles.name(/Accept Contact failed/);
  await sim.control("faults", { method: "acceptContact", type: "InvalidStateException", message: "no" });
  const id = await sim.ring();
  await press(desk, "応答");
  await expect(desk.getByTestId("notice")).toContainText("応答できませんでした");
  await expectPhase(desk, "ringing");
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await expect(desk.getByTestId("notice")).toHaveCount(0);
  expect((await sim.contact(id)).state).toBe("connected");
});

test("a request that is never answered is given up, and hanging up works meanwhile", async ({ desk, sim }) => {
  await sim.control("faults", { method: "holdConnection" });
  const id = await sim.ring();
  await press(desk, "応答");
  await expectPhase(desk, "connected");
  await press(desk, "保留");
  await expect(button(desk, "保留")).toBeDisabled();
  await expect(button(desk, "切断")).toBeEnabled();
  await expect(desk.getByTestId("notice")).toContainText("保留にできませんでした");
  await press(desk, "保留");
  await expectPhase(desk, "hold");
  await press(desk, "切断");
  await expectPhase(desk, "wrap-up");
  await press(desk, "後処理終了");
  await expect(records(desk, id)).toHaveAttribute("data-outcome", "answered");
});
