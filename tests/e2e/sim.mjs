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

/** The agent whom a new browser is signed in as. */
export const AGENT = { login: "hanako.sato", name: "佐藤 花子", password: "konnichiwa" };

/** Monday, nine o'clock in Tokyo: when every journey begins by the server's clock. */
const NINE = "2026-01-05T00:00:00.000Z";

export class Sim {
  #process;
  #folder;

  /** Serving the site in `dist`, with options of the program besides those that every journey needs. */
  static async start({ dist = process.env.DESK_DIST, more = [] } = {}) {
    const sim = new Sim();
    sim.#folder = await mkdtemp(join(tmpdir(), "journeys-"));
    const config = join(sim.#folder, "config.json");
    await writeFile(config, JSON.stringify(CONFIG));
    const options = ["--desk-port=0", "--ccp-port=0", `--dist=${dist}`, `--config=${config}`, ...more];
    // Our end of its standard input closes with this process, whatever ends it.
    sim.#process = spawn(process.env.DESK_SIM, [...options, "--until-stdin-closes"], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const lines = createInterface({ input: sim.#process.stdout });
    const ended = once(sim.#process, "exit").then(([code]) => {
      throw new Error(`the simulator ended with ${code} before it was ready`);
    });
    const [ready] = await Promise.race([once(lines, "line"), ended]);
    ended.catch(() => {});
    /** Address of the desk. */
    sim.desk = /desk=(\S+)/.exec(ready)[1];
    /** Address of the softphone's page. */
    sim.ccp = /ccp=(\S+)/.exec(ready)[1];
    return sim;
  }

  async stop() {
    const exit = once(this.#process, "exit");
    this.#process.stdin.end();
    await exit;
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
