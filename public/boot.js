// Starts the desk. A file of its own, because the Content-Security-Policy forbids inline scripts.
//
// Order matters: first the app, then, when it says that its shell has been painted (`desk:shell`),
// the Streams library, whose 730 kB would otherwise be parsed while the agent looks at nothing. Its
// bytes are already on the way (the preload in index.html). Nothing here ever takes the app down: a
// library that is blocked or changed is announced, and the app says so in its own words.

const { js, wasm, streams, streamsIntegrity } = document.querySelector("script[data-wasm]").dataset;

// The glue is held to the integrity of its `modulepreload` link. WebAssembly has no such attribute:
// it comes from the same origin, under a name that is the hash of its bytes.
async function start() {
  const glue = await import(js);
  await glue.default({ module_or_path: wasm });
}

// The app reads the attribute and listens for the event, whichever comes first for it.
function announce(outcome) {
  document.documentElement.dataset.streams = outcome;
  window.dispatchEvent(new Event("desk:streams"));
}

function loadStreams() {
  const script = document.createElement("script");
  script.src = streams;
  script.integrity = streamsIntegrity;
  script.crossOrigin = "anonymous";
  // A file that arrives whole and then throws has loaded as far as the browser is concerned.
  script.onload = () => announce(window.connect ? "ready" : "blocked");
  script.onerror = () => announce("blocked");
  document.head.append(script);
}

// The only words that are not in text.rs: they are for when that file could not be loaded.
const FATAL = {
  ja: ["画面を開始できませんでした", "ページを再読み込みしてください。通話はソフトフォンで続いています。", "再読み込み"],
  en: ["The desk could not start", "Reload the page. Your calls go on in the softphone.", "Reload"],
};

function paintFatal() {
  const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;
  const lang = wanted.startsWith("ja") ? "ja" : "en";
  const [title, advice, label] = FATAL[lang];
  const element = (name, text) => Object.assign(document.createElement(name), { textContent: text });
  const button = element("button", label);
  button.type = "button";
  button.className = "button";
  button.addEventListener("click", () => location.reload());
  const main = element("main", "");
  main.className = "fatal";
  main.setAttribute("role", "alert");
  main.append(element("h1", title), element("p", advice), button);
  document.documentElement.lang = lang;
  document.body.replaceChildren(main);
}

// Before the app starts, so that the event cannot be missed.
window.addEventListener("desk:shell", loadStreams, { once: true });
try {
  await start();
} catch (error) {
  console.error("the desk could not start", error);
  paintFatal();
}
