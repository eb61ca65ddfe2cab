// A slow line between a browser and everything else: a SOCKS proxy that holds back what passes through it.
//
// What it takes from a real line: a round trip before a connection is there, half a round trip for
// whatever is sent, and one rate for all connections together, which take turns by the packet. So a request on a
// new connection costs two round trips and one on an open connection costs one, as they do on a line, and
// as they do not where DevTools throttles: there every request costs the same.
//
// What it leaves out: the handshake of TLS, the slow start of TCP, and loss. The local world speaks HTTP/1.1 in the
// clear, on six connections that each cost a round trip, where CloudFront speaks HTTP/2 on one that costs two, and
// HTTP/3 on one that costs one. The kernel would hold packets back better (`tc netem`), but only for root and
// where it has that module.
//
// Chromium asks it by names and ports, so no address is another than without it.

import { once } from "node:events";
import { createServer, connect } from "node:net";

/** What a packet carries on Ethernet. */
const PACKET = 1_460;
/** So much waits for its turn before the sender is held back. */
const LONGEST_QUEUE = 262_144;

/** One direction of the line. */
class Direction {
  /** Sources that have something to send, in the order of their turns. */
  #waiting = [];
  /** When the last packet that was taken will have left. */
  #free = 0;
  #turn;
  /** What has left, in that order: when it comes, and what happens then. */
  #underway = [];
  #arrival;

  constructor(delay, bytesPerMs) {
    Object.assign(this, { delay, bytesPerMs });
  }

  /** A source's data on its way to `target`; nothing more is taken of a source that has enough waiting. */
  carry(source, target) {
    const queue = { pieces: [], length: 0, ends: false, source, target };
    source.on("data", (piece) => {
      queue.pieces.push(piece);
      queue.length += piece.length;
      if (queue.length > LONGEST_QUEUE) source.pause();
      this.#wait(queue);
    });
    source.on("end", () => {
      queue.ends = true;
      this.#wait(queue);
    });
    source.resume();
  }

  #wait(queue) {
    if (!this.#waiting.includes(queue)) this.#waiting.push(queue);
    if (this.#turn !== undefined) return;
    // A line that had nothing to do has not saved up time. One whose timer is late has.
    this.#free = Math.max(this.#free, performance.now());
    this.#send();
  }

  /** Takes the packets whose time has come, one of each source in turn. */
  #send() {
    this.#turn = undefined;
    const now = performance.now();
    while (this.#waiting.length > 0 && this.#free <= now) {
      const queue = this.#waiting.shift();
      const packet = take(queue);
      this.#free += packet.length / this.bytesPerMs;
      if (packet.length > 0) this.#later(() => queue.target.write(packet));
      if (queue.length <= LONGEST_QUEUE) queue.source.resume();
      if (queue.length > 0) this.#waiting.push(queue);
      else if (queue.ends) this.#later(() => queue.target.end());
    }
    if (this.#waiting.length > 0) this.#turn = setTimeout(() => this.#send(), this.#free - now);
  }

  /** When the last packet has left and has come. One timer for all: of two, the later may ring first. */
  #later(act) {
    this.#underway.push({ at: this.#free + this.delay, act });
    if (this.#arrival === undefined) this.#arrive();
  }

  #arrive() {
    this.#arrival = undefined;
    const now = performance.now();
    while (this.#underway.length > 0 && this.#underway[0].at <= now) this.#underway.shift().act();
    const [next] = this.#underway;
    if (next) this.#arrival = setTimeout(() => this.#arrive(), next.at - now);
  }
}

/** The next packet of a source: no bytes, if nothing is left. */
function take(queue) {
  const piece = queue.pieces.shift();
  if (!piece) return Buffer.alloc(0);
  const packet = piece.subarray(0, PACKET);
  if (piece.length > PACKET) queue.pieces.unshift(piece.subarray(PACKET));
  queue.length -= packet.length;
  return packet;
}

/** The line, as a proxy that a browser is told of. */
export class Wire {
  #server;
  #ends = new Set();

  /** With so many milliseconds for a round trip, and that rate in either direction. */
  static async start({ roundTripMs, megabitsPerSecond }) {
    const wire = new Wire();
    const bytesPerMs = (megabitsPerSecond * 1_000_000) / 8 / 1_000;
    wire.roundTripMs = roundTripMs;
    wire.there = new Direction(roundTripMs / 2, bytesPerMs);
    wire.back = new Direction(roundTripMs / 2, bytesPerMs);
    wire.#server = createServer({ allowHalfOpen: true }, (browser) => {
      wire.#keep(browser);
      browser.on("error", () => browser.destroy());
      wire.#take(browser).catch(() => browser.destroy());
    });
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    /** For the browser's `--proxy-server`. */
    wire.address = `socks5://127.0.0.1:${wire.#server.address().port}`;
    return wire;
  }

  stop() {
    this.hangUp();
    this.#server.close();
  }

  /** Ends every connection, as a night does. */
  hangUp() {
    for (const end of this.#ends) end.destroy();
  }

  #keep(end) {
    this.#ends.add(end);
    end.setNoDelay(true);
    end.on("close", () => this.#ends.delete(end));
  }

  /** RFC 1928, as far as Chromium speaks it: no authentication, CONNECT, and an address of this machine. */
  async #take(browser) {
    const [, methods] = await read(browser, 2);
    await read(browser, methods);
    browser.write(Buffer.from([5, 0]));
    const [, command, , kind] = await read(browser, 4);
    const isName = kind === 3;
    const address = await read(browser, isName ? (await read(browser, 1))[0] : 4);
    const port = (await read(browser, 2)).readUInt16BE();
    const host = isName ? address.toString("latin1") : address.join(".");
    // Nothing of a benchmark is anywhere else, and nothing else of a browser is let out.
    if (command !== 1 || host !== "127.0.0.1") throw new Error(`not on this line: ${host}`);
    const began = performance.now();
    const server = connect({ host, port, allowHalfOpen: true });
    this.#keep(server);
    server.on("error", () => browser.destroy());
    browser.on("close", () => server.destroy());
    await once(server, "connect");
    const rest = this.roundTripMs - (performance.now() - began);
    await new Promise((resolve) => setTimeout(resolve, rest));
    browser.write(Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
    this.there.carry(browser, server);
    this.back.carry(server, browser);
  }
}

/** The next so many bytes. */
async function read(stream, length) {
  if (length === 0) return Buffer.alloc(0);
  for (;;) {
    const bytes = stream.read(length);
    if (bytes) return bytes;
    if (stream.destroyed || stream.readableEnded) throw new Error("it has hung up");
    await once(stream, "readable");
  }
}
