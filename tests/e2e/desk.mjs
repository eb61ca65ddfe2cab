// What every journey has: a simulator of its worker, a browser whose troubles are counted, and a
// desk that is open.

import AxeBuilder from "@axe-core/playwright";
import { test as base, expect } from "@playwright/test";
import { AGENT, Sim } from "./sim.mjs";

export { expect };

/** The clipboard; and what an agent's browser allows besides, for with any of these granted the rest is denied. */
export const PERMISSIONS = ["clipboard-read", "clipboard-write", "microphone", "notifications"];

/** In every frame, before its own scripts: puts on the console what a browser need not put there. */
export function reportViolations() {
  addEventListener("securitypolicyviolation", (event) => {
    console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI}`);
  });
}

/** What went wrong in a browser, against what the journey said would. */
class Troubles {
  #seen = [];
  #named = [];
  #warnings = [];

  async watch(context) {
    await context.addInitScript(reportViolations);
    // Rejected promises that nobody handles are among them.
    context.on("weberror", (error) => this.#seen.push(`weberror: ${error.error()}`));
    context.on("console", (message) => {
      const { url } = message.location();
      if (message.type() === "error") this.#seen.push(`console: ${message.text()} (${url})`);
      if (message.type() === "warning") this.#warnings.push(message.text());
    });
  }

  /** Names a trouble that this journey causes. It must then occur. */
  name(...patterns) {
    this.#named.push(...patterns);
  }

  /** The console's warnings that match. */
  warnings(pattern) {
    return this.#warnings.filter((text) => pattern.test(text));
  }

  check() {
    const unnamed = this.#seen.filter((text) => !this.#named.some((pattern) => pattern.test(text)));
    expect(unnamed, "troubles that this journey did not name").toEqual([]);
    const missing = this.#named.filter((pattern) => !this.#seen.some((text) => pattern.test(text)));
    expect(missing, "troubles that were named and did not occur").toEqual([]);
  }
}

export const test = base.extend({
  /** Whether a worker's world has customers, `test.use({ customers: true })`: the shop and the proxy, "lambda" for the one of the deployment. */
  customers: [false, { option: true, scope: "worker" }],

  /** `settings` of the configuration. */
  settings: [{}, { option: true, scope: "worker" }],

  sim: [
    async ({ customers, settings }, use) => {
      const sim = await Sim.start({ customers, settings });
      await use(sim);
      await sim.stop();
    },
    // A shop takes a while to open on a busy machine, which is no part of the first journey.
    { scope: "worker", timeout: 180_000 },
  ],

  baseURL: async ({ sim }, use) => {
    await use(sim.desk);
  },

  troubles: [
    async ({ context, sim }, use) => {
      await sim.reset();
      const troubles = new Troubles();
      await troubles.watch(context);
      await use(troubles);
      troubles.check();
    },
    { auto: true },
  ],

  /** A page with the desk of an agent who is available. */
  desk: async ({ page }, use) => {
    await openDesk(page);
    await use(page);
  },
});

/** Opens the desk and waits until the agent can work. */
export async function openDesk(page, address = "/") {
  await page.goto(address);
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  await expectState(page, "Available");
  await expect(page.locator(".state-menu select")).toBeEnabled();
}

/** A button of the desk, by its whole name. */
export function button(page, name) {
  return page.getByRole("button", { name, exact: true });
}

export async function press(page, name) {
  await button(page, name).click();
}

export async function expectPhase(page, phase) {
  await expect(page.getByTestId("call-phase")).toHaveAttribute("data-phase", phase);
}

/** The agent's state, by its raw name. */
export async function expectState(page, state) {
  await expect(page.getByTestId("agent-state")).toHaveAttribute("data-state", state);
}

/** One of the three times: `connecting`, `connected`, `ended`. */
export async function expectTime(page, which, instant) {
  await expect(page.getByTestId(`${which}-time`)).toHaveAttribute("datetime", instant);
}

/** Finished offers of a contact, newest first. */
export function records(page, contact) {
  return page.getByTestId("call-log").locator(`[data-testid="call-record"][data-contact-id="${contact}"]`);
}

/** The softphone's own page, inside the desk. */
export function softphone(page) {
  return page.frames().find((frame) => frame.url().includes("/ccp-v2/"));
}

/** Presses *Sign in* and signs in where it leads. */
export async function signIn(page, name = "サインイン") {
  const opened = page.context().waitForEvent("page");
  await press(page, name);
  const window = await opened;
  await window.getByRole("textbox", { name: "ユーザー名" }).fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  const closed = window.waitForEvent("close");
  await window.getByRole("button", { name: "サインイン" }).click();
  await closed;
}

/** In every frame: the wall clock of a PC that is wrong by `pcClockOff` milliseconds. */
export function wrongClock(off) {
  globalThis.pcClockOff = off;
  const now = () => RealDate.now() + globalThis.pcClockOff;
  const RealDate = Date;
  globalThis.Date = new Proxy(RealDate, {
    construct: (target, given, as) => Reflect.construct(target, given.length > 0 ? given : [now()], as),
    apply: () => new RealDate(now()).toString(),
    get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
  });
}

/** No fault that axe can find, in either colour scheme. */
export async function expectAccessible(page) {
  for (const colorScheme of ["light", "dark"]) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page })
      .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
      .analyze();
    const found = violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${colorScheme} ${id} ${target.join(" ")}: ${failureSummary}`));
    expect(found).toEqual([]);
  }
}

/** The cells of the record, as *Copy record* puts them on the clipboard. */
export async function copiedRecord(page) {
  await page.context().grantPermissions(PERMISSIONS);
  await press(page, "記録をコピー");
  await expect(page.getByText("コピーしました")).toBeVisible();
  return (await page.evaluate(() => navigator.clipboard.readText())).split("\t");
}

/** A moment as a sheet in Tokyo reads it: local ISO text with its offset. */
export function tokyo(instant) {
  const east = 9 * 3_600_000;
  return new Date(Date.parse(instant) + east).toISOString().replace("Z", "+09:00");
}
