// The beginning of a random walk as `cargo xtask bench walk` takes it further, with a seed that meets
// all faults but three.

import { expect, test } from "@playwright/test";

import { Sim } from "./sim.mjs";
import { Counts, Walk } from "./walk/walk.mjs";

const CALLS = 300;
const SEED = 44;
/** What is left to the long walk, and to the journeys of dialling, of signing in and of tabs. */
const LEFT = ["a request that hangs", "session that ends", "second tab"];

test("three hundred calls with all faults on agree with the book", async ({ browser }) => {
  // Only to give up on what hangs: a call takes a fraction of a second.
  test.setTimeout(900_000);
  const sim = await Sim.start();
  const context = await browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo" });
  await sim.reset();
  const counts = new Counts();
  const walk = new Walk(sim, context, SEED, counts);
  await walk.begin();
  for (let call = 0; call < CALLS; call += 1) await walk.call(call);
  await context.close();
  await sim.stop();
  expect(counts.calls).toBe(CALLS);
  const never = Object.entries(counts.faults).filter(([, times]) => times === 0);
  expect(never.map(([name]) => name).toSorted(), "faults that never happened").toEqual(LEFT.toSorted());
  // The oracle excuses only what the rules name.
  expect(counts.rules["exact in every time and word"]).toBeGreaterThan(counts.contacts * 0.7);
});
