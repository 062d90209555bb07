// An app of somebody else's: the certified `openid-client`, driven line by line (see listening.mjs).

import { webcrypto } from "node:crypto";
import * as oidc from "openid-client";
import { cameBack, landing, redirectUri, serve } from "./listening.mjs";

let config; // of the client
let bound = {}; // {DPoP}: the key that its tokens are bound to, where they are
let asked; // {verifier, state, nonce, answer}: what was sent, and what came of it
let tokens; // the newest ones
let claims; // of the first ID token, validated
let device; // what the device was told to show

const ES256 = { name: "ECDSA", namedCurve: "P-256" };

async function proofOf(authentication, secret, key) {
  if (authentication === "none") return oidc.None();
  if (authentication === "basic") return oidc.ClientSecretBasic(secret);
  if (authentication === "post") return oidc.ClientSecretPost(secret);
  return oidc.PrivateKeyJwt({ key: await webcrypto.subtle.importKey("jwk", key, ES256, false, ["sign"]), kid: key.kid });
}

const newKey = async () => ({ DPoP: oidc.getDPoPHandle(config, await oidc.randomDPoPKeyPair("ES256")) });

const redeemed = (maxAge) =>
  oidc.authorizationCodeGrant(
    config,
    asked.answer,
    {
      pkceCodeVerifier: asked.verifier,
      expectedState: asked.state,
      expectedNonce: asked.nonce,
      idTokenExpected: true,
      maxAge,
    },
    undefined,
    bound,
  );

const commands = {
  // Discovery (OIDC Discovery 1.0 §4); plain http because this is loopback.
  // `authentication`: basic, post, key (`private_key_jwt`, with `key`, a JWK) or none; `dpop`: bind tokens to a new key.
  // `skew`: seconds to add to this machine's clock, because a test's suite may stand at another instant.
  async start({ issuer, client_id, client_secret, authentication, key, dpop, skew }) {
    const how = await proofOf(authentication, client_secret, key);
    config = await oidc.discovery(new URL(issuer), client_id, { [oidc.clockSkew]: skew }, how, {
      execute: [oidc.allowInsecureRequests],
    });
    oidc.enableNonRepudiationChecks(config); // check the ID token's signature too, although the channel is direct
    bound = dpop ? await newKey() : {};
    return { metadata: config.serverMetadata(), pkce: config.serverMetadata().supportsPKCE(), redirect_uri: redirectUri() };
  },

  // The address to send the person to, with PKCE S256, state and nonce; `pushed`: by way of PAR (RFC 9126).
  async authorize({ parameters, pushed }) {
    asked = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState(), nonce: oidc.randomNonce() };
    const request = {
      redirect_uri: redirectUri(),
      code_challenge: await oidc.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
      state: asked.state,
      nonce: asked.nonce,
      ...parameters,
    };
    if (!pushed) return { url: oidc.buildAuthorizationUrl(config, request).href };
    return { url: (await oidc.buildAuthorizationUrlWithPAR(config, request, bound)).href };
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

  // What a device shows to its person (RFC 8628 §3.3).
  async device({ parameters }) {
    device = await oidc.initiateDeviceAuthorization(config, parameters);
    return device;
  },

  // The device asks until somebody has answered; a test answers before, so it need not wait for its turn.
  async redeem_device() {
    tokens = await oidc.pollDeviceAuthorizationGrant(config, { ...device, interval: 0 }, undefined, bound);
    claims = tokens.claims();
    return { tokens, claims: claims ?? null };
  },

  async userinfo() {
    return await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, bound);
  },

  // Somebody else holds the access token: with a key of their own, or (`bearer`) as if no key were needed.
  async userinfo_of_a_thief({ bearer }) {
    return await oidc.fetchUserInfo(config, tokens.access_token, claims.sub, bearer ? {} : await newKey());
  },

  async refresh() {
    const before = tokens;
    tokens = await oidc.refreshTokenGrant(config, tokens.refresh_token, undefined, bound);
    tokens.refresh_token ??= before.refresh_token; // where none comes, the one at hand stays good (RFC 6749 §6)
    tokens.id_token ??= before.id_token;
    return { tokens, claims: tokens.claims() ?? null, rotated: tokens.refresh_token !== before.refresh_token };
  },

  // A stolen copy of a refresh token that was used already.
  async refresh_with({ token }) {
    return await oidc.refreshTokenGrant(config, token, undefined, bound);
  },

  async introspect({ token }) {
    return await oidc.tokenIntrospection(config, token ?? tokens.access_token);
  },

  async revoke({ token }) {
    await oidc.tokenRevocation(config, token ?? tokens.refresh_token);
    return null;
  },

  async client_credentials({ parameters }) {
    return await oidc.clientCredentialsGrant(config, parameters, bound);
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

serve(commands);
