// The two pages that are measured side by side, in one browser, on one simulator.

import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { once } from "node:events";
import { createRequire } from "node:module";
import { extname, join } from "node:path";
import { brotliCompressSync } from "node:zlib";

import { launchOptions } from "../tests/e2e/chromium.mjs";
import { signInForCustomers } from "../tests/e2e/customers.mjs";
import { AGENT, Sim } from "../tests/e2e/sim.mjs";
import { probe } from "./probe.mjs";
import { witness } from "./witness.mjs";

// Playwright is the journeys' own.
const { chromium } = createRequire(new URL("../tests/e2e/package.json", import.meta.url))("@playwright/test");

/** As the agent's browser is set up. */
const AGENTS_BROWSER = { locale: "ja-JP", timezoneId: "Asia/Tokyo", viewport: { width: 1280, height: 800 } };

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8" };

/**
 * Serves the plain page with the very library that the desk ships: anew each time, or as the deployment
 * serves a file that keeps its name, compressed, and asked for each time whether it is still the same.
 */
async function servePlainPage(asDeployed) {
  const folder = new URL("plain/", import.meta.url).pathname;
  // Compressing takes seconds: it is done before anybody asks.
  const compressed = new Map();
  const compress = (body) => {
    const etag = `"${createHash("sha256").update(body).digest("hex")}"`;
    if (!compressed.has(etag)) compressed.set(etag, brotliCompressSync(body));
    return etag;
  };
  if (asDeployed) compress(await readFile(process.env.BENCH_STREAMS));
  let ccp = "";
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, "http://127.0.0.1").pathname.slice(1) || "index.html";
    try {
      let body = name === "connect-streams-min.js" ? await readFile(process.env.BENCH_STREAMS) : await readFile(join(folder, name));
      if (name === "index.html") body = body.toString().replaceAll('"{ccp}"', JSON.stringify(ccp));
      const headers = { "content-type": TYPES[extname(name)] ?? "application/octet-stream", "cache-control": "no-store" };
      if (asDeployed) {
        const etag = compress(body);
        Object.assign(headers, { "cache-control": "no-cache", "content-encoding": "br", etag });
        if (request.headers["if-none-match"] === etag) return response.writeHead(304, headers).end();
        body = compressed.get(etag);
      }
      response.writeHead(200, headers);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, origin: `http://127.0.0.1:${server.address().port}`, embed: (url) => (ccp = url) };
}

/** The world of a benchmark: a simulator, both pages, a browser. */
export class World {
  /**
   * With `customers` there are the shop and the signed proxy, and the desk's agent is signed in for them.
   * With `asDeployed` the plain page is compressed and kept as the desk's files are.
   */
  static async start({ customers = false, asDeployed = false } = {}) {
    const world = new World();
    world.customers = customers;
    world.plain = await servePlainPage(asDeployed);
    world.sim = await Sim.start({ customers, more: [`--approve-origin=${world.plain.origin}`] });
    world.plain.embed(world.sim.ccp);
    world.browser = await chromium.launch(launchOptions);
    return world;
  }

  async stop() {
    await this.browser.close();
    await this.sim.stop();
    this.plain.server.close();
  }

  /** A rival in a browser without cookies, storage or cache, on a CPU so many times slower. */
  async open(rival, slowdown = 1) {
    await this.sim.reset();
    return this.visit(rival, await this.browser.newContext(AGENTS_BROWSER), slowdown);
  }

  /** A browser with a folder of its own for what it keeps, by way of this proxy if one is given. */
  async launch(folder, proxy) {
    return chromium.launchPersistentContext(folder, { ...launchOptions, ...AGENTS_BROWSER, ...(proxy ? { proxy: { server: proxy } } : {}) });
  }

  /** A rival in a new page of that browser; `prepare` is given its DevTools before it is loaded. */
  async visit(rival, context, slowdown, prepare = () => {}) {
    const page = await context.newPage();
    // Whoever presses what cannot be pressed shall hear of it.
    page.setDefaultTimeout(60_000);
    await page.addInitScript(probe, rival);
    if (this.customers) await page.addInitScript(witness);
    const devtools = await context.newCDPSession(page);
    const slow = () => slowdown !== 1 && devtools.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
    // Of a page that was slow while the window of its sign-in closed, Chromium 148 tells no event times.
    if (!this.customers) await slow();
    await prepare(devtools);
    // Told by the page itself: to ask it, Playwright would have it compile 330 kB in the midst of
    // what is measured.
    const signedIn = page.waitForEvent("console", (message) => message.text() === "bench: signed in");
    await page.goto({ desk: this.sim.desk, plain: this.plain.origin, floor: `${this.plain.origin}/floor.html` }[rival]);
    await signedIn;
    if (this.customers && rival === "desk") await signInForCustomers(page);
    if (this.customers) await slow();
    return new Rival(rival, this.sim, context, page, devtools);
  }
}

/** A page that is open, with an agent who is available. */
class Rival {
  constructor(rival, sim, context, page, devtools) {
    Object.assign(this, { rival, sim, context, page, devtools });
  }

  async close() {
    await this.context.close();
  }

  /** One call from the ring to the end of its wrap-up; gives what showing `connected` took. */
  async call() {
    return this.finish(await this.sim.ring({ agent: AGENT.login, force: true }));
  }

  /** Answers a call that rings, and ends it; gives what showing `connected` took. */
  async finish(contact) {
    // By the library in both pages, so that what is pressed is the same.
    const shown = await this.page.evaluate(async (id) => {
      const find = () => new connect.Agent().getContacts().find((contact) => contact.contactId === id);
      while (!find()) await new Promise((resolve) => setTimeout(resolve));
      const shown = window.bench.shown(id);
      find().accept();
      return shown;
    }, contact);
    await this.sim.customer(contact, "hang-up");
    await this.wrapUp(contact);
    return shown;
  }

  /** Ends the wrap-up of a call that is over. */
  async wrapUp(contact) {
    await this.page.evaluate(async (id) => {
      const find = () => new connect.Agent().getContacts().find((contact) => contact.contactId === id);
      while (find()?.getState().type !== "ended") await new Promise((resolve) => setTimeout(resolve));
      await new Promise((success, failure) => find().clear({ success, failure }));
      while (find()) await new Promise((resolve) => setTimeout(resolve));
    }, contact);
  }

  /**
   * One call that is answered, held and hung up by the agent; gives what showing each took, and whether
   * orders were still to come then. The agent acts so many milliseconds after the first orders have come,
   * and again after each act: at the same moment of every call it would be the same piece of work, or
   * none, that it meets.
   */
  async acts(ring, pause) {
    const contact = await this.sim.ring({ agent: AGENT.login, force: true, ...ring });
    const shown = await this.page.evaluate(
      async ([id, pause, hasOrders]) => {
        const find = () => new connect.Agent().getContacts().find((contact) => contact.contactId === id);
        while (!find()) await new Promise((resolve) => setTimeout(resolve));
        if (hasOrders) await window.witness.popped(id);
        const acts = [
          ["connected", () => find().accept()],
          ["hold", () => find().getInitialConnection().hold()],
          ["ended", () => find().getAgentConnection().destroy()],
        ];
        const all = {};
        for (const [what, act] of acts) {
          await new Promise((resolve) => setTimeout(resolve, pause));
          const shown = window.bench.shown(id, what);
          act();
          all[what] = { ...(await shown), streams: window.witness.streams() };
        }
        return all;
      },
      [contact, pause, this.rival === "desk"],
    );
    await this.wrapUp(contact);
    return shown;
  }

  /**
   * Bytes of the JS heap after a collection, of the wasm memory, the number of DOM nodes, and of
   * subscriptions at the library's bus: those that the desk's own crate counts, and all of them.
   */
  async weigh() {
    // Twice: what a finalizer frees is free after the second.
    for (let round = 0; round < 2; round += 1) await this.devtools.send("HeapProfiler.collectGarbage");
    const { usedSize } = await this.devtools.send("Runtime.getHeapUsage");
    const { nodes } = await this.devtools.send("Memory.getDOMCounters");
    const own = await this.page.evaluate(async () => {
      const subscriptions = Object.keys(connect.core.getEventBus().subMap.subIdMap).length;
      const script = document.querySelector("script[data-wasm]");
      if (!script) return { wasm: 0, counted: 0, subscriptions };
      const glue = await import(script.dataset.js);
      // Once started, the glue gives the exports of the instance that runs, by their short names.
      const memory = Object.values(await glue.default()).find((value) => value instanceof WebAssembly.Memory);
      return { wasm: memory.buffer.byteLength, counted: glue.liveSubscriptions(), subscriptions };
    });
    return { heap: usedSize, nodes, ...own };
  }
}
