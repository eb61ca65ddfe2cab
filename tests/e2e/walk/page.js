// What the walk puts into the desk's page before its own scripts: ears that hear every message of
// the CCP before the library does, eyes that look at the desk after each one, and hands that press
// its buttons by role and name. Playwright's own would take a round trip for every look.

/** Runs in the page. */
export function drive() {
  if (window !== window.top) return;

  /** Longer than anything takes that is going to happen; then what was waited for is a mismatch. */
  const PATIENCE_MS = 20_000;

  const millis = (at) => (at instanceof Date ? at.getTime() : undefined);
  const list = (value) => (Array.isArray(value) ? value : undefined);

  const roleOf = ({ type, initial, monitorStatus }) =>
    type === "agent" ? "agent" : type === "monitoring" || monitorStatus ? "supervisor" : initial ? "customer" : "third_party";

  /** A snapshot as it arrived, poisoned or not. */
  const digest = (snapshot) => ({
    time: millis(snapshot.snapshotTimestamp),
    poison: snapshot.walk,
    agent: { name: snapshot.state?.name, type: snapshot.state?.type, since: millis(snapshot.state?.startTimestamp) },
    contacts: list(snapshot.contacts)?.map((contact) => ({
      id: contact.contactId,
      kind: contact.type,
      state: contact.state?.type,
      since: millis(contact.state?.timestamp),
      legs: list(contact.connections)?.map((leg) => ({ role: roleOf(leg), state: leg.state?.type, since: millis(leg.state?.timestamp) })),
    })),
  });

  const one = (selector) => document.querySelector(selector);

  /** What the agent sees of their contacts: who is in front, doing what, and what the others do. */
  const shown = () => {
    const phase = one('[data-testid="call-phase"]')?.dataset.phase;
    const others = [...document.querySelectorAll(".other-contacts li")].map((item) => `${item.querySelector("button").dataset.key} ${item.dataset.phase}`);
    return { front: one('[data-testid="contact-id"]')?.textContent ?? "", phase, others };
  };

  const heard = [];
  const waiting = new Set();
  let last;
  window.addEventListener(
    "message",
    ({ data }) => {
      if (data?.event === "agent::update") last = { ...digest(data.data.snapshot), came: performance.now() };
    },
    true,
  );
  // The library's own listener has been run by then, and all that followed from it: microtasks run
  // between two listeners.
  const look = ({ data }) => {
    if (data?.event !== "agent::update") return;
    heard.push({ ...last, taken: performance.now(), shown: shown() });
    for (const look of waiting) look();
  };

  /** Resolves with what `find` gives, once it gives something. */
  const until = (what, find) =>
    new Promise((resolve, reject) => {
      let timer;
      const observer = new MutationObserver(() => attempt());
      const attempt = () => {
        const found = find();
        if (found === undefined || found === false) return false;
        clearTimeout(timer);
        observer.disconnect();
        waiting.delete(attempt);
        resolve(found);
        return true;
      };
      if (attempt()) return;
      observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      waiting.add(attempt);
      timer = setTimeout(() => {
        observer.disconnect();
        waiting.delete(attempt);
        reject(new Error(`${what} did not come`));
      }, PATIENCE_MS);
    });

  const isEnabled = (button) => button.getAttribute("aria-disabled") !== "true" && button.checkVisibility();
  const buttons = (within) => [...document.querySelectorAll(`${within} button`)].filter(isEnabled);
  const named = (name, within) => buttons(within).find((button) => button.textContent.trim() === name);

  window.walk = {
    /** Puts the eyes behind the library's ears, which it may have put on anew. */
    arm() {
      window.removeEventListener("message", look);
      window.addEventListener("message", look);
      return heard.length;
    },

    shown,

    /** What has been heard since, as soon as `count` snapshots have come, and the one of the time `last`, if that is told. */
    async since(from, count, last) {
      const isLast = (time) => last === undefined || time === undefined || time === last;
      await until(`${count} snapshots`, () => heard.length >= from + count && (count === 0 || isLast(heard.at(-1).time)));
      // The library listens anew when its frame is another.
      walk.arm();
      return { heard: heard.slice(from), now: shown() };
    },

    /** Presses a button as soon as it can be pressed. */
    async press(name, within = "body") {
      (await until(`the button ${name}`, () => named(name, within))).click();
    },

    /** Presses the first enabled button within `within` whose text contains `part`. */
    async choose(part, within) {
      const holds = (button) => button.textContent.includes(part);
      (await until(`the choice ${part}`, () => buttons(within).find(holds))).click();
    },

    /** Types into a field. */
    type(label, text) {
      const field = one(`input[aria-label="${label}"]`);
      field.value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },

    chooseState(name) {
      const menu = one(".state-menu select");
      menu.selectedIndex = [...menu.options].findIndex((option) => option.textContent === name);
      menu.dispatchEvent(new Event("change"));
    },

    /** The texts of the notices, once there is one that contains `part`, or is none. */
    async notice(part) {
      // All but the most urgent are folded away.
      const notices = () => [...document.querySelectorAll('[data-testid="notice"]')].map((notice) => notice.textContent);
      const unfold = () => part !== null && one('.notices [data-key="more"][aria-expanded="false"]')?.click();
      const fits = (all) => (part === null ? all.length === 0 : all.some((text) => text.includes(part)));
      return until(part === null ? "the end of the notices" : `the notice ${part}`, () => {
        unfold();
        return fits(notices()) ? notices() : undefined;
      });
    },

    /** Puts away what can be put away. */
    dismiss() {
      for (let round = 0; round < 9; round += 1) {
        const button = named("閉じる", ".notices");
        if (!button) return;
        button.click();
      }
    },

    /** What is kept of finished calls, and the rows of those contacts on screen. */
    kept(contacts) {
      // What is not written yet is when the page goes.
      window.dispatchEvent(new Event("pagehide"));
      // What is not ASCII is written by its number.
      const text = (localStorage.getItem("desk.journal") ?? "").replace(/%u(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      const lines = text.split("\n").map((line) => line.split("\t"));
      const of = (line) => contacts === undefined || contacts.includes(line[1]);
      const rows = [...document.querySelectorAll('[data-testid="call-record"]')].map(({ dataset }) => ({ contact: dataset.contactId, outcome: dataset.outcome }));
      return { records: lines.filter((line) => line[0] === "record" && of(line)), open: lines.filter((line) => line[0] === "offer" && of(line)), rows: rows.filter(({ contact }) => contacts?.includes(contact)) };
    },
  };
}
