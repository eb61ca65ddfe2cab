// Measures a first and a second visit over a slow line, on a slow CPU, to the desk and to the plain page in
// turns. Prints the samples as one line of JSON; what they mean is judged by `cargo xtask bench air`.
//
//   node air.mjs line ROUNDS SLOWDOWN RTT MBITS        over a line that holds packets back (wire.mjs)
//   node air.mjs devtools ROUNDS SLOWDOWN RTT MBITS    as DevTools throttles: every request costs RTT once
//
// RTT is in milliseconds, MBITS in Mbit/s for either direction. CHROMIUM, DESK_DIST, DESK_SIM as for the journeys;
// BENCH_STREAMS: the Streams library's file.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { World } from "./rivals.mjs";
import { Wire } from "./wire.mjs";

/** Milliseconds from the navigation; the first byte tells whether the line is as slow as it should be. */
function times(rival) {
  const [{ responseStart }] = performance.getEntriesByType("navigation");
  const paint = performance.getEntriesByName("first-paint")[0]?.startTime;
  const shell = performance.getEntriesByName("desk:shell")[0]?.startTime;
  return { first_byte: responseStart, shell: rival === "plain" ? paint : shell, agent: window.bench.agent };
}

/** How each kind of line is laid: where the browser is sent by, and what is asked of its DevTools. */
const lines = {
  async line(roundTripMs, megabitsPerSecond) {
    const wire = await Wire.start({ roundTripMs, megabitsPerSecond });
    return { proxy: wire.address, throttle() {}, hangUp: () => wire.hangUp(), stop: () => wire.stop() };
  },

  async devtools(latency, megabitsPerSecond) {
    const throughput = (megabitsPerSecond * 1_000_000) / 8;
    const conditions = { offline: false, latency, downloadThroughput: throughput, uploadThroughput: throughput };
    const throttle = async (devtools) => {
      await devtools.send("Network.enable");
      await devtools.send("Network.emulateNetworkConditions", conditions);
    };
    return { throttle, hangUp() {}, stop() {} };
  },
};

/** Both visits of an agent with a new browser. */
async function visits(world, line, rival, slowdown) {
  const folder = await mkdtemp(join(tmpdir(), "visits-"));
  await world.sim.reset();
  const context = await world.launch(folder, line.proxy);
  const visit = async () => {
    const open = await world.visit(rival, context, slowdown, line.throttle);
    const sample = await open.page.evaluate(times, rival);
    await open.page.close();
    return sample;
  };
  try {
    const first = await visit();
    // What the browser keeps is files, not connections: it is another day.
    line.hangUp();
    return { first, second: await visit() };
  } finally {
    await context.close();
    // What the browser writes last it may write after it has gone.
    await rm(folder, { recursive: true, maxRetries: 10 });
  }
}

const [kind, rounds, slowdown, ...numbers] = process.argv.slice(2);
const lay = lines[kind];
if (!lay) throw new Error(`no such line: ${kind} (there are ${Object.keys(lines).join(", ")})`);

const world = await World.start({ asDeployed: true });
const line = await lay(...numbers.map(Number));
const samples = { plain: [], desk: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  // Neither is always the first.
  for (const rival of round % 2 === 0 ? ["plain", "desk"] : ["desk", "plain"]) {
    samples[rival].push(await visits(world, line, rival, Number(slowdown)));
    console.error(`${kind}: round ${round + 1} of ${rounds}, ${rival}`);
  }
}
line.stop();
await world.stop();
console.log(JSON.stringify(samples));
