// `config.json` missing or wrong: a page that says what to mend.

import { expect, expectAccessible, openDesk, test } from "./desk.mjs";
import { CONFIG } from "./sim.mjs";

const TITLE = "設定を読み込めません";

test("no config.json", async ({ page, sim, troubles }) => {
  troubles.name(/Failed to load resource.*404/);
  await sim.control("config", { status: 404, body: "not here" });
  await page.goto("/");
  await expect(page.getByRole("heading", { name: TITLE })).toBeVisible();
  await expect(page.getByRole("alert")).toContainText("config.json がこのサイトにありません");
  await expectAccessible(page);
});

for (const { what, body } of [
  { what: "no JSON", body: "{\"ccp\": " },
  { what: "empty", body: "" },
  { what: "a list", body: "[]" },
]) {
  test(`a config.json that is ${what}`, async ({ page, sim }) => {
    await sim.control("config", { status: 200, body });
    await page.goto("/");
    await expect(page.getByRole("heading", { name: TITLE })).toBeVisible();
    await expect(page.getByRole("alert")).toContainText("JSON として読めません");
  });
}

const AUTH = { issuer: "https://id.example.com/", clientId: "desk", scope: "openid profile", audience: null };
const MISSING = undefined;

for (const [member, wrong] of [
  ["ccp", [MISSING, null, "https://shop.my.connect.aws/ccp-v2/"]],
  ["ccp.url", [MISSING, null, "", "/ccp-v2/", "http://shop.my.connect.aws/ccp-v2/", "javascript:alert(1)"]],
  ["ccp.region", [MISSING, null, 1]],
  ["ccp.loginUrl", [MISSING, "", "javascript:alert(1)"]],
  ["api", [MISSING, "/api"]],
  ["api.url", [MISSING, null]],
  ["auth", [MISSING, "https://id.example.com/"]],
  ["auth.issuer", [MISSING, "id.example.com"]],
  ["auth.clientId", [MISSING, ""]],
  ["auth.scope", [MISSING, ["openid"]]],
  ["auth.audience", [MISSING, 1]],
  ["locale", [MISSING, "fr"]],
  ["country", [MISSING, "Japan"]],
  ["settings", [MISSING, null, []]],
]) {
  test(`a config.json whose ${member} is missing or wrong`, async ({ page, sim }) => {
    for (const value of wrong) {
      const config = structuredClone({ ...CONFIG, api: { url: "/api" }, auth: AUTH });
      const path = member.split(".");
      const last = path.pop();
      path.reduce((object, name) => object[name], config)[last] = value;
      await sim.control("config", { body: config });
      await page.goto("/");
      await expect(page.getByRole("heading", { name: TITLE })).toBeVisible();
      await expect(page.getByRole("alert").locator("code"), `${member} = ${JSON.stringify(value)}`).toHaveText(member);
    }
  });
}

test("a wrong member is named in English, too", async ({ page, sim }) => {
  await sim.control("config", { body: { ...CONFIG, country: "Japan" } });
  await page.goto("/?lang=en");
  await expect(page.getByRole("heading", { name: "The settings cannot be read" })).toBeVisible();
  await expect(page.getByRole("alert").locator("code")).toHaveText("country");
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
});

test("the language is the settings', unless the address asks for another", async ({ page, sim }) => {
  await sim.control("config", { body: { ...CONFIG, locale: "en" } });
  await openDesk(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page.getByTestId("agent-state")).toHaveText("Available");
  await openDesk(page, "/?lang=ja");
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.getByTestId("agent-state")).toHaveText("受付可");
});

test("a label of an attribute that is called locale is no language", async ({ page, sim }) => {
  await sim.control("config", { body: { settings: { labels: { locale: "en" } }, ...CONFIG } });
  await openDesk(page);
  await expect(page.locator("html")).toHaveAttribute("lang", "ja");
  await expect(page.getByTestId("agent-state")).toHaveText("受付可");
});
