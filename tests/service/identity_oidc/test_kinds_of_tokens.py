"""Attack 16 of the threat table: every signed thing opens its own door and no other, whoever signed it.

our key       access token (at+jwt) · ID token (JWT) · logout token (logout+jwt)
a client's    assertion (JWT) · DPoP proof (dpop+jwt)
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from identity.oidc.logout.deliveries.token import LOGOUT_TYPE, claims_of_logout
from identity.oidc.provider import Provider
from shared.auth.dpop import nonces
from shared.auth.verifier import TokenRefused, TokenVerifier
from tests.service.identity_oidc.proving import BANK, TOKEN, USERINFO, KeyApp, assertion, bank, register, signed_in
from tests.service.identity_oidc.suite import ORIGIN, SECRETS, App, Browser, Suite, claims_of, header_of
from tests.support.possession import Holder

API = f"{ORIGIN}/api/access"


@dataclass
class Desk:
    """The provider, a portal with a bearer token, and a bank whose one key signs assertions and proofs."""

    suite: Suite
    portal: App
    tokens: dict[str, Any]
    signer: Holder
    sid: str

    def ours(self, claims: Mapping[str, object], typ: str) -> str:
        """Something that our own key signed."""
        return self.suite.context.part(Provider).ring.sign(claims, typ=typ, algorithm="ES256")

    def kinds(self) -> dict[str, str]:
        """One fresh and sound piece of every kind."""
        now = self.suite.clock.now()
        said = claims_of_logout(ORIGIN, "portal", "dlv_1", claims_of(self.tokens["id_token"])["sub"], self.sid, now)
        return {
            "access": str(self.tokens["access_token"]),
            "id": str(self.tokens["id_token"]),
            "refresh": str(self.tokens["refresh_token"]),
            "logout": self.ours(said, LOGOUT_TYPE),
            "assertion": assertion(self.signer),
            "proof": self.signer.proof("POST", TOKEN, nonce=self.nonce),
        }

    @property
    def nonce(self) -> str:
        """The nonce that counts now."""
        return nonces(self.suite.context.settings.secret_keys, self.suite.clock.now())[0]

    def userinfo(self, text: str) -> bool:
        """Whether it opens userinfo."""
        return self.suite.http.get(USERINFO, headers={"Authorization": f"Bearer {text}"}).status_code == 200

    def introspection(self, text: str) -> bool:
        """Whether introspection calls it active."""
        return bool(self.portal.introspect(text)["active"])

    def api(self, text: str) -> bool:
        """Whether an API of the suite takes it; every audience is tried."""
        for audience in (API, ORIGIN, "portal", BANK):
            keys: Callable[[], Any] = lambda: self.suite.http.get("/oauth/jwks").json()  # noqa: E731
            try:
                TokenVerifier(ORIGIN, audience, self.suite.clock, keys).verify(text)
            except TokenRefused:
                continue
            return True
        return False

    def refreshing(self, text: str) -> bool:
        """Whether it refreshes."""
        return self.portal.refresh(text).status_code == 200

    def code(self, text: str) -> bool:
        """Whether it is taken for an authorization code."""
        return self.portal.redeem(text, "v" * 43).status_code == 200

    def hint(self, text: str) -> bool:
        """Whether it hints at somebody who signs out."""
        return self._asked("/oauth/logout", id_token_hint=text).status_code != 400

    def hint_at_sign_in(self, text: str) -> bool:
        """Whether it hints at somebody who signs in."""
        answer = self._asked("/oauth/authorize", **self.portal.asked(id_token_hint=text, prompt="none"))
        return "invalid_request" not in answer.headers["Location"]

    def signing_in(self, text: str) -> bool:
        """Whether the bank signs in with it; its proof is in order."""
        return self._bank(text, self.signer.proof("POST", TOKEN, nonce=self.nonce)) != "invalid_client"

    def proving(self, text: str) -> bool:
        """Whether it proves the bank's key; its assertion is in order."""
        return self._bank(assertion(self.signer), text) != "invalid_dpop_proof"

    def exchanging(self, text: str) -> bool:
        """Whether it is a subject for a token exchange."""
        kind = "urn:ietf:params:oauth:token-type:access_token"
        form = {"grant_type": "urn:ietf:params:oauth:grant-type:token-exchange", "subject_token_type": kind}
        return self.portal.token({**form, "subject_token": text}).status_code == 200

    def _bank(self, text: str, proof: str) -> str:
        app = KeyApp(self.suite, BANK, holder=self.signer, secret=None)
        form = {"grant_type": "refresh_token", "refresh_token": "none"}
        return str(app.with_proof(signed_in(form, text), proof).json()["error"])

    def _asked(self, path: str, **parameters: str) -> httpx.Response:
        return self.suite.http.get(path, params=parameters)


@pytest.fixture
def desk(suite: Suite, portal: App, browser: Browser) -> Desk:
    """Everything that is signed here."""
    signer = Holder(suite.clock)
    register(suite, bank(signer), None)
    return Desk(suite, portal, portal.tokens(browser), signer, browser.sid)


OPENS = {
    "userinfo": {"access"},
    "introspection": {"access", "refresh"},
    "api": {"access"},
    "refreshing": {"refresh"},
    "code": set(),
    "hint": {"id"},
    "hint_at_sign_in": {"id"},
    "signing_in": {"assertion"},
    "proving": {"proof"},
    "exchanging": set(),  # the portal is not registered for it
}


@pytest.mark.parametrize("door", OPENS)
def test_attack_16_each_kind_opens_its_own_doors_only(desk: Desk, door: str) -> None:
    """threat 16, ASVS 9.2.2, E15: of six sound pieces each door knows its own, and refuses the rest without a fault."""
    opened = {kind for kind, text in desk.kinds().items() if getattr(desk, door)(text)}
    assert opened == OPENS[door]


def test_every_kind_says_what_it_is(desk: Desk) -> None:
    """ASVS 9.2.2: by `typ`, so that nobody has to guess (RFC 9068 §2.1, RFC 9449 §4.2, Back-Channel Logout §2.4)."""
    kinds = desk.kinds()
    named = {kind: header_of(kinds[kind])["typ"] for kind in ("access", "id", "logout", "proof")}
    assert named == {"access": "at+jwt", "id": "JWT", "logout": "logout+jwt", "proof": "dpop+jwt"}


@pytest.mark.parametrize("typ", ["JWT", "at+jwt ", "AT+JWT+x", "", "logout+jwt", "dpop+jwt"])
def test_attack_16_an_access_token_under_another_name(desk: Desk, typ: str) -> None:
    """ASVS 9.2.2: all its claims are right, our key signed it, and it is none (RFC 9068 §4)."""
    text = desk.ours(claims_of(desk.tokens["access_token"]), typ)
    assert not desk.userinfo(text) and not desk.introspection(text) and not desk.api(text)


def test_attack_16_an_id_token_under_the_name_of_an_access_token(desk: Desk) -> None:
    """E15: nor does the name alone make one: it says nothing of client, scope and grant."""
    text = desk.ours(claims_of(desk.tokens["id_token"]), "at+jwt")
    assert not desk.api(text)


@pytest.mark.parametrize(
    "bent",
    [
        {"exp": 1},
        {"nbf": 9999999999},
        {"nbf": "now"},
        {"iss": "https://elsewhere.example"},
        {"aud": "https://elsewhere.example/api"},
        {"aud": []},
    ],
)
def test_a_bent_access_token_of_our_own_key(desk: Desk, bent: dict[str, Any]) -> None:
    """ASVS 9.2.1 and 9.2.3: time, issuer and audience count, whoever signed."""
    claims = claims_of(desk.tokens["access_token"]) | bent
    assert not desk.api(desk.ours({name: value for name, value in claims.items() if value is not None}, "at+jwt"))


def test_attack_16_a_token_of_another_issuer_with_our_words(desk: Desk) -> None:
    """ASVS 9.1.1 and 9.1.3: a stranger's key, even one that the token brings along, signs nothing of ours."""
    stranger = Holder(desk.suite.clock)
    kid = header_of(desk.tokens["access_token"])["kid"]
    for header in ({"kid": kid}, {"jwk": stranger.public}, {"jku": "https://evil.example/keys", "kid": kid}, {}):
        text = stranger.sign(claims_of(desk.tokens["access_token"]), {"alg": "ES256", "typ": "at+jwt", **header})
        assert not desk.userinfo(text) and not desk.introspection(text) and not desk.api(text)


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "ES384", "RS256"])
def test_attack_16_the_key_decides_the_algorithm(desk: Desk, algorithm: str) -> None:
    """ASVS 9.1.2: whatever the header says, a P-256 key verifies ES256 only."""
    header = {"alg": algorithm, "typ": "at+jwt", "kid": header_of(desk.tokens["access_token"])["kid"]}
    text = desk.signer.sign(claims_of(desk.tokens["access_token"]), header)
    for shown in (text, text.rpartition(".")[0] + "."):
        assert not desk.userinfo(shown) and not desk.introspection(shown) and not desk.api(shown)


def test_the_pieces_are_dead_when_their_time_is_over(desk: Desk) -> None:
    """ASVS 9.2.1: nothing of what opened a door opens it a day later."""
    kinds = desk.kinds()
    desk.suite.clock.advance(timedelta(days=1))
    doors = {door: names for door, names in OPENS.items() if names and not door.startswith("hint")}
    assert [door for door, names in doors.items() for kind in names if getattr(desk, door)(kinds[kind])] == []


def test_a_portal_key_is_not_a_secret_of_ours(desk: Desk) -> None:
    """threat 16: the secret of a client signs no token of ours, though both know it."""
    secret = SECRETS["portal"]
    assert not desk.userinfo(secret) and not desk.introspection(secret)
