// How journeys come to customer data: the agent signs in for it, and the proxy answers.

import { button, expect, press } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

/** The button's name. */
export const SIGN_IN = "サインイン";

/** Presses the button; gives the window that it opens. */
export async function openProvider(page) {
  const opened = page.context().waitForEvent("page");
  await press(page, SIGN_IN);
  const window = await opened;
  await expect(window.getByLabel("ユーザー名")).toBeVisible();
  return window;
}

/** Signs in where the window is. */
export async function fillIn(window) {
  await window.getByLabel("ユーザー名").fill(AGENT.login);
  await window.getByLabel("パスワード").fill(AGENT.password);
  const closed = window.waitForEvent("close");
  await window.getByRole("button").click();
  await closed;
}

/** Signs in for customers. */
export async function signInForCustomers(page) {
  await fillIn(await openProvider(page));
  await expect(button(page, SIGN_IN)).toHaveCount(0);
}

/** In a page: the proxy's whole answers. (Of one that is read as a stream a browser keeps nothing.) */
export function keepAnswers() {
  globalThis.proxyAnswers = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (...request) => {
    const answer = await fetch(...request);
    if (String(request[0]).startsWith("/api/")) {
      const text = answer.clone().text();
      text.then((text) => globalThis.proxyAnswers.push(text));
    }
    return answer;
  };
}

/** The parts of the last whole answer. */
export function parts(page) {
  return page.evaluate(() => globalThis.proxyAnswers.at(-1)?.trim().split("\n").map((line) => JSON.parse(line).part));
}
