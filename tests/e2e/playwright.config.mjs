// How the journeys run. `cargo xtask test e2e` sets the variables and counts the outcome.
//
// CHROMIUM   the browser's program: the system's own, nothing is downloaded
// DESK_DIST  the built site
// DESK_SIM   the program of the local Amazon Connect; every worker starts its own
// DESK_PROXY the program of the signed proxy; a worker whose journeys have customers starts its own

import { availableParallelism } from "node:os";
import { defineConfig } from "@playwright/test";

import { launchOptions } from "./chromium.mjs";

for (const name of ["CHROMIUM", "DESK_DIST", "DESK_SIM", "DESK_PROXY"]) {
  if (!process.env[name]) throw new Error(`${name} is not set: run the journeys by \`cargo xtask test e2e\``);
}

export default defineConfig({
  testDir: ".",
  testMatch: "**/*.spec.mjs",
  fullyParallel: true,
  forbidOnly: true,
  retries: 0,
  workers: Math.max(2, Math.floor(availableParallelism() / 2)),
  // Only to give up on what hangs; no journey asserts a time.
  timeout: 90_000,
  expect: { timeout: 15_000 },
  use: {
    locale: "ja-JP",
    timezoneId: "Asia/Tokyo",
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    launchOptions,
  },
});
