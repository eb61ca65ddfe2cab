// Markers: what must not be found in an incident file, put wherever a message has room for it.

/** Members that are milliseconds of a clock, which a number of any length may be. */
const CLOCKS = ["localTimestamp", "skew"];

/** Where a message says something, as a list of members; each list's items are alike. */
function places(value, path = [], found = new Map()) {
  if (value !== null && typeof value === "object" && typeof value.$date !== "string") {
    for (const [name, inner] of Object.entries(value)) places(inner, [...path, name], found);
    found.set(`${path.map(anyIndex).join(".")}.*`, { path, isObject: true });
  } else {
    found.set(path.map(anyIndex).join("."), { path, value });
  }
  return found;
}

const anyIndex = (name) => (/^\d+$/.test(name) ? "0" : name);

function put(message, path, change) {
  const copy = structuredClone(message);
  const last = path.at(-1);
  const holder = path.slice(0, -1).reduce((object, name) => object[name], copy);
  holder[last] = change(holder[last]);
  return copy;
}

/**
 * Every way in which these messages can carry something that they did not: instead of each value and
 * behind each text, as text and as a number, and in each object as a member that nobody knows, by
 * name and by value. One change in each message, so that the rest is as the recorder knows it; of
 * places that are alike, one. `next` gives a new marker.
 */
export function planted(messages, next) {
  const seen = new Set();
  const all = [];
  for (const message of messages) {
    for (const [place, { path, value, isObject }] of places(message)) {
      const key = `${message.event} ${message.data?.method ?? message.data?.event ?? ""} ${place}`;
      if (path.length === 0 || seen.has(key)) continue;
      seen.add(key);
      const plant = (change) => all.push(put(message, path, change));
      if (isObject) {
        plant((object) => (Array.isArray(object) ? [...object, next().text, next().number] : { ...object, [next().text]: next().text }));
        plant((object) => (Array.isArray(object) ? object : { ...object, [next().text]: next().number, [next().number]: next().text }));
        continue;
      }
      plant(() => next().text);
      plant(() => ({ [next().text]: next().text }));
      plant(() => [next().text]);
      if (!CLOCKS.includes(path.at(-1))) plant(() => next().number);
      if (typeof value === "string") {
        plant((text) => `${text} ${next().text}`);
        plant((text) => `${text}::${next().text}`);
        plant(() => JSON.stringify({ type: next().text, message: next().text, [next().text]: next().number }));
      }
    }
  }
  return all;
}

/** Markers that are told from everything else and from each other. */
export function markers() {
  const given = [];
  const next = () => {
    const serial = String(given.length).padStart(6, "0");
    const marker = { text: `Marker${serial}佐藤`, number: Number(`81907${serial}`) };
    given.push(marker);
    return marker;
  };
  /** The markers in a text, each with what stands around it. */
  const found = (text) => [...text.matchAll(/.{0,90}(Marker\d{6}|81907\d{6}|佐藤).{0,20}/g)].map(([around]) => around);
  return { next, found, given };
}
