// Asks the proxy for the app, and gets from the identity provider the token that this takes: OpenID
// Connect, authorization code with PKCE (RFC 6749, 7636, 9207; OpenID Connect Core and Discovery 1.0).
//
// The tokens are here and nowhere else, in memory: the app never sees one, and neither storage, an
// address nor an incident file holds one. It is JavaScript and not Rust because nearly every line of
// it calls the browser, and bindings for these calls would weigh more than the calls.

/** Milliseconds to the first line of the proxy's answer, and to its end. */
const FIRST_LINE_MS = 5_000;
const ANSWER_MS = 10_000;
/** Characters of a line. An answer about a customer with 1,000 orders has a million and a half. */
const LONGEST_LINE = 2_000_000;
/** Milliseconds that the provider's program interface has for an answer. */
const PROVIDER_MS = 5_000;
/** The share of a token's life after which it is renewed; and when again, if that did not go. */
const RENEWED_AT = 0.8;
const RENEWED_AGAIN_MS = 30_000;
/** How often is looked whether the pop-up is still there, in milliseconds. */
const LOOK_MS = 500;
/** The longest time that a browser's timer takes. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** What the app has given: where to ask, as whom, and how to tell it what came. */
let given;
let discovered = null;
/** What the provider has given. */
let tokens = null;
let renewal = null;
let renewalTimer;
/** The last request for a code; it may be answered once. */
let attempt = null;
let popUp = null;
/** What can be abandoned, by the app's number of the question. */
const asked = new Map();

const redirectUri = () => new URL("/signin.html", location.origin).href;
const hex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("");
const random = () => hex(crypto.getRandomValues(new Uint8Array(32)));
const sha256 = (text) => crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));

/** The provider's own no, in the protocol's word. */
class Refused extends Error {
  constructor(word) {
    super(/^[\w.-]{1,64}$/.test(word) ? word : "unknown_error");
  }
}

/** How the agent stands to the provider. */
function tellAccess(state, word = "") {
  given.tell(0, state, word);
}

// What the provider says of itself.

function provider() {
  discovered ??= discover().catch((error) => {
    discovered = null;
    throw error;
  });
  return discovered;
}

async function discover() {
  const address = `${given.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const answer = await fetch(address, { signal: AbortSignal.timeout(PROVIDER_MS), credentials: "omit" });
  const told = await answer.json();
  if (told.issuer !== given.issuer) throw new Error("another issuer");
  for (const endpoint of ["authorization_endpoint", "token_endpoint"]) {
    if (!isSafe(told[endpoint])) throw new Error(endpoint);
  }
  return told;
}

function isSafe(address) {
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && ["127.0.0.1", "localhost", "[::1]"].includes(hostname));
}

/** New tokens for a code or for a refresh token. */
async function requestTokens(parameters) {
  const { token_endpoint: endpoint } = await provider();
  // From before it is asked: the token is older than its answer.
  const since = [performance.now(), Date.now()];
  const answer = await fetch(endpoint, {
    method: "POST",
    body: new URLSearchParams({ client_id: given.clientId, ...parameters }),
    signal: AbortSignal.timeout(PROVIDER_MS),
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
  });
  const told = await answer.json();
  if ((answer.status === 400 || answer.status === 401) && told.error) throw new Refused(told.error);
  if (!answer.ok || typeof told.access_token !== "string" || !/^bearer$/i.test(told.token_type)) throw new Error("no token");
  return {
    access: told.access_token,
    // A provider that rotates them gives another one.
    refresh: told.refresh_token ?? parameters.refresh_token,
    id: told.id_token ?? tokens?.id,
    since,
    life: told.expires_in * 1_000 || Infinity,
  };
}

function keep(fresh) {
  tokens = fresh;
  renewIn(fresh.life * RENEWED_AT);
}

function renewIn(milliseconds) {
  clearTimeout(renewalTimer);
  renewalTimer = setTimeout(renew, Math.min(milliseconds, LONGEST_TIMER_MS));
}

function forget() {
  clearTimeout(renewalTimer);
  tokens = null;
}

/** The page's own clock stands still while the machine sleeps; the other one may be set back. */
function hasExpired({ since: [page, wall], life }) {
  return Math.max(performance.now() - page, Date.now() - wall) >= life;
}

/** Once, however many ask for it. */
function renew() {
  renewal ??= renewOnce().finally(() => {
    renewal = null;
  });
  return renewal;
}

async function renewOnce() {
  const old = tokens;
  if (!old) return;
  try {
    const fresh = await (old.refresh ? requestTokens({ grant_type: "refresh_token", refresh_token: old.refresh }) : authorizeUnseen());
    // Unless the agent has signed out meanwhile.
    if (tokens === old) keep(fresh);
  } catch (error) {
    if (tokens !== old) return;
    // A provider that cannot be reached has not refused.
    if (!(error instanceof Refused)) return renewIn(RENEWED_AGAIN_MS);
    forget();
    tellAccess("signed-out");
  }
}

// Signing in.

/** Gets a code in that window, and tokens for it. */
async function authorize(view, go, more) {
  const own = { view, state: random() };
  const verifier = random();
  const answered = new Promise((resolve) => {
    own.answer = resolve;
  });
  attempt = own;
  const known = await provider();
  const address = new URL(known.authorization_endpoint);
  const challenge = btoa(String.fromCharCode(...new Uint8Array(await sha256(verifier))));
  const parameters = {
    response_type: "code",
    client_id: given.clientId,
    redirect_uri: redirectUri(),
    scope: given.scope,
    ui_locales: document.documentElement.lang,
    state: own.state,
    code_challenge: challenge.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", ""),
    code_challenge_method: "S256",
    ...more,
  };
  if (given.audience) parameters.audience = given.audience;
  for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
  go(address.href);
  const answer = await answered;
  const issuer = answer.get("iss");
  if (issuer === null ? known.authorization_response_iss_parameter_supported : issuer !== given.issuer) throw new Error("another issuer");
  if (answer.has("error")) throw new Refused(answer.get("error"));
  const fresh = await requestTokens({
    grant_type: "authorization_code",
    code: answer.get("code") ?? "",
    redirect_uri: redirectUri(),
    code_verifier: verifier,
  });
  // The agent has pressed again, or has signed out.
  if (attempt !== own) throw new Error("overtaken");
  return fresh;
}

/** What `/signin.html` was told. Only who knows the state has been asked. */
function receive(query) {
  const answer = new URLSearchParams(String(query));
  if (attempt && answer.get("state") === attempt.state) {
    // A promise is kept once: what comes again is nothing.
    attempt.answer(answer);
  }
}

/** In a press: at any other time the browser would not let the window open. */
async function signIn() {
  if (popUp && !popUp.closed) return popUp.focus();
  const view = window.open("about:blank", "_blank", "popup,width=480,height=640");
  if (!view) return tellAccess("blocked");
  popUp = view;
  tellAccess("signing-in");
  const watch = setInterval(() => {
    if (!view.closed) return;
    clearInterval(watch);
    // It looks closed, too, where the provider's page has cut it off (COOP): its answer is still heard.
    if (popUp === view) tellAccess("signed-out");
  }, LOOK_MS);
  try {
    keep(await authorize(view, (address) => view.location.replace(address)));
    tellAccess("signed-in");
  } catch (error) {
    if (popUp === view) tellAccess(error instanceof Refused ? "refused" : "failed", error.message);
  }
  clearInterval(watch);
  view.close();
}

/** In a hidden frame, where the deployment says that the provider may be framed: nobody is asked anything. */
async function authorizeUnseen() {
  if (!given.silentFrame) throw new Refused("login_required");
  const frame = document.createElement("iframe");
  frame.hidden = true;
  document.body.append(frame);
  const view = frame.contentWindow;
  const impatience = setTimeout(() => {
    if (attempt?.view === view) attempt.answer(new URLSearchParams({ error: "login_required", iss: given.issuer }));
  }, PROVIDER_MS);
  try {
    return await authorize(
      view,
      (address) => {
        frame.src = address;
      },
      { prompt: "none" },
    );
  } finally {
    clearTimeout(impatience);
    frame.remove();
  }
}

async function start() {
  window.addEventListener("message", ({ origin, source, data }) => {
    if (origin === location.origin && source === attempt?.view) receive(data);
  });
  // From a window that does not know its opener any more.
  new BroadcastChannel("desk.sign-in").onmessage = ({ data }) => receive(data);
  // What a press will need.
  if (!given.silentFrame) return provider().catch(() => {});
  tellAccess("signing-in");
  try {
    keep(await authorizeUnseen());
    tellAccess("signed-in");
  } catch {
    // There is the button; it may have been pressed.
    if (!popUp) tellAccess("signed-out");
  }
}

/** Here; and everywhere, with the provider. What it answers is not shown to a page of another origin. */
async function signOut(everywhere) {
  const old = tokens;
  forget();
  attempt = null;
  popUp?.close();
  popUp = null;
  tellAccess("signed-out");
  if (!everywhere) return;
  const { revocation_endpoint: revocation, end_session_endpoint: end } = await provider();
  const post = (address, members) => {
    const body = new URLSearchParams({ client_id: given.clientId, ...members });
    return fetch(address, { method: "POST", mode: "no-cors", credentials: "include", keepalive: true, body });
  };
  if (revocation && isSafe(revocation) && old) await post(revocation, { token: old.refresh ?? old.access });
  if (end && isSafe(end)) await post(end, old?.id ? { id_token_hint: old.id } : {});
}

// Asking.

async function send(path, body, signal) {
  const headers = {
    "content-type": "application/json",
    // CloudFront signs for the Lambda behind it by this, and puts its own `Authorization` in.
    "x-amz-content-sha256": hex(await sha256(body)),
  };
  if (tokens && hasExpired(tokens)) await renew();
  for (let attempt = 0; tokens; attempt += 1) {
    const { access } = tokens;
    const answer = await fetch(given.api + path, {
      method: "POST",
      headers: { ...headers, "x-agent-token": access },
      body,
      signal,
      credentials: "omit",
      cache: "no-store",
      redirect: "error",
    });
    if (answer.status !== 401) return answer;
    if (attempt > 0) {
      // One that is new is not believed either.
      if (tokens?.access === access) {
        forget();
        tellAccess("signed-out");
      }
      break;
    }
    if (tokens?.access === access) await renew();
    if (tokens?.access === access) throw new Error("the provider cannot be reached");
  }
  return null;
}

async function ask(question, path, body) {
  const controller = new AbortController();
  asked.set(question, controller);
  const late = () => controller.abort("timeout");
  const timers = [setTimeout(late, FIRST_LINE_MS), setTimeout(late, ANSWER_MS)];
  const tell = (what, text = "") => {
    if (asked.get(question) === controller) given.tell(question, what, text);
  };
  try {
    const answer = await send(path, body, controller.signal);
    if (!answer) return tell("sign-in");
    // A page of somebody else's between here and the proxy.
    if (!/^application\/(x-nd)?json\b/.test(answer.headers.get("content-type"))) return tell("unreachable");
    await readLines(answer.body, (line) => {
      clearTimeout(timers[0]);
      tell(answer.ok ? "line" : "refusal", line);
    });
    tell("end");
  } catch {
    tell(controller.signal.aborted ? "timeout" : "unreachable");
  } finally {
    timers.forEach(clearTimeout);
    asked.delete(question);
  }
}

/** An answer that is no stream of lines is one line. Of one that is too long comes the beginning. */
async function readLines(body, take) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let line = "";
  for (;;) {
    const { done, value = "\n" } = await reader.read();
    value.split("\n").forEach((piece, at) => {
      if (at > 0) {
        if (line) take(line);
        line = "";
      }
      if (line.length <= LONGEST_LINE) line += piece;
    });
    if (done) return;
  }
}

function abandon(question) {
  const controller = asked.get(question);
  asked.delete(question);
  controller?.abort();
}

window.deskProxy = {
  start(api, issuer, clientId, scope, audience, silentFrame, tell) {
    given = { api, issuer, clientId, scope, audience, silentFrame, tell };
    start();
  },
  ask,
  abandon,
  signIn,
  signOut: (everywhere) => signOut(everywhere).catch(() => {}),
};
// The app may have been faster.
window.dispatchEvent(new Event("desk:proxy"));
