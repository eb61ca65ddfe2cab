// The file as the agent finds it among the downloads.

import { readFile } from "node:fs/promises";

import { press } from "../desk.mjs";

/** Presses the button that saves it. */
export async function savedFile(page, name = "障害記録を保存") {
  const downloaded = page.waitForEvent("download");
  await press(page, name);
  const download = await downloaded;
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), "utf8") };
}
