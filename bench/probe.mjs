// What is put into a measured page before its own scripts: when a message of the CCP arrived, when
// the page's text followed, and when that was painted. The same code in both pages.

/** Runs in the page. `rival` says whose page it is. */
export function probe(rival) {
  if (window !== window.top) return;

  /** The first element that shows who is signed in. */
  const agentName = () => document.querySelector(rival === "desk" ? '[data-testid="agent-name"]' : "#agent-name");

  /** Whether these changes show that `contact` is connected. */
  const showsConnected = {
    plain: (mutations) => mutations.some(({ target }) => target.id === "start-time"),
    desk: (_, contact) =>
      document.querySelector('[data-testid="contact-id"]')?.textContent === contact &&
      Boolean(document.querySelector('[data-testid="connected-time"]')?.dateTime),
  }[rival];

  /** After the frame that paints what is in the document now. */
  const painted = (then) =>
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = then;
      port2.postMessage(null);
    });

  const stateOf = (event, contact) => {
    if (event.data?.event !== "agent::update") return undefined;
    const contacts = event.data.data?.snapshot?.contacts ?? [];
    return contacts.find(({ contactId }) => contactId === contact)?.state?.type;
  };

  const bench = {
    /** Milliseconds since the navigation when the agent's name had been painted. */
    agent: undefined,

    /** Waits for the message that connects `contact`, then measures until the page shows it. */
    connected: (contact) =>
      new Promise((resolve) => {
        let arrived;
        heard = (event) => {
          if (arrived === undefined && stateOf(event, contact) === "connected") arrived = performance.now();
        };
        const observer = new MutationObserver((mutations) => {
          if (arrived === undefined || !showsConnected(mutations, contact)) return;
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
