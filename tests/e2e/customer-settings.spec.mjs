// What a deployment decides about customers.

import { signInForCustomers as signIn } from "./customers.mjs";
import { expect, press, test } from "./desk.mjs";

test.use({
  customers: true,
  settings: {
    labels: { contact_reason: "ご用件" },
    customer: { masked: true, shipsWithinDays: 1 },
  },
});

test("personal data is shown when the agent asks for it", async ({ desk, sim }) => {
  await signIn(desk);
  await sim.ring({ from: "+819000000001", attributes: { contact_reason: "返品" } });
  await expect(desk.getByTestId("customer-name")).toHaveText("見本 花子");
  await expect(desk.getByTestId("order")).toHaveCount(7);
  await expect(desk.locator(".card")).not.toContainText("notable.1@example.com");
  await desk.getByTestId("order").first().locator("summary").click();
  await expect(desk.getByTestId("order").first()).toContainText("小計");
  await expect(desk.getByTestId("order").first()).not.toContainText("配送先");
  await press(desk, "個人情報を表示");
  // Not on the number, which a second press would dial.
  await expect(desk.locator(".card")).toBeFocused();
  await expect(desk.locator(".card")).toContainText("notable.1@example.com");
  await expect(desk.locator(".attributes")).toContainText("ご用件返品");
});
