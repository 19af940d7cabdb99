// Give the partner's billing profile a new purchase order number, with Node's own fetch alone (Node 18 or newer).
// The variables are those that `partnercenter env` exports; NODE_EXTRA_CA_CERTS, one of them, is read by Node itself.
import { randomInt, randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

const env = (name) => process.env[`PARTNERCENTER_${name}`] ?? "";
const WORTH_ANOTHER_ATTEMPT = new Set([408, 429, 500, 502, 503, 504]);

/** Sends a request until it is answered: always the same one, with the same MS-RequestId, so it is done once at most. */
async function ask(url, request) {
  for (let attempt = 1; ; attempt++) {
    const response = await fetch(url, request).catch((error) => error);
    const worthIt = response instanceof Error || WORTH_ANOTHER_ATTEMPT.has(response.status);
    if (!worthIt || attempt === 5) {
      if (response instanceof Error) throw response;
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return response.json();
    }
    const asked = response instanceof Error ? null : response.headers.get("Retry-After");
    await sleep(1000 * Number(asked ?? 0.2 * 2 ** attempt));
  }
}

const { access_token } = await ask(`${env("AUTHORITY")}/${env("TENANT_ID")}/oauth2/v2.0/token`, {
  method: "POST",
  body: new URLSearchParams({
    grant_type: "refresh_token",
    client_id: env("CLIENT_ID"),
    client_secret: env("CLIENT_SECRET"),
    refresh_token: env("REFRESH_TOKEN"),
    scope: "https://api.partnercenter.microsoft.com/.default",
  }),
});

const billing = `${env("BASE_URL")}/v1/profiles/billing`;
const headers = {
  Authorization: `Bearer ${access_token}`,
  Accept: "application/json",
  "MS-CorrelationId": randomUUID(), // one for all requests of this task
};
const profile = await ask(billing, { headers });

profile.purchaseOrderNumber = String(randomInt(9000, 10000));
const updated = await ask(billing, {
  method: "PUT",
  headers: {
    ...headers,
    "Content-Type": "application/json",
    "MS-RequestId": randomUUID(),
    "If-Match": `"${profile.attributes.etag}"`, // whoever changed it in between is not overwritten: 412
  },
  body: JSON.stringify(profile),
});
console.log(updated.purchaseOrderNumber);
