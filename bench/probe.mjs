// What is put into a measured page before its own scripts: when a message of the CCP arrived, when
// the page's text followed, and when that was painted. The same code in both pages.

/** Runs in the page. `rival` says whose page it is. */
export function probe(rival) {
  if (window !== window.top) return;

  /** The first element that shows who is signed in. */
  const agentName = () => document.querySelector(rival === "desk" ? '[data-testid="agent-name"]' : "#agent-name");

  const shown = (name) => document.querySelector(`[data-testid="${name}"]`);
  const isInFront = (contact) => shown("contact-id")?.textContent === contact;

  /** Whether these changes show what has become of `contact`. Of a hold the plain page shows nothing. */
  const shows = {
    plain: {
      connected: (mutations) => mutations.some(({ target }) => target.id === "start-time"),
      ended: (mutations) => mutations.some(({ target }) => target.id === "end-time"),
    },
    desk: {
      connected: (_, contact) => isInFront(contact) && Boolean(shown("connected-time")?.dateTime),
      hold: (_, contact) => isInFront(contact) && shown("call-phase")?.dataset.phase === "hold",
      ended: (_, contact) => isInFront(contact) && Boolean(shown("ended-time")?.dateTime),
    },
  }[rival];

  /** After the frame that paints what is in the document now. */
  const painted = (then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(null);
    });

  /** Whether a message says that of `contact` for the first time. */
  const tells = (event, contact, what) => {
    if (event.data?.event !== "agent::update") return false;
    const contacts = event.data.data?.snapshot?.contacts ?? [];
    const told = contacts.find(({ contactId }) => contactId === contact);
    if (what === "hold") return Boolean(told?.connections.some(({ state }) => state.type === "hold"));
    return told?.state?.type === what;
  };

  const bench = {
    /** Milliseconds since the navigation when the agent's name had been painted. */
    agent: undefined,

    /** Waits for the message that connects `contact`, or holds or ends it; then measures until the page shows it. */
    shown: (contact, what = "connected") =>
      new Promise((resolve) => {
        let arrived;
        heard = (event) => {
          if (arrived !== undefined || !tells(event, contact, what)) return;
          arrived = performance.now();
          if (!shows[what]) resolve(undefined);
        };
        if (!shows[what]) return;
        const observer = new MutationObserver((mutations) => {
          if (arrived === undefined || !shows[what](mutations, contact)) return;
          const dom = performance.now() - arrived;
          observer.disconnect();
          heard = undefined;
          painted(() => resolve({ dom, paint: performance.now() - arrived }));
        });
        observer.observe(document, { subtree: true, childList: true, characterData: true, attributes: true });
      }),
  };

  // A screen that is looked at has frames sixty times a second, whatever the page does; a browser
  // without a screen would start a frame at once, as soon as something has changed.
  const refresh = () => requestAnimationFrame(refresh);
  refresh();

  // Registered before any script of the page, so that it hears each message before the library.
  let heard;
  window.addEventListener("message", (event) => heard?.(event), true);

  const waitForName = new MutationObserver(() => {
    if (!/佐藤/.test(agentName()?.textContent ?? "")) return;
    waitForName.disconnect();
    painted(() => {
      bench.agent = performance.now();
      console.debug("bench: signed in");
    });
  });
  waitForName.observe(document, { subtree: true, childList: true, characterData: true });

  window.bench = bench;
}
