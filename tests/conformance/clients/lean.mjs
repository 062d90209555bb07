// An app of somebody else's that is made with the certified `oauth4webapi`: nothing is done for it that it does not ask
// for, neither a retry nor a wait. Driven line by line (see listening.mjs).

import * as oauth from "oauth4webapi";
import { cameBack, landing, redirectUri, serve } from "./listening.mjs";

const PLAIN = { [oauth.allowInsecureRequests]: true }; // plain http because this is loopback

let issuer; // its metadata
let client;
let proof; // how the client proves itself
let asked; // {verifier, state, nonce}: what was sent
let tokens; // the newest ones
let claims; // of the first ID token, validated
let device; // what the device was told to show

// Takes what the token endpoint answered; an ID token's signature is checked on top of its claims.
async function took(response, read, options) {
  const told = await read(issuer, client, response, options);
  if (told.id_token) {
    await oauth.validateApplicationLevelSignature(issuer, response, PLAIN);
    claims = oauth.getValidatedIdTokenClaims(told);
  }
  tokens = { ...tokens, ...told };
}

const commands = {
  // Discovery, as of OpenID (`oidc`) or of OAuth (`oauth2`, RFC 8414).
  async start({ issuer: address, client_id, client_secret, authentication, algorithm, skew }) {
    const url = new URL(address);
    const found = await oauth.discoveryRequest(url, { ...PLAIN, algorithm: algorithm ?? "oidc" });
    issuer = await oauth.processDiscoveryResponse(url, found);
    client = { client_id, [oauth.clockSkew]: skew };
    const ways = { basic: oauth.ClientSecretBasic, post: oauth.ClientSecretPost, none: oauth.None };
    proof = ways[authentication](client_secret);
    return { metadata: issuer, redirect_uri: redirectUri() };
  },

  async authorize({ parameters }) {
    asked = {
      verifier: oauth.generateRandomCodeVerifier(),
      state: oauth.generateRandomState(),
      nonce: oauth.generateRandomNonce(),
    };
    const url = new URL(issuer.authorization_endpoint);
    url.search = new URLSearchParams({
      client_id: client.client_id,
      response_type: "code",
      redirect_uri: redirectUri(),
      code_challenge: await oauth.calculatePKCECodeChallenge(asked.verifier),
      code_challenge_method: "S256",
      state: asked.state,
      nonce: asked.nonce,
      ...parameters,
    });
    return { url: url.href };
  },

  // Waits for the person and checks each thing in turn: state and `iss`, the answer, the ID token, its signature.
  async redeem() {
    const back = await cameBack();
    const answer = oauth.validateAuthResponse(issuer, client, back, asked.state);
    const response = await oauth.authorizationCodeGrantRequest(
      issuer,
      client,
      proof,
      answer,
      redirectUri(),
      asked.verifier,
      PLAIN,
    );
    const expected = { expectedNonce: asked.nonce, requireIdToken: true };
    await took(response, oauth.processAuthorizationCodeResponse, expected);
    return { tokens, claims, answer: Object.fromEntries(back.searchParams) };
  },

  async userinfo() {
    const response = await oauth.userInfoRequest(issuer, client, tokens.access_token, PLAIN);
    return await oauth.processUserInfoResponse(issuer, client, claims.sub, response);
  },

  async refresh() {
    const before = tokens;
    const response = await oauth.refreshTokenGrantRequest(issuer, client, proof, tokens.refresh_token, PLAIN);
    await took(response, oauth.processRefreshTokenResponse);
    return { tokens, rotated: tokens.refresh_token !== before.refresh_token };
  },

  // `signed`: as a token that can be shown to others (RFC 9701).
  async introspect({ token, signed }) {
    const options = { ...PLAIN, requestJwtResponse: Boolean(signed) };
    const response = await oauth.introspectionRequest(issuer, client, proof, token ?? tokens.access_token, options);
    const told = await oauth.processIntrospectionResponse(issuer, client, response);
    if (signed) await oauth.validateApplicationLevelSignature(issuer, response, PLAIN); // fails where nothing is signed
    return told;
  },

  async revoke({ token }) {
    const response = await oauth.revocationRequest(issuer, client, proof, token ?? tokens.refresh_token, PLAIN);
    await oauth.processRevocationResponse(response);
    return null;
  },

  async client_credentials({ parameters }) {
    const response = await oauth.clientCredentialsGrantRequest(issuer, client, proof, parameters, PLAIN);
    return await oauth.processClientCredentialsResponse(issuer, client, response);
  },

  async device({ parameters }) {
    const response = await oauth.deviceAuthorizationRequest(issuer, client, proof, parameters, PLAIN);
    device = await oauth.processDeviceAuthorizationResponse(issuer, client, response);
    return device;
  },

  // Asks once whether somebody has answered.
  async redeem_device() {
    const response = await oauth.deviceCodeGrantRequest(issuer, client, proof, device.device_code, PLAIN);
    await took(response, oauth.processDeviceCodeResponse);
    return { tokens, claims };
  },

  async sign_out_address() {
    asked = { state: oauth.generateRandomState() };
    const url = new URL(issuer.end_session_endpoint);
    url.search = new URLSearchParams({
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
