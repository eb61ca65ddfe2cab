// How the snapshots of a step fare: on their way, or in what they say. Each counts itself when it
// has truly happened.

const CONTACT = "/snapshot/contacts/0";
const isVoice = { op: "test", path: `${CONTACT}/type`, value: "voice" };

/** What the network does with the snapshots that are held back, of which the last repeats the one before. */
const NETWORK = {
  async doubled(post, held) {
    for (let left = held; left > 0; left -= 1) {
      await post.deliver({ deliver: 1 }, 1);
      await post.deliver({ repeat: true }, 1);
      post.counts.fault("a snapshot twice");
    }
  },
  async lost(post, held, dice) {
    const lost = dice.between(1, Math.max(1, held - 1));
    if (held > 1) {
      await post.sim.control("delivery", { lose: lost });
      post.counts.fault("a snapshot lost", lost);
    }
    await post.deliver({ deliver: 999 }, Math.max(1, held - lost));
  },
  async overtaken(post, held) {
    let left = held;
    if (left > 1) {
      await post.deliver({ swap: true, deliver: 1 }, 1);
      const [newer] = post.recent;
      await post.deliver({ deliver: 1 }, 1);
      if (post.recent[0].time < newer.time) post.counts.fault("a snapshot overtaken by the next");
      // With a clock that stands still, two can be of one moment; then nobody can tell their order.
      else post.mayMislead("snapshots of one millisecond in the wrong order");
      left -= 2;
    }
    if (left > 0) await post.deliver({ deliver: 999 }, left);
  },
  async late(post, held) {
    if (held > 1) await post.deliver({ deliver: held - 1 }, held - 1);
    else await post.deliver({ deliver: 1 }, 1);
    if (held > 1) {
      post.leaveOver();
      post.counts.fault("a snapshot that comes after the next act");
    }
  },
  /** Nothing of the step reaches the page. */
  async blackout(post, held) {
    await post.sim.control("delivery", { lose: held });
    post.counts.fault("everything of a step lost");
    post.blind = true;
  },
};

/** What a snapshot says wrongly, or not at all. */
const POISON = {
  "a state that nobody knows": [isVoice, { op: "replace", path: `${CONTACT}/state/type`, value: "levitating" }],
  "no call": [isVoice, { op: "replace", path: "/snapshot/contacts", value: [] }],
  "no list of contacts": [isVoice, { op: "remove", path: "/snapshot/contacts" }],
  "no connections": [isVoice, { op: "replace", path: `${CONTACT}/connections`, value: [] }],
  "no list of connections": [isVoice, { op: "remove", path: `${CONTACT}/connections` }],
  "no time of the state": [isVoice, { op: "remove", path: `${CONTACT}/state/timestamp` }],
  "no time of its own": [isVoice, { op: "remove", path: "/snapshot/snapshotTimestamp" }],
  "a state at the zero date": [isVoice, { op: "replace", path: `${CONTACT}/state/timestamp`, value: { $date: "1970-01-01T00:00:00.000Z" } }],
};

/** Everything that may befall a snapshot, as it is counted. */
export const FATES = [
  "a snapshot twice",
  "a snapshot lost",
  "a snapshot overtaken by the next",
  "a snapshot that comes after the next act",
  "everything of a step lost",
  ...Object.keys(POISON).map((what) => `a snapshot with ${what}`),
];

/** Draws the fate of a step. `blindable`: nothing need be pressed after it. */
export function drawFate(dice, { blindable }) {
  if (dice.chance(0.55)) return undefined;
  const name = dice.weigh({ lost: 4, doubled: 3, overtaken: 4, late: 3, blackout: blindable ? 2 : 0, poison: 5 });
  if (name === "poison") return poison(dice);
  const seconds = dice.between(1, 3);
  return { name, seconds, network: (post, held) => NETWORK[name](post, held, dice) };
}

function poison(dice) {
  const name = dice.pick(Object.keys(POISON));
  return { name: `a snapshot with ${name}`, before: async (post) => post.poison(name, POISON[name]) };
}
