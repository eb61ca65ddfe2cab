// A random walk of many calls, on several desks side by side, each with a simulator of its own.
// Called by `cargo xtask bench walk`.
//
//   node walk.mjs CALLS SEED FIRST STATE FAILURE
//
// STATE is a file that says how far the walk has come; when it is of the same walk, that is taken up
// again. FAILURE is where everything about a mismatch is written, which also ends the walk.
// CHROMIUM, DESK_DIST, DESK_SIM as for the journeys.

import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";

import { launchOptions } from "../tests/e2e/chromium.mjs";
import { Sim } from "../tests/e2e/sim.mjs";
import { Counts, Walk } from "../tests/e2e/walk/walk.mjs";

// Playwright is the journeys' own.
const { chromium } = createRequire(new URL("../tests/e2e/package.json", import.meta.url))("@playwright/test");

/** Desks side by side: one waits for its browser while another's works. */
const DESKS = 4;
/** A page that has been open for a shift is reloaded for the next; the library's log grows by the call. */
const SHIFT = 500;

const [calls, seed, first] = process.argv.slice(2, 5).map(Number);
const [stateFile, failureFile] = process.argv.slice(5);

// The page names each file of the site by the hash of its bytes: calls of two builds are not one walk.
const build = createHash("sha256").update(await readFile(join(process.env.DESK_DIST, "index.html"))).digest("hex");
const kept = await readFile(stateFile, "utf8").then(JSON.parse, () => undefined);
const resumed = kept?.seed === seed && kept.first === first && kept.build === build ? kept : undefined;
if (kept && !resumed) console.error("walk: what was kept is of another walk or another build; from the start");
const counts = new Counts(resumed?.counts);
const next = resumed?.next ?? Array.from({ length: DESKS }, (_, desk) => first + desk);
let spent = resumed?.seconds ?? 0;
const began = Date.now();
const seconds = () => spent + (Date.now() - began) / 1000;
if (resumed) console.error(`walk: taken up at call ${counts.calls}`);

const save = () => writeFile(stateFile, JSON.stringify({ build, seed, first, calls, next, counts, seconds: seconds() }));

const browser = await chromium.launch(launchOptions);
let failed = false;

/** One desk's part of the walk. */
async function walkAt(desk) {
  while (next[desk] < first + calls && !failed) {
    const sim = await Sim.start();
    const context = await browser.newContext({ locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 320, height: 240 } });
    const walk = new Walk(sim, context, seed, counts);
    await sim.reset({ id_seed: next[desk] });
    await walk.begin();
    for (let shift = 0; shift < SHIFT && next[desk] < first + calls && !failed; shift += 1) {
      await walk.call(next[desk]);
      next[desk] += DESKS;
      if (counts.calls % 100 === 0) {
        await save();
        const pace = ((seconds() * 1000) / counts.calls).toFixed(0);
        console.error(`walk: ${counts.calls} calls of ${calls}, ${counts.compared} snapshots compared, ${pace} ms a call`);
      }
    }
    await context.close();
    await sim.stop();
  }
}

const ends = await Promise.allSettled(
  next.map((_, desk) =>
    walkAt(desk).catch((error) => {
      failed = true;
      throw error;
    }),
  ),
);
await save();
await browser.close();
const failure = ends.find(({ status }) => status === "rejected")?.reason;
if (failure) {
  const { of } = failure;
  if (!of) throw failure;
  await writeFile(failureFile, JSON.stringify(of, null, 1));
  console.error(`walk: ${failure.message}`);
  for (const step of of.trail.slice(-25)) console.error(`    ${step}`);
  console.error(`    ${failure.cause.stack.split("\n").slice(1, 4).join("\n    ")}`);
  process.exit(1);
}
console.log(JSON.stringify({ seed, calls: counts.calls, seconds: seconds(), counts }));
