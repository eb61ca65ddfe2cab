// Starts the desk, and lends it a hand in the browser. A file of its own, because the
// Content-Security-Policy forbids inline scripts.
//
// Order matters: first the app, then, when it says that its shell has been painted (`desk:shell`),
// the Streams library, whose 730 kB would otherwise be parsed while the agent looks at nothing. Its
// bytes are already on the way (the preload in index.html). Nothing here ever takes the app down: a
// library that is blocked or changed is announced, and the app says so in its own words.

const told = document.querySelector("script[data-wasm]").dataset;
const { js, wasm, streams, streamsIntegrity, recorder, recorderIntegrity, proxy, proxyIntegrity } = told;

// First of all what must come over the network, so that nothing else keeps it waiting. What differs
// between deployments is on its way since the page began (index.html). The host says that no browser may
// keep it: an address that has changed has changed today.
window.deskSettings = fetch("/config.json", { cache: "no-store" })
  .then((answer) => (answer.ok ? answer.text() : null))
  .catch(() => null);
const parts = Promise.all([import(js), compile(), fetchText()]);

// The glue is held to the integrity of its `modulepreload` link. WebAssembly has no such attribute:
// it comes from the same origin, under a name that is the hash of its bytes. It is compiled while the
// glue is still on its way.
async function compile() {
  try {
    return await WebAssembly.compileStreaming(fetch(wasm));
  } catch {
    // A host that does not call it `application/wasm`.
    return WebAssembly.compile(await (await fetch(wasm)).arrayBuffer());
  }
}

// The settings are judged by the app; here they may be anything.
function languageOf(settings) {
  try {
    return JSON.parse(settings).locale;
  } catch {
    return "ja";
  }
}

// The app's sentences, in the language of whoever reads them: the address asks for one, or the
// deployment says it. What is neither is said to be wrong in Japanese. Until the deployment has said it,
// the browser's own language is the likeliest, and its sentences come meanwhile.
async function fetchText() {
  const asked = new URLSearchParams(location.search).get("lang");
  if (/^(ja|en)([-_]|$)/i.test(asked)) return keepText(sentences(asked));
  const language = /^ja/i.test(navigator.language) ? "ja" : "en";
  const likely = sentences(language);
  likely.catch(() => {});
  const wanted = languageOf(await window.deskSettings);
  return keepText(isEnglish(wanted) === isEnglish(language) ? likely : sentences(wanted));
}

function isEnglish(language) {
  return /^en([-_]|$)/i.test(language);
}

async function sentences(language) {
  const [file, integrity] = isEnglish(language) ? [told.textEn, told.textEnIntegrity] : [told.textJa, told.textJaIntegrity];
  const answer = await fetch(file, { integrity });
  if (!answer.ok) throw new Error(`no ${file}`);
  return answer.text();
}

async function keepText(text) {
  window.deskText = await text;
}

// Which page of the browser leads: the one that holds the lock. The others wait in a queue, in which
// the browser moves them up when that page goes, however it goes. Asked for here, for the app embeds
// the softphone only when it knows. An attribute and an event say what this page is.
const LEADER = "desk.leader";

function announceRole(role) {
  try {
    // A page that leads takes the lead again when it has been loaded anew.
    if (role === "leader") sessionStorage.setItem(LEADER, "");
    else sessionStorage.removeItem(LEADER);
  } catch {
    // Without storage it waits its turn.
  }
  document.documentElement.dataset.role = role;
  window.dispatchEvent(new Event("desk:role"));
}

async function lead(how) {
  try {
    await navigator.locks.request(LEADER, how, (lock) => {
      if (lock) announceRole("leader");
      return lock && new Promise(() => {});
    });
  } catch (error) {
    // Another page has taken it; or the browser keeps no locks for this site.
    if (error.name !== "AbortError") return announceRole("unknown");
  }
  announceRole("mirror");
  lead({});
}

function hasLed() {
  try {
    // The mark is copied with the page; a copy was not loaded anew.
    return sessionStorage.getItem(LEADER) !== null && performance.getEntriesByType("navigation")[0]?.type === "reload";
  } catch {
    return false;
  }
}

if (navigator.locks) lead(hasLed() ? { steal: true } : { ifAvailable: true });
else announceRole("unknown");

// What the browser says of the agent's place of work: words in an attribute, and an event when they are
// others. A browser that does not say something leaves its word out.
const place = { microphone: null, microphones: null, looked: performance.now(), late: false, mirrors: 0 };

function look() {
  const hidden = document.visibilityState === "hidden";
  const words = [
    place.microphone && `microphone-${place.microphone.state}`,
    place.microphones === 0 && "no-microphone",
    window.Notification && `notifications-${Notification.permission}`,
    (hidden || !document.hasFocus()) && "away",
    hidden && place.late && "late",
    place.mirrors > 0 && `mirrors-${place.mirrors}`,
  ];
  const { dataset } = document.documentElement;
  const said = words.filter(Boolean).join(" ");
  if (dataset.place === said) return;
  dataset.place = said;
  window.dispatchEvent(new Event("desk:place"));
}

// Every second; a browser that slows a hidden page down lets it wait a minute.
async function lookAgain() {
  const now = performance.now();
  place.late = now - place.looked > 5_000;
  place.looked = now;
  try {
    const { pending } = await navigator.locks.query();
    place.mirrors = pending.filter(({ name }) => name === LEADER).length;
  } catch {
    // A browser without locks, or one that keeps none for this site.
  }
  look();
}

// Without its leave the browser still tells how many there are.
async function countMicrophones() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  place.microphones = devices.filter(({ kind }) => kind === "audioinput").length;
  look();
}

async function watchMicrophone() {
  navigator.mediaDevices.addEventListener("devicechange", countMicrophones);
  await countMicrophones();
  place.microphone = await navigator.permissions.query({ name: "microphone" });
  place.microphone.addEventListener("change", look);
  look();
}

for (const event of ["focus", "blur"]) window.addEventListener(event, look);
document.addEventListener("visibilitychange", look);
document.addEventListener("freeze", () => {
  place.late = true;
  look();
});
setInterval(lookAgain, 1_000);
look();
// What is missing in a browser stays unsaid.
watchMicrophone().catch(() => {});

// What the app asks of the browser, where bindings would weigh more than the call. What comes of it is
// told by the attribute.
const leave = {
  // It is the leave that counts, not the sound.
  async microphone() {
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true });
    for (const track of sound.getTracks()) track.stop();
  },
  async notifications() {
    await Notification.requestPermission();
    look();
  },
};
let notification = null;
window.deskBrowser = {
  ask(what) {
    leave[what]().catch(() => {});
  },

  // A press brings this page to the front.
  notify(tag, title, body) {
    // The CCP rings; two sounds would be one too many, and without a ringtone one.
    notification = new Notification(title, { tag, body, silent: true });
    notification.addEventListener("click", () => {
      window.focus();
      notification.close();
    });
  },

  endNotification() {
    notification?.close();
  },
};

// The app reads the attribute and listens for the event, whichever comes first for it.
function announce(outcome) {
  document.documentElement.dataset.streams = outcome;
  window.dispatchEvent(new Event("desk:streams"));
}

function load(src, integrity, type) {
  const script = Object.assign(document.createElement("script"), { src, integrity, type, crossOrigin: "anonymous" });
  document.head.append(script);
  return script;
}

// How long the app is kept from embedding a softphone that the recorder would not hear, in
// milliseconds. It is small and on its way since the page began, so it is there unless it is lost.
const RECORDER_MS = 1_000;

function loadStreams() {
  const settled = new Promise((resolve) => {
    const script = load(recorder, recorderIntegrity, "module");
    script.onload = script.onerror = resolve;
    setTimeout(resolve, RECORDER_MS);
  });
  load(proxy, proxyIntegrity, "module");
  const script = load(streams, streamsIntegrity, "");
  // A file that arrives whole and then throws has loaded as far as the browser is concerned.
  script.onload = () => settled.then(() => announce(window.connect ? "ready" : "blocked"));
  script.onerror = () => announce("blocked");
}

// The only words that are not in text.rs: they are for when that file could not be loaded. There is
// no softphone on this page yet: it comes with the app.
const FATAL = {
  ja: {
    title: "画面を開始できませんでした",
    advice: "通話中だった場合、通話は Amazon Connect で続いていますが、ソフトフォンが開くまで音声はつながりません。",
    reload: "再読み込み",
    ccp: "ソフトフォンだけを開く",
    noCcp: "直らないときは、ソフトフォン（CCP）のアドレスを管理者に確かめて開いてください。",
  },
  en: {
    title: "The desk could not start",
    advice: "If you were on a call, it goes on in Amazon Connect, but without sound until a softphone is open.",
    reload: "Reload",
    ccp: "Open the softphone alone",
    noCcp: "If that does not help, ask your administrator for the address of the softphone (CCP) and open it.",
  },
};

function element(name, text, members) {
  return Object.assign(document.createElement(name), { textContent: text }, members);
}

function paintFatal() {
  const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  const lang = wanted.startsWith("ja") ? "ja" : "en";
  const words = FATAL[lang];
  const reload = element("button", words.reload, { type: "button", className: "button" });
  reload.addEventListener("click", () => location.reload());
  const main = element("main", "", { className: "fatal" });
  main.setAttribute("role", "alert");
  main.append(element("h1", words.title), element("p", words.advice), reload);
  document.documentElement.lang = lang;
  document.body.replaceChildren(main);
  offerCcp(main, words);
}

// The address is the deployment's. It may be what could not be loaded, too, so the page is there first.
async function offerCcp(main, words) {
  try {
    const settings = JSON.parse(await window.deskSettings);
    const { href, protocol, hostname } = new URL(settings.ccp.url);
    const isLocal = ["127.0.0.1", "localhost", "[::1]"].includes(hostname);
    if (protocol !== "https:" && !(protocol === "http:" && isLocal)) throw new Error("no web address");
    main.append(element("a", words.ccp, { href, target: "_blank", rel: "noreferrer" }));
  } catch {
    main.append(element("p", words.noCcp));
  }
}

// Before the app starts, so that the event cannot be missed.
window.addEventListener("desk:shell", loadStreams, { once: true });
try {
  const [glue, module] = await parts;
  await glue.default({ module_or_path: module });
} catch (error) {
  console.error("the desk could not start", error);
  paintFatal();
}
