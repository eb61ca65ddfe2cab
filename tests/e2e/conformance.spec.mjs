// The local Amazon Connect against traces of the real protocol: each is played again, with the
// unmodified library on a bare page, and what the library calls back is compared. How strictly,
// says `conformance/trace.mjs`. What happens is done by the control API, by the softphone's
// buttons and by asking the library, as in the trace; nothing is put into the library's mouth.

import { expect } from "./desk.mjs";
import { CALLER, Stage, test } from "./conformance/stage.mjs";
import { differences, readTrace, traceNames } from "./conformance/trace.mjs";

// ── What can happen ────────────────────────────────────────────────────────────────────────

/** A step after which every snapshot arrives, one by one, and a second passes. */
const step = (act) => async (stage) => {
  await act(stage);
  await stage.settle();
  await stage.deliver();
  await stage.sim.advance(1);
};

const ring = (name, options) => step(async (stage) => {
  stage.named(await stage.sim.ring({ from: CALLER, attributes: { plan: "gold" }, ...options }), name);
});
const wantCallback = step(async (stage) => {
  stage.named(await stage.sim.wantCallback({ number: CALLER, queue: "CallbackQueue" }));
});
const ask = (label, request = label, given, contact) => step((stage) => stage.ask(label, request, given, contact));
const tell = (what, given) => step((stage) => stage.tell(what, given));
const customer = (act, contact) => step((stage) => stage.customer(act, contact));
const thirdParty = (act) => step((stage) => stage.thirdParty(act));
const announce = (event, data) => step((stage) => stage.announce(event, data));
const wait = (seconds) => step((stage) => stage.sim.advance(seconds));
const dial = step(async (stage) => {
  await stage.ask("connect", "connect", { number: "+442071838750" });
  await stage.settle();
  stage.named((await stage.agent()).contacts[0].contact_id);
});
const setState = (name, later) => ask(`setState:${name}`, "setState", { name, later });
const open = step((stage) => stage.open());

const talking = [ring(), ask("accept")];
const cleared = ask("clear");
/** Else the call, back in its queue, would be offered again when the agent is available, and of that the traces show nothing. */
const callerGivesUp = customer("hang-up");
const agentLeg = wait(1);

const signOut = async (stage) => {
  await stage.press("Sign out");
};

/** Lets so much of the library's time pass that it opens its pop-up, and signs in there. */
const signInAfter = (milliseconds) => async (stage) => {
  const opened = stage.page.context().waitForEvent("page");
  await stage.pass(milliseconds);
  await stage.signIn(await opened);
};

// ── The traces ─────────────────────────────────────────────────────────────────────────────

/**
 * `switches`: choices of the simulator, where the protocol leaves one.
 * `before`: what has happened, on this page, when the trace begins.
 * `reloads`: the trace begins with the page; what happened before did so in an earlier one.
 * `hold`: what is kept back until a step lets it go; by default the snapshots, so that answers and
 * echoes come first however slow the machine is.
 * `plays`: what happens then.
 */
const TRACES = {
  "00-handshake": { reloads: true, plays: [open] },
  "01-inbound-accept-hangup-clear": { plays: [ring(), ask("accept"), ask("destroy", "leave"), cleared] },
  "02-inbound-customer-hangs-up": { plays: [ring(), ask("accept"), customer("hang-up"), cleared] },
  "03a-inbound-missed-error": { plays: [ring(), customer("ring-out"), callerGivesUp, cleared] },
  "03b-inbound-missed-missed": { switches: { missed: "missed" }, plays: [ring(), customer("ring-out"), callerGivesUp, cleared] },
  "04a-inbound-reject-error": { plays: [ring(), ask("reject"), callerGivesUp, cleared] },
  "04b-inbound-reject-rejected": { switches: { declined: "rejected" }, plays: [ring(), ask("reject"), callerGivesUp, cleared] },
  "05-inbound-abandoned-while-ringing": { switches: { clear_abandoned_after_ms: 5_000 }, plays: [ring(), customer("hang-up"), wait(5)] },
  "06-queue-callback": { plays: [wantCallback, ask("accept"), customer("answer"), ask("destroy", "leave"), cleared] },
  "06b-queue-callback-missed": { plays: [wantCallback, customer("ring-out"), callerGivesUp, cleared] },
  "07-outbound-connect-success": { switches: { agent_leg_ms: 1_000 }, plays: [dial, agentLeg, customer("answer"), customer("hang-up"), cleared] },
  "08-outbound-connect-failure": { plays: [ask("connect", "connect", { number: "12" })] },
  "09a-outbound-no-answer": { switches: { agent_leg_ms: 1_000 }, plays: [dial, agentLeg, customer("no-answer"), wait(5)] },
  "09b-outbound-busy": { switches: { agent_leg_ms: 1_000 }, plays: [dial, agentLeg, customer("busy"), wait(5)] },
  "09c-outbound-bad-number": { switches: { agent_leg_ms: 1_000 }, plays: [dial, agentLeg, customer("bad-number"), wait(5)] },
  "09d-outbound-agent-cancels-while-dialling": { switches: { agent_leg_ms: 60_000 }, plays: [dial, ask("destroy", "leave"), wait(5)] },
  "10-hold-resume": { before: talking, plays: [ask("hold"), ask("resume")] },
  "11-mute": { before: talking, plays: [tell("mute"), tell("unmute"), ask("muteParticipant"), ask("unmuteParticipant")] },
  "12-conference-transfer": {
    switches: { endpoints_per_page: 2 },
    before: talking,
    plays: [
      tell("listEndpoints"), tell("listEndpoints"), ask("addConnection", "addConnection", { name: "Front desk" }),
      thirdParty("answer"), ask("toggle"), ask("conference"), ask("leave"), cleared,
    ],
  },
  "12b-third-party-fails": { before: talking, plays: [ask("addConnection", "addConnection", { number: "+12065550177" }), thirdParty("no-answer")] },
  "13-agent-state": { plays: ["Lunch", "Available", "Offline", "Available"].map((name) => setState(name)) },
  "13b-agent-next-state": {
    before: talking,
    plays: [setState("Lunch"), setState("Lunch", true), setState("Available", true), setState("Lunch", true), customer("hang-up"), cleared],
  },
  "14-logout-terminated": {
    switches: { acknowledges_after_sign_out: true },
    plays: [signOut, async (stage) => {
      await stage.until(1);
      // Past the moment at which a CCP that is silent would be replaced.
      await stage.pass(3_000);
      expect(await stage.framesPutIn(), "a CCP that acknowledges is not replaced").toBe(1);
    }],
  },
  "14b-terminated-no-acks": {
    hold: "nothing",
    lastFrameOnly: true,
    plays: [signOut, (stage) => stage.until(1), signInAfter(400), (stage) => stage.pass(400), (stage) => stage.until(2)],
  },
  "15-auth-fail-access-denied": {
    plays: [
      announce("auth_fail", { authorize: true }), announce("access_denied"), announce("cti_authorize_retries_exhausted"),
      announce("authorize_success"), announce("authorize_retries_exhausted"),
    ],
  },
  "16-reload-mid-call": { before: talking, reloads: true, plays: [open] },
  "16b-reload-in-acw": { before: [...talking, customer("hang-up")], reloads: true, plays: [open, cleared] },
  "16c-reload-in-missed": { switches: { missed: "missed" }, before: [ring(), customer("ring-out"), callerGivesUp], reloads: true, plays: [open, cleared] },
  "17-iframe-reload-mid-call": {
    before: talking,
    hold: "nothing",
    plays: [async (stage) => {
      const frame = stage.frame();
      await frame.goto("about:blank");
      await stage.noCcp();
      await frame.goto(stage.sim.ccp);
      await expect.poll(async () => (await stage.sim.book()).ccps.length).toBe(1);
      await stage.settle();
    }, wait(1)],
  },
  "18-two-tabs": {
    // The CCP's frames ask as well; the one that comes first has it, as in the trace.
    before: [(stage) => stage.tell("checkMaster", "connect::softphone"), (stage) => stage.openTab()],
    plays: [
      ring(), step((stage) => stage.ask("accept", "accept", undefined, "last", stage.tabs[1])),
      tell("checkMaster", "connect::softphone"), step((stage) => stage.tell("becomeMaster", "connect::softphone", stage.tabs[1])), tell("checkMaster", "connect::softphone"),
    ],
  },
  "19-multi-contact": {
    plays: [
      ring("A"), ask("acceptA", "accept", undefined, "A"), ring("B", { from: "+12065550143", agent: "ada", force: true }),
      ask("rejectB", "reject", undefined, "B"), customer("hang-up", "B"), ask("clearB", "clear", undefined, "B"),
      customer("hang-up", "A"), ask("clearA", "clear", undefined, "A"),
    ],
  },
  "20-vanish-and-dup": {
    before: talking,
    plays: [step((stage) => stage.sim.control("delivery", { repeat: true })), step((stage) => stage.sim.control("delivery", { repeat: true })), customer("vanish")],
  },
  "21-order-snapshot-before-response": { switches: { snapshot_before_response: true }, hold: "nothing", plays: [ring(), ask("accept")] },
  "22-accept-failure": {
    before: [(stage) => stage.sim.control("faults", { method: "acceptContact", type: "InvalidStateException", message: "nope" })],
    plays: [ring(), ask("accept")],
  },
  "23-view-contact-misc": {
    plays: [
      tell("view", "contact-0001"), tell("showQuickConnects"), tell("listDevices"), tell("setSpeaker", "spk1"),
      announce("agent::softphone_error", { errorType: "microphone_not_shared", errorMessage: "m", endPointUrl: "" }),
      announce("agent::websocket_connection_lost"), announce("agent::websocket_connection_gained"),
      announce("agent::local_media_stream_created", { connectionId: "x" }),
    ],
  },
  "24-sdk-channel": {
    plays: [
      (stage) => stage.announce("agent/networkConnectionStatusChanged", { status: "connected", timestamp: Date.parse("2026-01-01T09:00:00.000Z") }),
      (stage) => stage.until(1),
      ring(),
      async (stage) => {
        expect(await stage.tell("networkStatus")).toMatchObject({ status: "connected", timestamp: expect.any(Number) });
        expect(await stage.tell("instanceOf", stage.contacts.last)).toEqual({ origin: new URL(stage.sim.ccp).origin, region: "us-west-2" });
        expect(await stage.tell("engagePreview", stage.contacts.last)).toBe("handlerNotFound");
      },
    ],
  },
  "25-load-timeout-retries": {
    reloads: true,
    hold: "nothing",
    signIn: "form",
    plays: [(stage) => stage.load(), (stage) => stage.pass(2_600), async (stage) => {
      await stage.until(2);
      const { url, ...popup } = readTrace("25-load-timeout-retries").observed.opened[0];
      expect(await stage.opened()).toEqual([{ ...popup, url: new URL(new URL(url).pathname, stage.sim.ccp).href }]);
      expect(await stage.framesPutIn(), "the first frame and ten more").toBe(11);
    }],
  },
  "26-late-ack": {
    reloads: true,
    hold: "everything",
    plays: [(stage) => stage.load(), (stage) => stage.waitForHeld(3), (stage) => stage.pass(700), (stage) => stage.until(1), (stage) => stage.keepBack("nothing"), (stage) => stage.ready()],
  },
  "27-ack-without-id": {
    switches: { acknowledge_id_after_ms: 500 },
    reloads: true,
    hold: "nothing",
    plays: [(stage) => stage.load(), (stage) => stage.until(4), (stage) => stage.sim.advance(0.5), (stage) => stage.ready()],
  },
  "28-keepalive-loss": { hold: "everything", plays: [(stage) => stage.pass(1_000), (stage) => stage.until(2)] },
  "29-init-twice-terminate": { before: [ring(), (stage) => stage.tell("terminate"), (stage) => stage.noCcp()], hold: "nothing", plays: [(stage) => stage.init(), (stage) => stage.ready()] },
  "33-login-logout-cycle": {
    reloads: true,
    hold: "nothing",
    signIn: "form",
    lastFrameOnly: true,
    plays: [
      (stage) => stage.load(), signInAfter(700), (stage) => stage.pass(700), (stage) => stage.until(7), (stage) => stage.mark("--- logout ---"),
      signOut, (stage) => stage.until(9), signInAfter(500), (stage) => stage.pass(700), (stage) => stage.until(10),
    ],
  },
};

for (const [name, { switches = {}, signIn = "automatic", hold = "snapshots", reloads = false, lastFrameOnly = false, before = [], plays }] of Object.entries(TRACES)) {
  test(`trace ${name}`, async ({ page, sim }) => {
    const trace = readTrace(name);
    const stage = new Stage({ page, sim, params: here(trace.initCCPParams, sim) });
    await stage.set({ switches, signIn });
    if (!reloads || before.length > 0) {
      await stage.open();
      await stage.keepBack("snapshots");
      for (const happens of before) await happens(stage);
    }
    if (reloads && before.length > 0) await stage.leave();
    if (!reloads) await stage.begin();
    await stage.keepBack(hold);
    for (const happens of plays) await happens(stage);
    expect(differences(trace, await stage.tape(lastFrameOnly))).toEqual([]);
  });
}

test("every trace is played", () => {
  expect(Object.keys(TRACES).sort()).toEqual(traceNames());
});

/** The trace's own parameters, with the addresses of this simulator. */
function here(params, sim) {
  const moved = { ...params, ccpUrl: sim.ccp };
  if (params.loginUrl) moved.loginUrl = new URL(new URL(params.loginUrl).pathname, sim.ccp).href;
  return moved;
}
