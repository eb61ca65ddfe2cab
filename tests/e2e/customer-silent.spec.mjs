// Where the identity provider may be framed, the desk asks it unseen.

import { SIGN_IN, keepAnswers, parts, signInForCustomers as signIn } from "./customers.mjs";
import { button, expect, openDesk, test } from "./desk.mjs";
import { AGENT } from "./sim.mjs";

test.use({ customers: true, settings: { customer: { silentFrame: true } } });

test.beforeEach(({ context }) => context.addInitScript(keepAnswers));

test("nobody signs in twice: a page that is loaded anew asks unseen", async ({ page, sim }) => {
  await sim.control("identity", { framing: true });
  await openDesk(page);
  await expect(page.getByText("顧客データを見るには")).toBeVisible();
  await signIn(page);
  await page.reload();
  await expect(page.getByTestId("agent-name")).toHaveText(AGENT.name);
  await expect(button(page, SIGN_IN)).toHaveCount(0);
  expect(page.context().pages()).toHaveLength(1);
  await sim.ring();
  await expect.poll(() => parts(page)).toContain("end");
  // The frame has gone; the softphone's is there.
  expect(page.frames()).toHaveLength(2);
});
