// An app of somebody else's: the certified `openid-client`, driven line by line.
//
// Reads one JSON command per line from standard input ({"do": "userinfo", …}) and answers each with one JSON line:
// {"ok": true, "value": …} or {"ok": false, "error": {"name", "code", "error", "description", "message"}}.
// It listens on a loopback port of its own for the answer of the authorization endpoint, and ends with its input.

import { createServer } from "node:http";
import { createInterface } from "node:readline";
import * as oidc from "openid-client";

const PATIENCE_MS = 30_000; // how long the browser may take from the address to the callback

let config; // of the client
let asked; // {verifier, state, nonce, answer}: what was sent, and what came of it
let tokens; // the newest ones
let claims; // of the first ID token, validated
let arrived = []; // callbacks nobody asked for yet
let waiting = null; // who asked before it came

const listener = createServer((request, response) => {
  const here = new URL(request.url, redirectUri());
  response.setHeader("Content-Type", "text/html; charset=utf-8");
  response.end(`<!doctype html><html lang="en"><title>App</title><main><h1>Back at the app</h1></main></html>`);
  if (!["/callback", "/landed"].includes(here.pathname)) return; // an icon, say
  if (waiting) waiting(here);
  else arrived.push(here);
});

const redirectUri = () => `http://127.0.0.1:${listener.address().port}/callback`;
const landing = () => `http://127.0.0.1:${listener.address().port}/landed`;

function cameBack() {
  if (arrived.length) return Promise.resolve(arrived.shift());
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`nobody came back within ${PATIENCE_MS} ms`)), PATIENCE_MS);
    waiting = (url) => {
      clearTimeout(timer);
      waiting = null;
      resolve(url);
    };
  });
}

const redeemed = (maxAge) =>
  oidc.authorizationCodeGrant(config, asked.answer, {
    pkceCodeVerifier: asked.verifier,
    expectedState: asked.state,
    expectedNonce: asked.nonce,
    idTokenExpected: true,
    maxAge,
  });

const commands = {
  // Discovery (OIDC Discovery 1.0 §4); plain http because this is loopback.
  // `skew`: seconds to add to this machine's clock, because a test's suite may stand at another instant.
  async start({ issuer, client_id, client_secret, authentication, skew }) {
    const how = authentication === "basic" ? oidc.ClientSecretBasic : oidc.ClientSecretPost;
    config = await oidc.discovery(new URL(issuer), client_id, { [oidc.clockSkew]: skew }, how(client_secret), {
      execute: [oidc.allowInsecureRequests],
    });
    oidc.enableNonRepudiationChecks(config); // check the ID token's signature too, although the channel is direct
    return { metadata: config.serverMetadata(), pkce: config.serverMetadata().supportsPKCE(), redirect_uri: redirectUri() };
  },

  // The address to send the person to, with PKCE S256, state and nonce.
  async authorize({ parameters }) {
    asked = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() };
    const url = oidc.buildAuthorizationUrl(config, {
      redirect_uri: redirectUri(),
      code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
      state: asked.state,
      nonce: asked.nonce,
      ...parameters,
    });
    return { url: url.href };
  },

  // Waits for the person, redeems the code, validates the ID token (issuer, audience, nonce, times, signature).
  async redeem({ max_age }) {
    asked.answer = await cameBack();
    tokens = await redeemed(max_age);
    claims = tokens.claims();
    return { tokens, claims, answer: Object.fromEntries(asked.answer.searchParams) };
  },

  // A code that somebody else saw, used a second time.
  async redeem_again() {
    return await redeemed();
  },

  async userinfo() {
    return await oidc.fetchUserInfo(config, tokens.access_token, claims.sub);
  },

  async refresh() {
    const before = tokens;
    tokens = await oidc.refreshTokenGrant(config, tokens.refresh_token);
    return { tokens, claims: tokens.claims() ?? null, rotated: tokens.refresh_token !== before.refresh_token };
  },

  // A stolen copy of a refresh token that was used already.
  async refresh_with({ token }) {
    return await oidc.refreshTokenGrant(config, token);
  },

  async introspect({ token }) {
    return await oidc.tokenIntrospection(config, token ?? tokens.access_token);
  },

  async revoke({ token }) {
    await oidc.tokenRevocation(config, token ?? tokens.refresh_token);
    return null;
  },

  async client_credentials({ parameters }) {
    return await oidc.clientCredentialsGrant(config, parameters);
  },

  async sign_out_address() {
    asked = { state: oidc.randomState() };
    const url = oidc.buildEndSessionUrl(config, {
      id_token_hint: tokens.id_token,
      post_logout_redirect_uri: landing(),
      state: asked.state,
    });
    return { url: url.href, landing: landing() };
  },

  async landed() {
    const url = await cameBack();
    return { path: url.pathname, fits: url.searchParams.get("state") === asked.state };
  },
};

// openid-client wraps what it was told; the innermost words are the interesting ones.
function described(fault) {
  return {
    name: fault.name,
    code: fault.code ?? null,
    error: fault.error ?? null,
    description: fault.error_description ?? null,
    message: fault.message,
  };
}

async function answer(line) {
  try {
    const command = JSON.parse(line);
    return { ok: true, value: await commands[command.do](command) };
  } catch (fault) {
    return { ok: false, error: described(fault) };
  }
}

listener.listen(0, "127.0.0.1", async () => {
  for await (const line of createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await answer(line))}\n`);
  }
  listener.closeAllConnections();
  listener.close();
});
