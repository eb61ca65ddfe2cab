// Measures who is calling: the pop while it rings, answering while orders stream in, what an agent does
// with 1,000 orders on the screen, and whether anything moves. Prints the samples as one line of JSON;
// what they mean is judged by `cargo xtask bench pop`.
//
//   node pop.mjs rings LATENCY RINGS FIRST             ring to customer and to the first page of orders
//   node pop.mjs streaming LATENCY ROUNDS CALLS        message to DOM and frame, while orders stream in
//   node pop.mjs interactions SLOWDOWN ROUNDS          how long the page takes for what an agent does
//   node pop.mjs shifts LATENCY                        what moves from the ring to the wrap-up
//
// LATENCY is that of each call to AWS, in milliseconds. CHROMIUM, DESK_DIST, DESK_SIM, DESK_PROXY as for
// the journeys; BENCH_STREAMS: the Streams library's file.

import { expect, expectPhase, press } from "../tests/e2e/desk.mjs";
import { AGENT } from "../tests/e2e/sim.mjs";
import { World } from "./rivals.mjs";

/** The shop's first customers are known for something; those after them are ordinary ones. */
const ORDINARY_FROM = 21;
const WHOLESALE = "+819000000005";

/** For what must come, and would be late on a busy machine. */
const PATIENCE_MS = 10_000;

const ordinary = (n) => `+819000${String(1_000 + ORDINARY_FROM + n).padStart(6, "0")}`;

/** A caller whom neither desk nor proxy has seen, and whose flow has found out that it is the one with 1,000 orders. */
let strangers = 0;
function wholesaler() {
  strangers += 1;
  const from = `+819000${String(900_000 + strangers)}`;
  return { from, attributes: { profileSearchKey: "_phone", profileSearchValue: WHOLESALE } };
}

/** Every call to AWS takes so much longer. */
async function delay(sim, ms) {
  await sim.control("aws/clear", {});
  if (ms > 0) await sim.control("aws/troubles", { count: null, fault: { delay: { ms } } });
}

const measures = {
  /** Rings of customers whom nobody has asked about before. */
  async rings(latency, rings, first) {
    const world = await World.start({ customers: true });
    const open = await world.open("desk");
    await delay(world.sim, latency);
    let asked = [];
    open.page.on("request", (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith("/api/")) asked.push(pathname);
    });
    const samples = [];
    for (let ring = 0; ring < rings; ring += 1) {
      asked = [];
      await open.page.evaluate(() => window.witness.taken());
      const contact = await world.sim.ring({ agent: AGENT.login, force: true, from: ordinary(first + ring) });
      const times = await open.page.evaluate((contact) => window.witness.popped(contact), contact);
      await open.page.evaluate((ended) => window.witness.ended(ended, ended), ring + 1);
      await open.finish(contact);
      const { shifts } = await open.page.evaluate(() => window.witness.taken());
      samples.push({ ...times, asked, shifts });
    }
    console.error(`rings: ${rings} with ${latency} ms to AWS`);
    await world.stop();
    return samples;
  },

  /** Both pages in turns: answer, hold, and the end of a call, while the desk's orders stream in. */
  async streaming(latency, rounds, calls) {
    const world = await World.start({ customers: true });
    const samples = { plain: [], desk: [], missed: 0 };
    for (let round = 0; round < rounds; round += 1) {
      // Neither is always the first.
      for (const rival of round % 2 === 0 ? ["plain", "desk"] : ["desk", "plain"]) {
        const open = await world.open(rival);
        await delay(world.sim, latency);
        // The first calls compile what all calls run.
        for (let call = 0; call < 10; call += 1) await open.acts(wholesaler(), 0);
        for (let call = 0; call < calls; ) {
          const sample = await open.acts(wholesaler(), (2 * latency * call) / calls);
          if (rival === "desk" && !Object.values(sample).every(({ streams }) => streams)) {
            // The shop was faster than the agent: not what is measured.
            samples.missed += 1;
            if (samples.missed > rounds * calls) throw new Error("the orders had come before the calls were over");
            continue;
          }
          samples[rival].push(sample);
          call += 1;
        }
        await open.close();
        console.error(`streaming: round ${round + 1} of ${rounds}, ${rival}`);
      }
    }
    await world.stop();
    return samples;
  },

  /** What an agent does, by keyboard and mouse, on a slow CPU with 1,000 orders on the screen. */
  async interactions(slowdown, rounds) {
    const world = await World.start({ customers: true });
    const samples = [];
    for (let round = 0; round < rounds; round += 1) {
      const open = await world.open("desk", slowdown);
      samples.push(await work(open));
      await open.close();
      console.error(`interactions: round ${round + 1} of ${rounds}`);
    }
    await world.stop();
    return samples;
  },

  /** What moves from the ring to the wrap-up, whoever calls, by the size that the browser gives it. */
  async shifts(latency) {
    const world = await World.start({ customers: true });
    const { page, sim } = await world.open("desk");
    await delay(sim, latency);
    const samples = {};
    for (const [kind, from] of Object.entries(CALLERS)) {
      await page.evaluate(() => window.witness.taken());
      await sim.ring({ agent: AGENT.login, force: true, from });
      await expectPhase(page, "ringing");
      // Before all has come, and after it.
      await press(page, "応答");
      await expectPhase(page, "connected");
      await press(page, "保留");
      await expectPhase(page, "hold");
      await expect(page.locator(".customer")).toContainText(SAID[kind]);
      await press(page, "保留解除");
      await expectPhase(page, "connected");
      await press(page, "切断");
      await expectPhase(page, "wrap-up");
      samples[kind] = (await page.evaluate(() => window.witness.taken())).shifts;
      await press(page, "後処理終了");
      await expectPhase(page, "idle");
    }
    await world.stop();
    return samples;
  },
};

/** Who calls where it is measured what moves. */
const CALLERS = {
  ordinary: "+819000000001",
  family: "+819000000002",
  nobody: "+819000000003",
  "number only": "+819000000004",
  wholesale: WHOLESALE,
  "bad data": "+819000000012",
  "long names": "+819000000013",
  "right to left": "+447700900123",
  withheld: null,
};

/** What the desk has said of them in the end. */
const SAID = {
  ordinary: "購入合計",
  family: "この方です",
  nobody: "",
  "number only": "",
  wholesale: "購入合計",
  "bad data": "合計に含まない注文",
  "long names": "",
  "right to left": "",
  withheld: "番号非通知のため",
};

/** A call with 1,000 orders, from the ring to the end of the wrap-up: by kind what the browser says that each act took. */
async function work({ page, sim }) {
  const acts = {};
  /** Does something that brings so many events of these names, and no fewer are believed. */
  const take = async (kind, counts, act) => {
    const names = Object.keys(counts);
    const counted = () => page.evaluate((names) => window.witness.counted(names), names);
    await page.evaluate(() => window.witness.taken());
    const before = await counted();
    await act();
    for (let bell = 0; ; bell += 1) {
      await page.keyboard.press("ScrollLock");
      if (await page.evaluate((patience) => window.witness.toldAll(patience), PATIENCE_MS)) break;
      if (bell === 5) throw new Error(`${kind}: the browser does not tell what it took`);
    }
    const after = await counted();
    names.forEach((name, at) => {
      const came = after[at] - before[at];
      if (came < counts[name]) throw new Error(`${kind}: ${came} × ${name}, expected ${counts[name]}`);
    });
    const { events, frames } = await page.evaluate(() => window.witness.taken());
    acts[kind] = { events, frames };
  };
  const click = { pointerdown: 1, pointerup: 1, click: 1 };
  const keys = (count) => ({ keydown: count, keyup: count });
  const rows = page.getByTestId("order");
  const field = page.getByRole("searchbox", { name: "注文を絞り込む" });

  // It rings for as long as it takes.
  await sim.stopClock();
  await take("(orders come in)", {}, async () => {
    await sim.ring({ agent: AGENT.login, force: true, from: WHOLESALE });
    await expect(page.locator(".orders [role=status]")).toContainText("(975)", { timeout: PATIENCE_MS });
  });
  await page.getByTestId("order-list").hover();
  await take("scroll to the end", {}, async () => {
    for (let seen = 0; (seen = await rows.count()) < 975; ) {
      await page.mouse.wheel(0, 1_000_000);
      await expect.poll(() => rows.count()).toBeGreaterThan(seen);
    }
  });
  await take("answer", click, () => press(page, "応答"));
  await expectPhase(page, "connected");
  const oldest = rows.last().locator("summary");
  await oldest.scrollIntoViewIfNeeded();
  await take("open an order", click, () => oldest.click());
  await take("hold", click, () => press(page, "保留"));
  await expectPhase(page, "hold");
  await take("resume", click, () => press(page, "保留解除"));
  await expectPhase(page, "connected");
  await take("find field, press", click, () => field.click());
  const typed = "#100";
  await take("find field, type", keys(typed.length), () => page.keyboard.type(typed));
  await take("find field, take back", keys(typed.length), async () => {
    for (const _ of typed) await page.keyboard.press("Backspace");
  });
  await expect(rows).toHaveCount(10);
  await take("filter by a word", { input: 1 }, () => page.keyboard.insertText("返金"));
  await take("end the filter", keys(2), async () => {
    await page.keyboard.press("Shift+Home");
    await page.keyboard.press("Delete");
  });
  await take("F2", keys(1), () => page.keyboard.press("F2"));
  const number = "09000000001";
  await take("search, type", keys(number.length), () => page.keyboard.type(number));
  await take("search, Enter", keys(1), () => page.keyboard.press("Enter"));
  await expect(page.locator(".found")).toContainText("見本 花子");
  await take("search, Escape", keys(1), () => page.keyboard.press("Escape"));
  await take("hang up", click, () => press(page, "切断"));
  await expectPhase(page, "wrap-up");
  await take("complete", click, () => press(page, "後処理終了"));
  await expectPhase(page, "idle");
  return acts;
}

const [name, ...numbers] = process.argv.slice(2);
const measure = measures[name];
if (!measure) throw new Error(`no such measure: ${name} (there are ${Object.keys(measures).join(", ")})`);
console.log(JSON.stringify(await measure(...numbers.map(Number))));
