// Measures one thing on both pages, in turns, and prints the samples as one line of JSON. What they
// mean is judged by `cargo xtask bench`.
//
//   node measure.mjs calls  ROUNDS SLOWDOWN CALLS          message to DOM and to painted frame
//   node measure.mjs start  ROUNDS SLOWDOWN                navigation to first paint, shell, name
//   node measure.mjs memory ROUNDS WARM-UP CALLS           heap, wasm memory, nodes, and their growth
//
// CHROMIUM, DESK_DIST, DESK_SIM as for the journeys; BENCH_STREAMS: the Streams library's file.

import { World } from "./rivals.mjs";

/** Who takes part; the page of one line takes part in nothing but the start. */
const rivals = (name) => ["plain", "desk", ...(name === "start" ? ["floor"] : [])];

const measures = {
  async calls(world, rival, slowdown, calls) {
    const page = await world.open(rival, slowdown);
    // The first calls compile what all calls run.
    for (let call = 0; call < 10; call += 1) await page.call();
    const samples = [];
    for (let call = 0; call < calls; call += 1) samples.push(await page.call());
    await page.close();
    return { dom: samples.map(({ dom }) => dom), paint: samples.map(({ paint }) => paint) };
  },

  async start(world, rival, slowdown) {
    const page = await world.open(rival, slowdown);
    const times = await page.page.evaluate(() => {
      const paint = performance.getEntriesByName("first-paint")[0]?.startTime;
      const shell = performance.getEntriesByName("desk:shell")[0]?.startTime;
      // The page of one line says that its line is painted before the browser lists the paint.
      return { paint, shell: shell ?? paint ?? window.bench.agent, agent: window.bench.agent };
    });
    await page.close();
    return times;
  },

  async memory(world, rival, warmUp, calls) {
    const page = await world.open(rival);
    const idle = await page.weigh();
    for (let call = 0; call < warmUp; call += 1) await page.call();
    const before = await page.weigh();
    for (let call = 0; call < calls; call += 1) await page.call();
    const after = await page.weigh();
    await page.close();
    return { idle, before, after };
  },
};

const [name, rounds, ...numbers] = process.argv.slice(2);
const measure = measures[name];
if (!measure) throw new Error(`no such measure: ${name} (there are ${Object.keys(measures).join(", ")})`);

const world = await World.start();
const taking = rivals(name);
const samples = Object.fromEntries(taking.map((rival) => [rival, []]));
for (let round = 0; round < Number(rounds); round += 1) {
  // Neither is always the first.
  for (const rival of round % 2 === 0 ? taking : taking.toReversed()) {
    samples[rival].push(await measure(world, rival, ...numbers.map(Number)));
    console.error(`${name}: round ${round + 1} of ${rounds}, ${rival}`);
  }
}
await world.stop();
console.log(JSON.stringify(samples));
