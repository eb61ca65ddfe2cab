// What goes wrong around a call: with requests, with the softphone, with the page and its machine.

import { expect } from "@playwright/test";
import { signIn } from "../desk.mjs";
import { AGENT } from "../sim.mjs";

/** Only to give up on what hangs. */
const PATIENCE = { timeout: 20_000 };

/** A button or a menu that asks something of Connect, and what the desk says when that fails. */
const REQUESTS = {
  応答: { method: "acceptContact", failed: "応答できませんでした" },
  拒否: { method: "rejectContact", failed: "拒否できませんでした" },
  保留: { method: "holdConnection", failed: "保留にできませんでした" },
  保留解除: { method: "resumeConnection", failed: "保留を解除できませんでした" },
  切断: { method: "destroyConnection", failed: "切断できませんでした" },
  後処理終了: { method: "clearContact", failed: "後処理を終了できませんでした" },
  相談: { method: "createAdditionalConnection", failed: "呼び出せませんでした" },
  転送: { method: "createAdditionalConnection", failed: "呼び出せませんでした" },
  状態: { method: "putAgentState", failed: "状態を変更できませんでした" },
  発信: { method: "createOutboundContact", failed: "発信できませんでした" },
  切替: { method: "toggleActiveConnections", failed: "切り替えられませんでした" },
  会議: { method: "conferenceConnections", failed: "会議にできませんでした" },
  退出: { method: "destroyConnection", failed: "退出できませんでした" },
  切り離し: { method: "destroyConnection", failed: "切り離せませんでした" },
};

const CODES = ["InvalidStateException", "AccessDeniedException", "ThrottlingException", "InternalServiceException"];

/** Everything that may go wrong with requests, as it is counted. */
export const REFUSALS = [
  ...new Set(Object.values(REQUESTS).map(({ method }) => `${method} refused`)),
  ...CODES.map((code) => `refused with ${code}`),
  "a request that hangs",
  "snapshots before answers",
];

/** Presses a button whose request fails first, if the dice say so; then again. Gives how it failed. */
export async function pressInTrouble(post, dice, name, press) {
  const request = REQUESTS[name];
  const kind = request && dice.weigh({ none: 0.93, refused: 0.069, silent: 0.001 });
  const fails = kind === "refused" || kind === "silent";
  if (fails) {
    const type = kind === "silent" ? undefined : dice.pick(CODES);
    post.note(`${request.method} will be ${type ?? "answered by nobody"}`);
    post.expect(/ failed|Failed /);
    await post.sim.control("faults", { method: request.method, type, message: "no" });
    await press();
    // Whether silence has dialled nobody knows; the desk says so in other words.
    await post.notice(kind === "silent" && name === "発信" ? "10 秒以内に返事がありません" : request.failed);
    post.counts.fault(type ? `${request.method} refused` : "a request that hangs");
    if (type) post.counts.fault(`refused with ${type}`);
    if (kind === "silent" && name === "発信") {
      // Two snapshots without a call say that it has not.
      for (let round = 0; round < 3; round += 1) await post.catchUp();
    }
    await post.dismiss();
  }
  await press();
  return fails ? kind : undefined;
}

const ccps = async (post) => (await post.look()).ccps.map(({ id }) => id).join();

/** Another page of the softphone than before has come. */
async function newSoftphone(post, before) {
  await post.book("a softphone that is loaded anew", ({ ccps }) => ccps.length > 0 && ccps.map(({ id }) => id).join() !== before);
}

async function dismissReloaded(post) {
  // It shows when the new frame asks to be configured, which it does after a second.
  await post.catchUp();
  await post.catchUp();
  await post.notice("通話中にソフトフォンが読み込み直されました");
  await post.dismiss();
}

/**
 * Things that happen in the middle of a call. None of them ends it, or is the agent's doing. One that
 * cannot happen now says so by `false`: a page that is loaded anew beside another would not lead any more.
 */
export const IN_MID_CALL = {
  async "page reload"(post) {
    if (post.mirror) return false;
    await post.load(() => post.page.reload());
  },

  async "page reload with an acknowledgement without an id"(post) {
    if (post.mirror) return false;
    post.expect(/'acknowledge' event handler failed/);
    await post.sim.control("switches", { acknowledge_id_after_ms: 1_000 });
    let first;
    await post.load(async () => {
      const before = await ccps(post);
      await post.page.reload();
      await newSoftphone(post, before);
      first = await ccps(post);
      await expect(post.page.locator("[data-light]")).toHaveAttribute("data-light", "starting", PATIENCE);
      await post.sim.advance(1);
      await post.sim.control("switches", { acknowledge_id_after_ms: null });
    });
    // The library counts real time: on a loaded machine it has loaded the frame anew by then.
    await post.page.waitForFunction(() => !connect.core.ccpLoadTimeoutInstance && !connect.core.iframeRefreshTimeout, undefined, PATIENCE);
    if ((await ccps(post)) !== first) {
      post.counts.count("a frame that the library loaded anew");
      await dismissReloaded(post);
    }
  },

  async "page reload with an acknowledgement that comes late"(post) {
    if (post.mirror) return false;
    await post.load(async () => {
      await post.sim.control("delivery", { hold: "everything" });
      await post.page.reload();
      await post.notice("ソフトフォンから応答がありません");
      await post.sim.control("delivery", { hold: "nothing" });
    });
    await post.notice(null);
  },

  async "softphone's frame reload"(post) {
    const before = await ccps(post);
    await post.softphone().evaluate(() => location.reload());
    await newSoftphone(post, before);
    await dismissReloaded(post);
  },

  async "dropped WebSocket"(post) {
    const before = await ccps(post);
    await post.softphone().evaluate(() => socket.close());
    await newSoftphone(post, before);
    await post.catchUp();
    await post.dismiss();
  },

  async "line to Connect lost and gained"(post) {
    const announce = (event) => post.sim.control(`agents/${AGENT.login}/announce`, { event });
    await announce("agent::websocket_connection_lost");
    await post.notice("ソフトフォンと Connect の接続が途切れました");
    await announce("agent::websocket_connection_gained");
    await post.notice(null);
  },

  async "session that ends"(post) {
    await post.flow(async () => {
      await post.sim.control(`agents/${AGENT.login}/sign-out`, {});
      await post.notice("サインアウトしました");
      await signIn(post.page);
    });
    await dismissReloaded(post);
  },

  async "clock of the PC that jumps"(post, dice) {
    const by = dice.pick([-5, 5]) * 60_000;
    for (const frame of [post.page.mainFrame(), post.softphone()]) {
      await frame.evaluate((by) => (globalThis.pcClockOff += by), by);
    }
    await post.catchUp();
  },

  async "slow machine"(post) {
    const session = await post.context.newCDPSession(post.page);
    await session.send("Emulation.setCPUThrottlingRate", { rate: 4 });
    post.atTheEnd(async () => {
      await session.send("Emulation.setCPUThrottlingRate", { rate: 1 });
      await session.detach();
    });
  },

  async "second tab"(post) {
    if (post.mirror) return false;
    const mirror = await post.newPage();
    await post.sim.control("delivery", { hold: "nothing" });
    await mirror.goto(post.sim.desk);
    await expect(mirror.getByTestId("notice")).toContainText("表示専用です", PATIENCE);
    await expect(mirror.getByTestId("call-phase")).toHaveAttribute("data-phase", post.shown.phase, PATIENCE);
    await post.sim.control("delivery", { hold: "snapshots" });
    post.mirror = mirror;
    await post.catchUp();
    post.atTheEnd(async () => {
      await expect(mirror.getByTestId("call-phase")).toHaveAttribute("data-phase", "idle", PATIENCE);
      const before = await ccps(post);
      await mirror.close();
      await newSoftphone(post, before);
      post.mirror = undefined;
    });
    return true;
  },
};

/** How often, in a talk. */
export const HOW_OFTEN = {
  "page reload": 5,
  "page reload with an acknowledgement without an id": 1,
  "page reload with an acknowledgement that comes late": 0.3,
  "softphone's frame reload": 3,
  "dropped WebSocket": 3,
  "line to Connect lost and gained": 4,
  "session that ends": 0.6,
  "clock of the PC that jumps": 6,
  "slow machine": 0.8,
  "second tab": 1.5,
};
