// The local Amazon Connect that a worker starts for its journeys, and its control API: what plays
// the customer and the world. The desk sees none of it, only its CCP.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What the desk's origin serves as `/config.json`, unless a journey replaces it. */
export const CONFIG = {
  ccp: { url: "{ccp}", region: "ap-northeast-1", loginUrl: null },
  api: null,
  auth: null,
  locale: "ja",
  country: "JP",
  settings: {},
};

/** What it serves besides where the world has customers: the proxy, and who tells it who asks. */
const CUSTOMERS = {
  api: { url: "/api" },
  auth: { issuer: "{identity}", clientId: "agent-desk", scope: "openid profile", audience: "agent-desk-api" },
};

/** Whose requests the simulator believes: the keys of AWS's own documentation. */
const KEYS = {
  AWS_REGION: "ap-northeast-1",
  AWS_ACCESS_KEY_ID: "AKIAIOSFODNN7EXAMPLE",
  AWS_SECRET_ACCESS_KEY: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
};

/** What the proxy is told of the simulator; nothing of it is anybody's. */
const PROXY = {
  DESK_CONNECT_INSTANCE: "5ca1ab1e-0000-4000-8000-00000000c0de",
  DESK_PROFILES_DOMAIN: "amazon-connect-demo",
  DESK_AUDIENCE: "agent-desk-api",
  DESK_ORDER_NAME_KEY: "shop_order_name",
  DESK_LISTEN: "127.0.0.1:0",
  DESK_LOG: "warn,desk_proxy=info",
  // One agent makes all the journeys of a worker.
  DESK_REQUESTS_PER_MINUTE: "10000",
  DESK_SEARCHES_PER_MINUTE: "10000",
};

/** The agent whom a new browser is signed in as. */
export const AGENT = { login: "hanako.sato", name: "佐藤 花子", password: "konnichiwa" };

/** Monday, nine o'clock in Tokyo: when every journey begins by the server's clock. */
const NINE = "2026-01-05T00:00:00.000Z";

export class Sim {
  #programs = [];
  #folder;

  /**
   * Serving the site in `dist`, with options of the program besides those that every journey needs.
   * With `customers` there are an invented shop and the proxy, as a program of its own or, where it is
   * "lambda", as the function of the deployment's template; `settings` are those of the configuration.
   */
  static async start({ dist = process.env.DESK_DIST, more = [], customers = false, settings = {} } = {}) {
    const sim = new Sim();
    sim.#folder = await mkdtemp(join(tmpdir(), "journeys-"));
    const config = join(sim.#folder, "config.json");
    /** What the desk's origin serves as `/config.json`, unless a journey replaces it. */
    sim.config = { ...CONFIG, ...(customers ? CUSTOMERS : {}), settings };
    await writeFile(config, JSON.stringify(sim.config));
    const options = ["--desk-port=0", "--ccp-port=0", `--dist=${dist}`, `--config=${config}`, ...(customers ? ["--shop", `--start-at=${NINE}`] : []), ...more];
    const ready = await sim.#run("simulator", process.env.DESK_SIM, options, process.env, (line) => line.startsWith("READY "));
    const address = (name) => new RegExp(`${name}=(\\S+)`).exec(ready)[1];
    /** Address of the desk. */
    sim.desk = address("desk");
    /** Address of the softphone's page. */
    sim.ccp = address("ccp");
    /** The identity provider's issuer. */
    sim.identity = address("identity");
    /** What only a local world has to say of itself. */
    const here = {
      ...KEYS,
      AWS_ENDPOINT_URL: address("aws"),
      DESK_ORIGINS: new URL(sim.desk).origin,
      // Whoever turns the simulator's clock turns the proxy's.
      DESK_CLOCK_URL: new URL("/control/clock", sim.ccp).href,
    };
    if (customers === "lambda") await sim.#startLambda(here);
    else if (customers) await sim.#startProxy(here);
    return sim;
  }

  /** The function behind its URL, run as often as it is asked at once; but for its log, all else it is told by the template. */
  async #startLambda(here) {
    const { host } = new URL(this.desk);
    const parameters = {
      ConnectInstanceId: PROXY.DESK_CONNECT_INSTANCE,
      ConnectOrigin: new URL(this.ccp).origin,
      ProfilesDomain: PROXY.DESK_PROFILES_DOMAIN,
      CloudFrontHost: host,
      CodeKey: "code/here.zip",
      Issuer: this.identity,
      Audience: PROXY.DESK_AUDIENCE,
      OrderNameKey: PROXY.DESK_ORDER_NAME_KEY,
    };
    const options = Object.entries(parameters).map(([name, value]) => `--parameter=${name}=${value}`);
    const ready = await this.#run("Lambda", process.env.DESK_LAMBDA, [process.env.DESK_PROXY, ...options], { ...here, DESK_LOG: "error" }, (line) => line.startsWith("READY "));
    await this.control("api", { url: ready.replace("READY url=", "") });
  }

  async #startProxy(here) {
    const env = { ...PROXY, ...here, DESK_ISSUER: this.identity };
    const listening = await this.#run("proxy", process.env.DESK_PROXY, [], env, (line) => JSON.parse(line).message === "listening");
    /** Address of the proxy, to which the desk's origin passes `/api/*` on. */
    this.proxy = `http://${JSON.parse(listening).address}`;
    await this.control("api", { url: this.proxy });
  }

  /** Starts a program and waits until it says a line; gives that line. */
  async #run(name, path, options, env, isReady) {
    // Our end of its standard input closes with this process, whatever ends it.
    const program = spawn(path, [...options, "--until-stdin-closes"], { env, stdio: ["pipe", "pipe", "inherit"] });
    this.#programs.unshift(program);
    const ended = once(program, "exit").then(([code]) => {
      throw new Error(`the ${name} ended with ${code} before it was ready`);
    });
    // Later lines are read too: a pipe that is full would stop the program.
    const lines = createInterface({ input: program.stdout });
    const said = new Promise((resolve) => lines.on("line", (line) => isReady(line) && resolve(line)));
    ended.catch(() => {});
    return Promise.race([said, ended]);
  }

  /** Ends the proxy alone. */
  async stopProxy() {
    await end(this.#programs.shift());
  }

  async stop() {
    for (const program of this.#programs) await end(program);
    await rm(this.#folder, { recursive: true });
  }

  /** Asks something of the control API, described on its own page `/control`. */
  async control(path, body) {
    const request = body === undefined ? {} : { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
    const response = await fetch(new URL(`/control/${path}`, this.ccp), request);
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${answer.error}`);
    return answer;
  }

  /** Back to the start, or to another scenario, at nine o'clock by a clock that runs. */
  async reset(scenario = {}) {
    await this.control("reset", { scenario });
    await this.clock({ set: NINE, run: true });
  }

  /** Sets, stops, starts or advances the server's clock. */
  async clock(change) {
    return this.control("clock", change);
  }

  /** Stops the server's clock: from now on only `advance` moves it. */
  async stopClock() {
    return this.clock({ freeze: true });
  }

  /** Lets time pass on the server; what falls due happens. */
  async advance(seconds) {
    return this.clock({ advance_ms: seconds * 1000 });
  }

  /** A customer calls; gives the contact's id. */
  async ring(call = {}) {
    return (await this.control("calls", { from: "+819012345678", ...call })).contactId;
  }

  /** Somebody wants to be called back; gives the contact's id. */
  async wantCallback(wish = {}) {
    return (await this.control("callbacks", { number: "+81312345678", ...wish })).contactId;
  }

  /** The customer of a contact does something: `hang-up`, `answer`, `busy`, … */
  async customer(contact, act) {
    return this.control(`contacts/${contact}/${act}`, {});
  }

  /** Everything, as the server knows it. */
  async book() {
    return this.control("book");
  }

  /** The agent in the book. */
  async agent() {
    return (await this.book()).agents.find(({ login }) => login === AGENT.login);
  }

  /** A contact of the agent, as it is in the book. */
  async contact(id) {
    return (await this.agent()).contacts.find(({ contact_id }) => contact_id === id);
  }

  /** The customer's side of a contact, in the book also when the contact is over. */
  async line(id) {
    return (await this.book()).lines.find(({ contact_id }) => contact_id === id);
  }

  /** What the desk asked of Connect by that method. */
  async requests(method) {
    return (await this.book()).requests.filter((request) => request.method === method);
  }
}

async function end(program) {
  const exit = once(program, "exit");
  program.stdin.end();
  await exit;
}
