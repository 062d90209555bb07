"""One client of the FAPI 2.0 Security Profile at an issuer: the steps that its modules share.

    push ───▶ PAR endpoint, client proved by an assertion ──▶ request_uri
    ask ────▶ authorization endpoint with client_id and request_uri ──▶ pages ──▶ our redirect URI
    redeem ─▶ token endpoint, with an assertion and a proof of the key ──▶ a token bound to the key
    userinfo, with the token and another proof

Where the issuer wants its nonce in a proof, the request is made once more with it (RFC 9449 §8, §9).
"""

import secrets
from collections.abc import Mapping
from typing import Any

import httpx
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import ECKey, RSAKey

from tests.conformance.harness import answers, id_tokens, proofs
from tests.conformance.harness.exchange import Completed, Exchange
from tests.conformance.harness.issuers.roles import FAPI
from tests.conformance.harness.issuers.subject import Subject
from tests.conformance.harness.listener import Arrival, Listener
from tests.conformance.harness.wire import HTTP

PAR, TOKEN, USERINFO = "pushed_authorization_request_endpoint", "token_endpoint", "userinfo_endpoint"
_NONCE = "dpop-nonce"


class FapiExchange(Exchange):
    """A confidential client with a key; `key` is the one its tokens are bound to."""

    def __init__(self, subject: Subject, app: Listener, client: str = FAPI) -> None:
        super().__init__(subject, app, None, client)
        self.key: ECKey | RSAKey = proofs.new_key()
        self.verifier = secrets.token_urlsafe(48)
        self._nonces: dict[str, str] = {}

    @property
    def second(self) -> int:
        """The issuer's instant in whole seconds."""
        return int(self.subject.now().timestamp())

    def request(self, **changes: str | None) -> dict[str, str]:
        """Return the parameters to push, with a proof key; None takes one out."""
        pkce = {"code_challenge": create_s256_code_challenge(self.verifier), "code_challenge_method": "S256"}
        return super().request(**(pkce | changes))

    def assertion(self, **claims: Any) -> str:
        """Return a fresh client assertion for this issuer, some claims bent."""
        return proofs.assertion(self.client, self.subject.issuer, self.second, **claims)

    def call(
        self,
        endpoint: str,
        form: Mapping[str, str],
        *,
        key: ECKey | RSAKey | None = None,
        proof: Mapping[str, Any] | None = None,
        assertion: Mapping[str, Any] | None = None,
    ) -> httpx.Response:
        """POST as this client; with a proof where `key` is given. `proof` and `assertion` bend what is signed."""
        address = self.subject.discovery[endpoint]
        answer = HTTP.post(address, data=self._proved(form, assertion), headers=self._headers(key, address, proof))
        if key is not None and self._wants_nonce(endpoint, answer):
            answer = HTTP.post(address, data=self._proved(form, assertion), headers=self._headers(key, address, proof))
        return answer

    def push(self, sent: Mapping[str, str], **options: Any) -> httpx.Response:
        """Push an authorization request (RFC 9126 §2.1)."""
        return self.call(PAR, sent, **options)

    def pushed(self, sent: Mapping[str, str], **options: Any) -> dict[str, str]:
        """Push a request that must be taken; return what the browser is sent with (RFC 9126 §2.2, FAPI §5.3.2.2-11)."""
        answer = self.push(sent, **options)
        assert answer.status_code == 201, answer.text
        assert "no-store" in answer.headers["Cache-Control"]
        told = answer.json()
        assert 5 <= told["expires_in"] < 600
        assert len(told["request_uri"]) > 22
        return {"client_id": self.client.client_id, "request_uri": told["request_uri"]}

    def refused_somewhere(self, sent: Mapping[str, str], *errors: str, **options: Any) -> None:
        """The request is refused: when it is pushed, on a page, or to the app (RFC 9126 §2.3)."""
        answer = self.push(sent, **options)
        if answer.status_code != 201:
            answers.token_refusal(answer, *errors)
            return
        asked = {"client_id": self.client.client_id, "request_uri": answer.json()["request_uri"]}
        self.refused_in_browser(asked, sent.get("state"), *errors)

    def refused_in_browser(self, asked: dict[str, str], state: str | None, *errors: str) -> None:
        """No page asks anybody to sign in: the issuer says what is wrong, itself or to the app."""
        known = len(self.arrivals())
        self.open(asked)
        arrived = self.arrivals()[known:]
        if arrived:
            answers.refused(self.subject, arrived[0], state, *errors)
        else:
            answers.kept_here(self.subject, self.browser)

    def asked(self, **changes: str | None) -> tuple[dict[str, str], Arrival]:
        """Push a sound request with these changes and sign in; return the request and what came back."""
        sent = self.request(**changes)
        arrival, _ = self.answered(self.pushed(sent))
        return sent, arrival

    def code(self, **changes: str | None) -> tuple[dict[str, str], str]:
        """Return the request and a code."""
        sent, arrival = self.asked(**changes)
        return sent, answers.authorized(self.subject, arrival, sent.get("state"))

    def redeem(self, code: str, verifier: str | None = None, **options: Any) -> httpx.Response:
        """Take a code to the token endpoint, with our verifier or another."""
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.client.redirect_uri}
        options = {"key": self.key, **options}
        return self.call(TOKEN, {**form, "code_verifier": verifier or self.verifier}, **options)

    def tokens(self, sent: dict[str, str], code: str, **options: Any) -> Completed:
        """Redeem a code; token and ID token are checked (RFC 9449 §5)."""
        told = answers.tokens(self.redeem(code, **options), "dpop")
        claims = id_tokens.validated(self.subject, self.client, told, sent.get("nonce"), sent)
        return Completed(sent, code, (), told, claims)

    def finished(self, **changes: str | None) -> Completed:
        """The whole way, from a pushed request to userinfo."""
        done = self.tokens(*self.code(**changes))
        self.person(done)
        return done

    def userinfo(self, access_token: str, scheme: str = "DPoP", **options: Any) -> httpx.Response:
        """GET userinfo with the token and a proof (RFC 9449 §7.1); options bend the proof, `headers` add to it."""
        answer = self._resource(access_token, scheme, dict(options))
        return self._resource(access_token, scheme, dict(options)) if self._wants_nonce(USERINFO, answer) else answer

    def was_given_nonce(self, endpoint: str) -> bool:
        """Return whether the server behind an endpoint wants a nonce of its own in proofs."""
        return endpoint in self._nonces

    def refresh(self, token: str, **options: Any) -> httpx.Response:
        """Use a refresh token, with a new key: tokens of a confidential client are bound to the client, not to it."""
        options = {"key": self.key, **options}
        return self.call(TOKEN, {"grant_type": "refresh_token", "refresh_token": token}, **options)

    def _resource(self, access_token: str, scheme: str, options: dict[str, Any]) -> httpx.Response:
        address = self.subject.discovery[USERINFO]
        write = options.pop("write", lambda text: [("DPoP", text)])
        key, header = options.pop("key", self.key), options.pop("header", None)
        sound = {"nonce": self._nonces.get(USERINFO), "ath": proofs.hash_of(access_token)}
        text = proofs.proof(key, ("GET", address), self.second, header, **(sound | options))
        return HTTP.get(address, headers=[("Authorization", f"{scheme} {access_token}"), *write(text)])

    def _proved(self, form: Mapping[str, str], claims: Mapping[str, Any] | None) -> dict[str, str]:
        """With our client id, and an assertion unless `claims` say there is none."""
        body = {**form, "client_id": form.get("client_id", self.client.client_id)}
        if claims is not None and claims.get("absent"):
            return body
        text = self.assertion(**(claims or {}))
        return {**body, "client_assertion_type": proofs.ASSERTION_TYPE, "client_assertion": text}

    def _headers(self, key: ECKey | RSAKey | None, address: str, claims: Mapping[str, Any] | None) -> dict[str, str]:
        if key is None:
            return {}
        sound = {"nonce": self._nonces.get(TOKEN)}
        return {"DPoP": proofs.proof(key, ("POST", address), self.second, **(sound | dict(claims or {})))}

    def _wants_nonce(self, endpoint: str, answer: httpx.Response) -> bool:
        """Keep a nonce that was given, by the server that gave it; return whether the request was refused for it."""
        place = USERINFO if endpoint == USERINFO else TOKEN
        if _NONCE in answer.headers:
            self._nonces[place] = answer.headers[_NONCE]
        told = answer.headers.get("WWW-Authenticate", "") + answer.text
        return answer.status_code in {400, 401} and "use_dpop_nonce" in told
