// What is put besides the probe into a page of a world with customers: when a contact was first told
// of, what the page has marked, whether the proxy's answer has ended, what moved by itself, and how
// long the page took for what an agent did. It waits for nothing but what the browser says.

/** Runs in the page. */
export function witness() {
  if (window !== window.top) return;

  /** When a contact was in a message for the first time. */
  const told = new Map();
  window.addEventListener(
    "message",
    ({ data }) => {
      if (data?.event !== "agent::update") return;
      for (const { contactId } of data.data?.snapshot?.contacts ?? []) if (!told.has(contactId)) told.set(contactId, performance.now());
    },
    true,
  );

  /** What waits for an entry: a function that says whether it has come. */
  const waiting = new Set();
  const until = (has) =>
    new Promise((resolve) => {
      const look = () => {
        if (!has()) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  const observe = (options, take) => {
    const observer = new PerformanceObserver((list) => {
      list.getEntries().forEach(take);
      for (const look of [...waiting]) look();
    });
    observer.observe({ buffered: true, ...options });
    return () => observer.takeRecords().forEach(take);
  };

  const marks = new Map();
  observe({ type: "mark" }, ({ name, startTime }) => marks.set(name, startTime));

  /** Answers of the proxy that have come to their end, by its operations. */
  const answered = { "screen-pop": 0, link: 0 };
  observe({ type: "resource" }, ({ name }) => {
    const operation = /\/api\/([\w-]+)$/.exec(name)?.[1];
    if (operation in answered) answered[operation] += 1;
  });

  // Also what moved just after the agent has pressed something: what they pressed is no reason for it.
  let shifts = [];
  const lastShifts = observe({ type: "layout-shift" }, ({ value, hadRecentInput, sources }) => {
    const place = ({ x, y, width, height }) => [x, y, width, height].join(" ");
    const what = sources.map(({ node, previousRect, currentRect }) => {
      const element = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
      return `${element?.className || element?.nodeName}: ${place(previousRect)} to ${place(currentRect)}`;
    });
    shifts.push({ value, hadRecentInput, what });
  });

  let events = [];
  let rung;
  const bells = new Set();
  const take = ({ name, startTime, duration, processingStart, processingEnd }) => {
    events.push({ name, startTime, duration, waited: processingStart - startTime, ran: processingEnd - processingStart });
  };
  const lastEvents = observe({ type: "event", durationThreshold: 16 }, take);
  const lastFirst = observe({ type: "first-input" }, take);

  // The browser tells in their order what events took, once a frame has shown what they did, and
  // nothing of short ones. So this key takes long enough to be told of, and all before it have been.
  window.addEventListener("keydown", (event) => {
    if (event.key !== "ScrollLock") return;
    rung = event.timeStamp;
    bells.add(rung);
    while (performance.now() - rung < 32);
  });

  let frames = [];
  const lastFrames = observe({ type: "long-animation-frame" }, ({ duration, blockingDuration, scripts }) => {
    frames.push({ duration, blockingDuration, scripts: scripts.map(({ invoker, duration }) => `${invoker} ${duration.toFixed(0)}`) });
  });

  window.witness = {
    /** Waits for the marks of a contact; gives when it was told of and when each was set. */
    async popped(contact) {
      const names = ["ring", "pop", "orders"].map((what) => `desk:${what}:${contact}`);
      await until(() => names.every((name) => marks.has(name)));
      const [ring, pop, orders] = names.map((name) => marks.get(name));
      return { event: told.get(contact), ring, pop, orders };
    },

    /** Waits until so many answers about callers, and so many about ties, have ended. */
    ended: (pops, links) => until(() => answered["screen-pop"] >= pops && answered.link >= links),

    /** Whether the desk says that orders are still to come. */
    streams: () => /まだ全部ではありません/.test(document.querySelector(".orders [role=status]")?.textContent),

    /** How often events of these names have come, whatever they took. */
    counted: (names) => names.map((name) => performance.eventCounts.get(name) ?? 0),

    /** Waits until the browser has told of the bell, and so of all events before it; says whether it has, for it may be that nobody heard the bell. */
    async toldAll(patience) {
      const has = () => events.some(({ startTime }) => startTime === rung);
      await Promise.race([until(has), new Promise((resolve) => setTimeout(resolve, patience))]);
      return has();
    },

    /** Forgets what was seen of shifts, events and frames; gives it. */
    taken() {
      for (const last of [lastShifts, lastEvents, lastFirst, lastFrames]) last();
      events = events.filter(({ startTime }) => !bells.has(startTime));
      const all = { shifts, events, frames };
      [shifts, events, frames] = [[], [], []];
      return all;
    },
  };
}
