// An issuer of somebody else's: the certified `oidc-provider`, with the clients of the conformance modules.
//
// Its clients come as JSON in the first argument. It listens on a loopback port of its own, says so with one JSON line
// {"issuer": …}, and then answers each line of standard input with one line. {"wait": 31} lets 31 seconds pass, for
// this process only: nothing here sleeps. It ends with its input.

import { generateKeyPairSync } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import { Provider } from "oidc-provider";

const [clients, fapiClients] = JSON.parse(process.argv[2]);

console.info = console.warn = console.error; // its advice for production must not stand between our answers

let ahead = 0; // milliseconds
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [RealDate.now() + ahead]));
  }
  static now() {
    return RealDate.now() + ahead;
  }
};

const person = (sub) => ({
  name: "Priya Nair",
  given_name: "Priya",
  family_name: "Nair",
  preferred_username: sub,
  locale: "en",
  email: `${sub}@practice.example`,
  email_verified: true,
  phone_number: "+12025550110",
  phone_number_verified: true,
  address: { formatted: "1 Main Street, Springfield" },
});

// As it comes, it refuses to call loopback addresses, where our app listens.
const anywhere = (url, { dispatcher, ...options }) => fetch(url, options);

const key = (kid, ...kind) => ({ kid, ...generateKeyPairSync(...kind).privateKey.export({ format: "jwk" }) });
const keys = [key("rsa", "rsa", { modulusLength: 2048 }), key("ec", "ec", { namedCurve: "P-256" })];

const configuration = {
  jwks: { keys },
  fetch: anywhere,
  clients,
  claims: {
    openid: ["sub"],
    profile: ["name", "given_name", "family_name", "preferred_username", "locale"],
    email: ["email", "email_verified"],
    phone: ["phone_number", "phone_number_verified"],
    address: ["address"],
  },
  findAccount: (ctx, sub) => ({ accountId: sub, claims: async () => ({ sub, ...person(sub) }) }),
  cookies: { keys: ["only a test"], long: { sameSite: "none" }, short: { sameSite: "lax" } },
  clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt"],
  enabledJWA: { clientAuthSigningAlgValues: ["ES256", "PS256"], dPoPSigningAlgValues: ["ES256", "PS256", "EdDSA"] },
  enableHttpPostMethods: true, // of the authorization endpoint (OIDC Core §3.1.2.1)
  features: {
    backchannelLogout: { enabled: true },
    claimsParameter: { enabled: true },
    dPoP: { enabled: true, nonceSecret: Buffer.alloc(32, 7), requireNonce: () => true },
    fapi: { enabled: true, profile: (ctx, client) => (fapiClients.includes(client?.clientId) ? "2.0" : undefined) },
    introspection: { enabled: true },
    pushedAuthorizationRequests: { enabled: true },
    revocation: { enabled: true },
    // The page as it comes has its buttons outside the form; browsers know what that means, our visitor does not.
    rpInitiatedLogout: {
      logoutSource: (ctx, form) => {
        const yes = `<button name="logout" value="yes">Yes, sign me out</button>`;
        ctx.body = `<!doctype html><title>Sign out</title>${form.replace("</form>", `${yes}</form>`)}`;
      },
    },
  },
};

const server = createServer();
server.listen(0, "127.0.0.1", async () => {
  const issuer = `http://localhost:${server.address().port}`;
  server.on("request", new Provider(issuer, configuration).callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
  for await (const line of createInterface({ input: process.stdin })) {
    ahead += JSON.parse(line).wait * 1000;
    process.stdout.write(`${JSON.stringify({ ahead })}\n`);
  }
  server.closeAllConnections();
  server.close();
});
