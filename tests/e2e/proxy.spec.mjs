// public/proxy.js on a page of its own: how it asks, how it reads a stream, how long it waits, and how
// it keeps a token. The network is whatever the page puts in its place; the clock is turned by hand.

import { readdir } from "node:fs/promises";

import { expect, test } from "@playwright/test";

const ORIGIN = "http://127.0.0.1:45678";
const BEGINNING = new Date("2026-01-05T00:00:00Z");
const ISSUER = "https://id.example.com";

/** A page with the script, whose time stands still. What is answered is in `network`: by address or path, a function of the request. */
test.beforeEach(async ({ page }) => {
  const files = await readdir(process.env.DESK_DIST);
  const script = files.find((name) => /^proxy-.*\.js$/.test(name));
  await page.route(`${ORIGIN}/**`, (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === "/") return route.fulfill({ contentType: "text/html", body: "<!DOCTYPE html><title>A page</title>" });
    return route.fulfill({ path: `${process.env.DESK_DIST}${pathname}` });
  });
  await page.clock.install({ time: BEGINNING.getTime() - 3_600_000 });
  await page.clock.pauseAt(BEGINNING);
  await page.goto(ORIGIN);
  await page.evaluate((issuer) => {
    const json = (value, status = 200) => new Response(JSON.stringify(value), { status, headers: { "content-type": "application/json" } });
    globalThis.json = json;
    globalThis.asked = [];
    globalThis.told = [];
    globalThis.tokens = 0;
    globalThis.network = {
      [`${issuer}/.well-known/openid-configuration`]: () => json({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, revocation_endpoint: `${issuer}/revoke` }),
      [`${issuer}/token`]: () => {
        tokens += 1;
        return json({ access_token: `access-${tokens}`, refresh_token: `refresh-${tokens}`, token_type: "Bearer", expires_in: 300 });
      },
      [`${issuer}/revoke`]: () => new Response(),
    };
    globalThis.fetch = async (address, request = {}) => {
      const { pathname } = new URL(address, location);
      const body = request.body === undefined ? "" : String(request.body);
      asked.push({ address: String(address), token: request.headers?.["x-agent-token"], digest: request.headers?.["x-amz-content-sha256"], body });
      request.signal?.throwIfAborted();
      return new Promise((resolve, reject) => {
        request.signal?.addEventListener("abort", () => reject(request.signal.reason));
        Promise.resolve((network[address] ?? network[pathname])(request)).then(resolve, reject);
      });
    };
    // The provider's page: it answers at once.
    globalThis.open = () => {
      const view = {
        closed: false,
        close: () => (view.closed = true),
        focus() {},
        location: {
          replace(address) {
            const { searchParams } = new URL(address);
            const answer = new URLSearchParams({ code: "code", state: searchParams.get("state") });
            new BroadcastChannel("desk.sign-in").postMessage(`?${answer}`);
          },
        },
      };
      return view;
    };
    // A body whose pieces come when the journey says so.
    globalThis.stream = ({ signal }) => {
      const pieces = {};
      signal.addEventListener("abort", () => pieces.controller.error(signal.reason));
      const body = new ReadableStream({ start: (controller) => (pieces.controller = controller) });
      pieces.say = (text) => pieces.controller.enqueue(new TextEncoder().encode(text));
      pieces.bytes = (bytes) => pieces.controller.enqueue(new Uint8Array(bytes));
      pieces.end = () => pieces.controller.close();
      pieces.answer = new Response(body, { headers: { "content-type": "application/x-ndjson" } });
      return pieces;
    };
    addEventListener("unhandledrejection", ({ reason }) => told.push(["unhandled", String(reason)]));
  }, ISSUER);
  await page.addScriptTag({ url: `/${script}`, type: "module" });
});

/** As the app begins. */
async function start(page) {
  await page.evaluate((issuer) => {
    deskProxy.start("/api", issuer, "desk", "openid", undefined, false, (...what) => told.push(what));
  }, ISSUER);
}

async function signIn(page) {
  await start(page);
  await page.evaluate(() => deskProxy.signIn());
  await expect.poll(() => told(page)).toContainEqual([0, "signed-in", ""]);
  await page.evaluate(() => {
    told.length = 0;
    asked.length = 0;
  });
}

const told = (page) => page.evaluate(() => told);
const asked = (page) => page.evaluate(() => asked);

test("a code is asked for with PKCE, and exchanged by who asked", async ({ page }) => {
  await start(page);
  await page.evaluate(() => {
    const { open } = globalThis;
    globalThis.open = () => {
      const view = open();
      const { replace } = view.location;
      view.location.replace = (address) => {
        globalThis.authorization = address;
        replace(address);
      };
      return view;
    };
    return deskProxy.signIn();
  });
  expect(await told(page)).toEqual([
    [0, "signing-in", ""],
    [0, "signed-in", ""],
  ]);
  const { origin, pathname, searchParams } = new URL(await page.evaluate(() => globalThis.authorization));
  expect(`${origin}${pathname}`).toBe(`${ISSUER}/authorize`);
  const { state, code_challenge, ...others } = Object.fromEntries(searchParams);
  expect(state).toMatch(/^[0-9a-f]{64}$/);
  expect(others).toEqual({ response_type: "code", client_id: "desk", redirect_uri: `${ORIGIN}/signin.html`, scope: "openid", ui_locales: "", code_challenge_method: "S256" });
  const exchange = Object.fromEntries(new URLSearchParams((await asked(page)).at(-1).body));
  const { code_verifier, ...rest } = exchange;
  expect(rest).toEqual({ client_id: "desk", grant_type: "authorization_code", code: "code", redirect_uri: `${ORIGIN}/signin.html` });
  const challenge = await page.evaluate(async (verifier) => {
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
    return btoa(String.fromCharCode(...new Uint8Array(digest)));
  }, code_verifier);
  expect(code_challenge).toBe(challenge.replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""));
});

for (const [what, document] of [
  ["another issuer", { issuer: "https://id.example.com/" }],
  ["an endpoint that is not encrypted", { token_endpoint: "http://id.example.com/token" }],
  ["an endpoint that is a script", { authorization_endpoint: "javascript:alert(1)" }],
  ["no endpoint", { token_endpoint: null }],
]) {
  test(`a provider that names ${what} is not used`, async ({ page }) => {
    await page.evaluate((strange) => {
      const [address] = Object.keys(network);
      const whole = network[address];
      network[address] = async () => json({ ...(await whole().json()), ...strange });
    }, document);
    await start(page);
    await page.evaluate(() => deskProxy.signIn());
    expect((await told(page)).map(([, what]) => what)).toEqual(["signing-in", "failed"]);
    expect((await asked(page)).some(({ address }) => address.endsWith("/token"))).toBe(false);
  });
}

test("what is asked carries the token, and the digest of its body", async ({ page }) => {
  await signIn(page);
  await page.evaluate(async () => {
    network["/api/link"] = () => json({});
    await deskProxy.ask(7, "/link", '{"a":"見本"}');
  });
  const [{ address, token, digest, body }] = await asked(page);
  expect([address, token, body]).toEqual(["/api/link", "access-1", '{"a":"見本"}']);
  // printf '{"a":"見本"}' | sha256sum
  expect(digest).toBe("509a3fb64a4f7bacab1c35549f8bf0d8db0319ea394313fa4935167ff326a7ee");
  expect(await told(page)).toEqual([
    [7, "line", "{}"],
    [7, "end", ""],
  ]);
});

test("lines come as they are whole, however they are cut", async ({ page }) => {
  await signIn(page);
  await page.evaluate(() => {
    network["/api/screen-pop"] = (request) => {
      globalThis.answer = stream(request);
      answer.say('{"part":"contact"}\n{"part":');
      return answer.answer;
    };
    deskProxy.ask(1, "/screen-pop", "{}");
  });
  await expect.poll(() => told(page)).toEqual([[1, "line", '{"part":"contact"}']]);
  await page.evaluate(() => {
    const [first, ...rest] = new TextEncoder().encode("見");
    answer.say('"');
    answer.bytes([first]);
    answer.bytes(rest);
    answer.say('"}\n\n{"part":"end"}');
    answer.end();
  });
  await expect.poll(() => told(page)).toEqual([
    [1, "line", '{"part":"contact"}'],
    [1, "line", '{"part":"見"}'],
    [1, "line", '{"part":"end"}'],
    [1, "end", ""],
  ]);
});

test("a line without end does not fill the memory, and hides no other", async ({ page }) => {
  await signIn(page);
  const lengths = await page.evaluate(async () => {
    network["/api/screen-pop"] = (request) => {
      const answer = stream(request);
      for (let megabytes = 0; megabytes < 8; megabytes += 1) answer.say("x".repeat(1_000_000));
      answer.say('\n{"part":"end"}\n');
      answer.end();
      return answer.answer;
    };
    await deskProxy.ask(1, "/screen-pop", "{}");
    return told.map(([, what, text]) => [what, text.length]);
  });
  const [[first, length], ...others] = lengths;
  expect([first, length > 2_000_000, length < 4_000_000]).toEqual(["line", true, true]);
  expect(others).toEqual([
    ["line", 14],
    ["end", 0],
  ]);
});

for (const [what, answer, outcome] of [
  ["a refusal", { status: 403, type: "application/json", body: '{"error":{"code":"not_available"}}' }, [1, "refusal", '{"error":{"code":"not_available"}}']],
  ["a page of somebody else's", { status: 200, type: "text/html", body: "<p>Log in to the Wi-Fi</p>" }, [1, "unreachable", ""]],
  ["a failure of somebody else's", { status: 502, type: "text/html", body: "<p>Bad gateway</p>" }, [1, "unreachable", ""]],
  ["an answer without a body", { status: 200, type: "application/json", body: null }, [1, "unreachable", ""]],
]) {
  test(`${what} is told as what it is`, async ({ page }) => {
    await signIn(page);
    const [first] = await page.evaluate(async ({ status, type, body }) => {
      network["/api/search"] = () => new Response(body, { status, headers: { "content-type": type } });
      await deskProxy.ask(1, "/search", "{}");
      return told;
    }, answer);
    expect(first).toEqual(outcome);
  });
}

test("no network is told as that", async ({ page }) => {
  await signIn(page);
  await page.evaluate(async () => {
    network["/api/search"] = () => Promise.reject(new TypeError("Failed to fetch"));
    await deskProxy.ask(1, "/search", "{}");
  });
  expect(await told(page)).toEqual([[1, "unreachable", ""]]);
});

test("a first line is waited for five seconds, and the end ten", async ({ page }) => {
  await signIn(page);
  await page.evaluate(() => {
    network["/api/screen-pop"] = () => new Promise(() => {});
    network["/api/profile"] = (request) => {
      globalThis.answer = stream(request);
      return answer.answer;
    };
    deskProxy.ask(1, "/screen-pop", "{}");
    deskProxy.ask(2, "/profile", "{}");
  });
  await expect.poll(() => asked(page)).toHaveLength(2);
  await page.evaluate(() => answer.say('{"part":"contact"}\n'));
  await expect.poll(() => told(page)).toEqual([[2, "line", '{"part":"contact"}']]);
  await page.clock.runFor(4_999);
  expect(await told(page)).toHaveLength(1);
  await page.clock.runFor(1);
  await expect.poll(() => told(page)).toContainEqual([1, "timeout", ""]);
  await page.clock.runFor(4_999);
  expect(await told(page)).toHaveLength(2);
  await page.clock.runFor(1);
  await expect.poll(() => told(page)).toContainEqual([2, "timeout", ""]);
});

test("of what is abandoned nothing is told", async ({ page }) => {
  await signIn(page);
  await page.evaluate(() => {
    network["/api/screen-pop"] = (request) => {
      globalThis.signal = request.signal;
      const answer = stream(request);
      answer.say('{"part":"contact"}\n');
      return answer.answer;
    };
    globalThis.done = deskProxy.ask(1, "/screen-pop", "{}");
  });
  await expect.poll(() => told(page)).toHaveLength(1);
  const aborted = await page.evaluate(async () => {
    deskProxy.abandon(1);
    await done;
    return signal.aborted;
  });
  expect(aborted).toBe(true);
  expect(await told(page)).toEqual([[1, "line", '{"part":"contact"}']]);
});

test("a token is renewed before it expires, with the refresh token that came last", async ({ page }) => {
  await signIn(page);
  for (const times of [1, 2]) {
    await page.clock.runFor(239_000);
    expect(await asked(page)).toHaveLength(times - 1);
    await page.clock.runFor(1_000);
    await expect.poll(() => asked(page)).toHaveLength(times);
  }
  const bodies = (await asked(page)).map(({ body }) => new URLSearchParams(body).get("refresh_token"));
  expect(bodies).toEqual(["refresh-1", "refresh-2"]);
  expect(await told(page)).toEqual([]);
});

test("however many are refused at once, it is renewed once", async ({ page }) => {
  await signIn(page);
  await page.evaluate(async () => {
    network["/api/search"] = ({ headers }) => (headers["x-agent-token"] === "access-1" ? json({}, 401) : json({}));
    await Promise.all([1, 2, 3].map((question) => deskProxy.ask(question, "/search", "{}")));
  });
  const all = await asked(page);
  expect(all.filter(({ address }) => address.endsWith("/token"))).toHaveLength(1);
  expect(all.filter(({ token }) => token === "access-2")).toHaveLength(3);
});

test("a machine that has slept renews before it asks", async ({ page }) => {
  await signIn(page);
  await page.evaluate(() => {
    network["/api/search"] = () => json({});
    // Timers and the page's clock have stood still.
    const { now } = Date;
    Date.now = () => now() + 3_600_000;
    return deskProxy.ask(1, "/search", "{}");
  });
  const all = await asked(page);
  expect(all.map(({ address, token }) => token ?? address)).toEqual([`${ISSUER}/token`, "access-2"]);
});

test("a provider that cannot be reached costs neither the token nor the question's next try", async ({ page }) => {
  await signIn(page);
  await page.evaluate((issuer) => {
    const works = network[`${issuer}/token`];
    network[`${issuer}/token`] = () => {
      network[`${issuer}/token`] = works;
      return new Response("down", { status: 503 });
    };
    network["/api/search"] = ({ headers }) => (headers["x-agent-token"] === "access-1" ? json({}, 401) : json({}));
    return deskProxy.ask(1, "/search", "{}");
  }, ISSUER);
  expect(await told(page)).toEqual([[1, "unreachable", ""]]);
  await page.evaluate(() => deskProxy.ask(2, "/search", "{}"));
  expect((await told(page)).slice(1)).toEqual([
    [2, "line", "{}"],
    [2, "end", ""],
  ]);
});

test("a renewal that was under way when the agent signed out changes nothing", async ({ page }) => {
  await signIn(page);
  await page.evaluate((issuer) => {
    const works = network[`${issuer}/token`];
    network[`${issuer}/token`] = () => new Promise((resolve) => (globalThis.answer = () => resolve(works())));
    network["/api/search"] = () => json({}, 401);
    globalThis.done = deskProxy.ask(1, "/search", "{}");
  }, ISSUER);
  await expect.poll(async () => (await asked(page)).map(({ address }) => address)).toContain(`${ISSUER}/token`);
  await page.evaluate(async () => {
    await deskProxy.signOut(true);
    answer();
    await done;
  });
  expect(await told(page)).toEqual([
    [0, "signed-out", ""],
    [1, "sign-in", ""],
  ]);
  const revoked = (await asked(page)).find(({ address }) => address.endsWith("/revoke"));
  expect(Object.fromEntries(new URLSearchParams(revoked.body))).toEqual({ client_id: "desk", token: "refresh-1" });
});

test("a sign-in that was under way when the agent signed out gives no token", async ({ page }) => {
  await start(page);
  await page.evaluate((issuer) => {
    const works = network[`${issuer}/token`];
    network[`${issuer}/token`] = () => new Promise((resolve) => (globalThis.answer = () => resolve(works())));
    globalThis.done = deskProxy.signIn();
  }, ISSUER);
  await expect.poll(async () => (await asked(page)).map(({ address }) => address)).toContain(`${ISSUER}/token`);
  await page.evaluate(async () => {
    await deskProxy.signOut(false);
    answer();
    await done;
    await deskProxy.ask(1, "/search", "{}");
  });
  expect(await told(page)).toEqual([
    [0, "signing-in", ""],
    [0, "signed-out", ""],
    [1, "sign-in", ""],
  ]);
});

test("an error that is no word of the protocol's is not repeated", async ({ page }) => {
  await start(page);
  await page.evaluate((issuer) => {
    network[`${issuer}/token`] = () => json({ error: "<b>call 0120</b>" }, 400);
    return deskProxy.signIn();
  }, ISSUER);
  expect((await told(page)).at(-1)).toEqual([0, "refused", "unknown_error"]);
});
