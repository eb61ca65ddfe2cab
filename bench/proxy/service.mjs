// The screen pop as it is usually written: fastify, AWS's own SDK, jose. What the proxy is held
// against (`cargo xtask bench proxy`). It does the same for each request: checks the agent's token,
// asks Connect for the contact and whose it is, searches the profiles by the number that Connect
// gives, then fetches orders, contacts and calculated attributes at the same time, and answers with
// them in parts.

import { createHash } from "node:crypto";
import { Agent } from "node:http";
import { Readable } from "node:stream";

import { ConnectClient, DescribeContactCommand } from "@aws-sdk/client-connect";
import {
  CustomerProfilesClient,
  ListCalculatedAttributesForProfileCommand,
  ListProfileObjectsCommand,
  SearchProfilesCommand,
} from "@aws-sdk/client-customer-profiles";
import Fastify from "fastify";
import { createRemoteJWKSet, jwtVerify } from "jose";

const env = process.env;
const [host, port] = env.DESK_LISTEN.split(":");
const origins = new Set(env.DESK_ORIGINS.split(","));
const options = {
  region: env.AWS_REGION,
  maxAttempts: 3,
  requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 256 }) },
};
const connect = new ConnectClient({ ...options, endpoint: env.AWS_ENDPOINT_URL });
const profiles = new CustomerProfilesClient({ ...options, endpoint: env.AWS_ENDPOINT_URL });
const keys = createRemoteJWKSet(new URL(`${env.DESK_ISSUER}/keys`));
const domain = { DomainName: env.DESK_PROFILES_DOMAIN };
const orderTypes = ["_order", "Shopify-Order", "Shopify-DraftOrder"];

const app = Fastify({ logger: false, bodyLimit: 4096 });

// The digest is of the body's bytes, so they are kept beside what is read of them.
app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
  if (createHash("sha256").update(body).digest("hex") !== request.headers["x-amz-content-sha256"]) {
    return done(Object.assign(new Error("digest"), { statusCode: 400 }));
  }
  done(null, JSON.parse(body));
});

const refuse = (reply, status, code) => reply.code(status).send({ error: { code } });

async function objects(ProfileId, ObjectTypeName) {
  const items = [];
  let NextToken;
  do {
    const page = await profiles.send(
      new ListProfileObjectsCommand({ ...domain, ProfileId, ObjectTypeName, MaxResults: 100, NextToken }),
    );
    items.push(...page.Items.map((item) => JSON.parse(item.Object)));
    NextToken = page.NextToken;
  } while (NextToken && items.length < 1000);
  return items;
}

async function* parts(contact) {
  const number = contact.CustomerEndpoint?.Address;
  yield { part: "contact", contact_id: contact.Id, caller: number };
  const found = await profiles.send(
    new SearchProfilesCommand({ ...domain, KeyName: "_phone", Values: [number], MaxResults: 10 }),
  );
  yield { part: "profiles", matches: found.Items };
  const fetched = found.Items.flatMap(({ ProfileId }) => [
    Promise.all(orderTypes.map((type) => objects(ProfileId, type))).then((lists) => ({
      part: "orders",
      profile: ProfileId,
      orders: lists.flat().sort((a, b) => (b.CreatedDate ?? "").localeCompare(a.CreatedDate ?? "")),
    })),
    objects(ProfileId, "CTR").then((contacts) => ({ part: "contacts", profile: ProfileId, contacts })),
    profiles
      .send(new ListCalculatedAttributesForProfileCommand({ ...domain, ProfileId, MaxResults: 100 }))
      .then(({ Items }) => ({ part: "calculated", profile: ProfileId, attributes: Items })),
  ]);
  for (const part of fetched) yield await part;
  yield { part: "end" };
}

async function* lines(contact) {
  for await (const part of parts(contact)) yield `${JSON.stringify(part)}\n`;
}

app.post("/api/screen-pop", async (request, reply) => {
  if (!origins.has(request.headers.origin)) return refuse(reply, 403, "not_available");
  let agent;
  try {
    const { payload } = await jwtVerify(request.headers["x-agent-token"], keys, {
      issuer: env.DESK_ISSUER,
      audience: env.DESK_AUDIENCE,
      algorithms: ["RS256", "ES256"],
      clockTolerance: 60,
    });
    agent = payload[env.DESK_USER_CLAIM];
  } catch {
    return refuse(reply, 401, "unauthenticated");
  }
  const { Contact: contact } = await connect.send(
    new DescribeContactCommand({ InstanceId: env.DESK_CONNECT_INSTANCE, ContactId: request.body.contact_id }),
  );
  if (contact.AgentInfo?.Id && contact.AgentInfo.Id !== agent) return refuse(reply, 403, "not_available");
  reply.type("application/x-ndjson");
  return reply.send(Readable.from(lines(contact)));
});

await app.listen({ host, port: Number(port) });
