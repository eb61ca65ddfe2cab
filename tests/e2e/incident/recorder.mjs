// The recorder of the built site on a page where nothing else is, with a frame to speak and a
// stand-in for the one class of the library that it listens to.

import { readFile } from "node:fs/promises";
import { join } from "node:path";

import { savedFile } from "./file.mjs";

const PAGE = `<!DOCTYPE html><title>Recorder</title><button data-incident>Save</button><script data-wasm="/app-0.wasm"></script>`;

export class Recorder {
  constructor(page) {
    this.page = page;
  }

  static async open(page) {
    const index = await readFile(join(process.env.DESK_DIST, "index.html"), "utf8");
    const file = /data-recorder="?([^" >]+)/.exec(index)[1];
    await page.route("**/recorder", (route) => route.fulfill({ contentType: "text/html", body: PAGE }));
    await page.goto("/recorder");
    await page.evaluate(async (file) => {
      await import(file);
      const frame = document.body.appendChild(document.createElement("iframe"));
      class WindowIOStream {
        output = frame.contentWindow;
        send() {}
      }
      window.connect = { version: "0.0.0", WindowIOStream, core: { upstream: { upstream: new WindowIOStream() } } };
      window.dispatchEvent(new Event("desk:streams"));
    }, file);
    return new Recorder(page);
  }

  /** The frame says each of these; `{"$date": …}` is a real `Date` there. */
  async hear(messages) {
    await this.page.frames()[1].evaluate(async (text) => {
      const revive = (_, value) => (typeof value?.$date === "string" ? new Date(value.$date) : value);
      for (const message of JSON.parse(text, revive)) parent.postMessage(message, "*");
    }, JSON.stringify(messages));
    // What was posted before this has been heard.
    await this.page.evaluate(() => new Promise((resolve) => {
      addEventListener("message", resolve, { once: true });
      window.postMessage(null);
    }));
  }

  /** The page says each of these to the frame. */
  async tell(messages) {
    await this.page.evaluate((text) => {
      const revive = (_, value) => (typeof value?.$date === "string" ? new Date(value.$date) : value);
      for (const message of JSON.parse(text, revive)) window.connect.core.upstream.upstream.send(message);
    }, JSON.stringify(messages));
  }

  /** The file's text. */
  async file() {
    return (await savedFile(this.page, "Save")).text;
  }

  /** The messages of the file. */
  async messages() {
    return JSON.parse(await this.file()).messages;
  }
}
