"""Apps that hold a key: clients whose requests carry a DPoP proof, and who learn nonces as they go (RFC 9449)."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from identity.oidc import bootstrap
from identity.oidc.clients.policy import ClientSpec
from identity.oidc.clients.service import ensure_client
from tests.service.identity_oidc.suite import CALLBACK, ORIGIN, PORTAL, App, Suite
from tests.support.possession import Holder

TOKEN, USERINFO = "/oauth/token", "/oauth/userinfo"
MOBILE, VAULT, BANK = "mobile", "vault", "bank"
KEPT_SECRET = "v" * 48


def portal(**changes: Any) -> ClientSpec:
    """The portal of these tests with another policy; its secret stays."""
    return replace(bootstrap.portal(ORIGIN, PORTAL), populations=("provider",), **changes)


def mobile() -> ClientSpec:
    """An app on a phone: no secret; its refresh tokens are bound to its key once it shows one."""
    return ClientSpec(
        id=MOBILE,
        name="Phone app",
        profile="native",
        redirect_uris=(CALLBACK,),
        scopes=("openid", "profile", "email"),
        auth_methods=("none",),
        minimum_acr="urn:gatehouse:acr:1",
        justification="These tests are about keys, not about factors.",
    )


def vault() -> ClientSpec:
    """A portal that gets only bound tokens, for people and for itself."""
    return portal(id=VAULT, name="Vault", dpop_bound=True)


def bank(signer: Holder) -> ClientSpec:
    """A client of the FAPI 2.0 Security Profile, which signs its assertions with the signer's key."""
    return portal(
        id=BANK,
        name="Bank",
        profile="fapi2",
        grant_types=("authorization_code", "refresh_token"),
        require_par=True,
        dpop_bound=True,
        auth_methods=("private_key_jwt",),
        auth_signing_alg="ES256",
        jwks={"keys": [signer.public | {"alg": "ES256", "use": "sig", "kid": "bank-1"}]},
        refresh_rotation="keep",
    )


def assertion(signer: Holder, client_id: str = BANK, header: Mapping[str, Any] | None = None, **bent: Any) -> str:
    """The assertion with which a client signs in (RFC 7523 §3)."""
    now = int(signer.clock.now().timestamp())
    jti = signer.proof("POST", TOKEN)[-40:]  # as unique as a signature
    claims = {"iss": client_id, "sub": client_id, "aud": ORIGIN, "jti": jti, "iat": now, "exp": now + 60}
    return signer.sign(claims | bent, {"alg": "ES256", "kid": "bank-1", **(header or {})})


def signed_in(form: Mapping[str, str], text: str) -> dict[str, str]:
    """The form with an assertion in it."""
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    return {**form, "client_assertion_type": kind, "client_assertion": text}


def register(suite: Suite, spec: ClientSpec, secret: str | None) -> None:
    """Register a client or change it."""
    with suite.context.transaction() as work:
        ensure_client(work, spec, secret)


@dataclass
class KeyApp(App):
    """A client that proves its key in every token request; it repeats a request once when a nonce is wanted."""

    holder: Holder = field(kw_only=True)
    secret: str | None = KEPT_SECRET
    nonce: str | None = None
    sent: int = 0

    @property
    def auth(self) -> tuple[str, str]:
        """Client id and secret."""
        return self.client_id, self.secret or ""

    def token(self, form: Mapping[str, str]) -> httpx.Response:
        """Ask the token endpoint, with the newest nonce."""
        answer = self.with_proof(form, self.holder.proof("POST", TOKEN, nonce=self.nonce))
        if answer.status_code == 400 and answer.json()["error"] == "use_dpop_nonce":
            answer = self.with_proof(form, self.holder.proof("POST", TOKEN, nonce=self.nonce))
        return answer

    def with_proof(self, form: Mapping[str, str], proof: str | None) -> httpx.Response:
        """Ask once, with this proof or without any; remember the nonce that comes back."""
        self.sent += 1
        headers = {"DPoP": proof} if proof is not None else {}
        own: dict[str, Any] = {"auth": self.auth} if self.secret else {}
        body = dict(form) if self.secret else {**form, "client_id": self.client_id}
        answer = self.suite.http.post(TOKEN, data=body, headers=headers, **own)
        self.nonce = answer.headers.get("DPoP-Nonce", self.nonce)
        return answer

    def userinfo(self, token: str, **bent: Any) -> httpx.Response:
        """Ask for the claims of a person, as the holder of the token."""
        return self.suite.http.get(USERINFO, headers=self.holder.headers("GET", USERINFO, token, **bent))

    def code_form(self, code: str, verifier: str) -> dict[str, str]:
        """The form that redeems a code."""
        return {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": verifier,
        }
