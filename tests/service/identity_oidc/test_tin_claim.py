"""The scope `tin`: who may have it, and what happens while registration does not answer (contract §Tokens)."""

import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs

from identity.oidc.clients.policy import NONE, ClientSpec
from identity.oidc.clients.registrable import faults
from identity.oidc.metadata import document
from identity.oidc.scopes import PERSONAL, TIN, TIN_READ
from tests.service.identity_oidc.asking import stranger
from tests.service.identity_oidc.granting import portal_with
from tests.service.identity_oidc.suite import CLINIC, ORIGIN, App, Browser, Suite, claims_of, returned, specs
from tests.support.pages import PageVisitor

NUMBER = "123456789"
SCOPES = "openid profile organization tin"


class Registration:
    """Registration's door as identity sees it: it keeps what it was asked, and answers as a test says."""

    def __init__(self, suite: Suite, answer: httpx.Response | Exception) -> None:
        self.asked: list[httpx.Request] = []
        self._answer = answer
        network = httpx.Client(transport=httpx.MockTransport(self._told), base_url="http://registration:8000")
        suite.context.neighbours._bare["registration"] = network

    def _told(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if isinstance(self._answer, Exception):
            raise self._answer
        return self._answer


@pytest.fixture
def entitled(suite: Suite) -> App:
    """The portal, registered for the TIN."""
    app = portal_with(suite, scopes=(*PERSONAL, TIN), justification="Remittances are filed by TIN.")
    app.scope = SCOPES
    return app


def told(suite: Suite, app: App, browser: Browser, answer: httpx.Response | Exception) -> dict[str, Any]:
    """Userinfo while registration answers so."""
    Registration(suite, answer)
    return dict(app.userinfo(app.tokens(browser)["access_token"]).json())


def test_userinfo_tells_the_tin_of_the_one_organization(suite: Suite, entitled: App, browser: Browser) -> None:
    """G6: asked with a token for this one question; neither access token nor ID token nor introspection has it."""
    registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
    tokens = entitled.tokens(browser)
    assert registration.asked == []
    with capture_logs() as lines:
        answer = entitled.userinfo(tokens["access_token"])
    assert answer.json()["tin"] == NUMBER
    assert answer.headers["Cache-Control"] == "no-store"
    assert "tin" not in {*claims_of(tokens["access_token"]), *claims_of(tokens["id_token"])}
    assert "tin" not in entitled.introspect(tokens["access_token"])
    assert NUMBER not in str(lines)


def test_identity_asks_in_its_own_name_for_nothing_else(
    suite: Suite, entitled: App, browser: Browser, pat: str
) -> None:
    """RFC 9068: one API, one scope, a minute; the issuer itself is `sub`, a name that no client can have."""
    registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
    entitled.userinfo(entitled.tokens(browser)["access_token"])
    (request,) = registration.asked
    claims = claims_of(request.headers["Authorization"].removeprefix("Bearer "))
    assert (claims["sub"], claims["client_id"], claims["iss"]) == (ORIGIN, ORIGIN, ORIGIN)
    assert (claims["aud"], claims["scope"]) == (f"{ORIGIN}/api/registration", TIN_READ)
    assert claims["exp"] - claims["iat"] == 60
    assert request.url.path == f"/api/registration/v1/organizations/{CLINIC['id']}/tin"
    assert dict(request.url.params) == {"client_id": "portal", "account_id": pat}
    assert faults(ClientSpec(id=ORIGIN, name="Us", scopes=()), ORIGIN)


def test_it_is_asked_for_each_time(suite: Suite, entitled: App, browser: Browser) -> None:
    """Nothing is kept: two answers are two questions, and the database of identity holds no TIN."""
    registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
    token = entitled.tokens(browser)["access_token"]
    for _ in range(2):
        assert entitled.userinfo(token).json()["tin"] == NUMBER
    assert len(registration.asked) == 2
    with suite.context.reading() as session:
        kept = list(session.connection().connection.driver_connection.iterdump())  # type: ignore[union-attr]
    assert NUMBER not in str(kept)


@pytest.mark.parametrize(
    "answer",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout("slow"),
        httpx.Response(503, text="away"),
        httpx.Response(403, json={"type": "/problems/insufficient-scope"}),
        httpx.Response(404, json={}),
        httpx.Response(200, json={"tin": None}),
        httpx.Response(200, json={"tin": 123456789}),
        httpx.Response(200, json=[]),
        httpx.Response(200, text="<html>"),
    ],
)
def test_while_registration_is_away_only_the_claim_is_missing(
    suite: Suite, entitled: App, browser: Browser, answer: httpx.Response | Exception
) -> None:
    """Userinfo says all the rest; an organization without a TIN, and a strange answer, look the same."""
    said = told(suite, entitled, browser, answer)
    assert "tin" not in said
    assert (said["name"], said["org"]["id"]) == ("Pat Partner", CLINIC["id"])


@pytest.fixture
def mute() -> Iterator[str]:
    """The address of somebody who takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def test_nobody_waits_longer_than_a_second(suite: Suite, entitled: App, browser: Browser, mute: str) -> None:
    """A neighbour that hangs costs the claim, not the sign-in."""
    token = entitled.tokens(browser)["access_token"]
    suite.context.neighbours._bare["registration"] = httpx.Client(base_url=mute)
    began = time.monotonic()
    answer = entitled.userinfo(token)
    assert time.monotonic() - began < 1
    assert answer.status_code == 200 and "tin" not in answer.json()


class TestWhoIsEntitled:
    """Only a client that is registered for it now, and only where it was granted."""

    def test_a_client_without_it_is_refused(self, suite: Suite, portal: App, browser: Browser) -> None:
        """`tin` is a scope we know: to ask for it without registration is an error, not a shrug."""
        assert returned(portal.authorize(browser, scope="openid tin"))["error"] == "invalid_scope"

    def test_without_the_scope_nobody_is_asked(self, suite: Suite, entitled: App, browser: Browser) -> None:
        """Being entitled is not asking."""
        registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
        token = entitled.tokens(browser, scope="openid organization")["access_token"]
        assert "tin" not in entitled.userinfo(token).json()
        assert registration.asked == []

    def test_a_registration_that_was_narrowed_counts_at_once(
        self, suite: Suite, entitled: App, browser: Browser
    ) -> None:
        """Tokens that were granted before tell no TIN any more."""
        registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
        token = entitled.tokens(browser)["access_token"]
        portal_with(suite)
        assert "tin" not in entitled.userinfo(token).json()
        assert registration.asked == []

    def test_g4_a_membership_that_ended_tells_no_tin(
        self, suite: Suite, entitled: App, browser: Browser, pat: str
    ) -> None:
        """At once, as with everything that is said of an organization."""
        registration = Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
        token = entitled.tokens(browser)["access_token"]
        suite.membership(pat, status="removed", sequence=2)
        assert "tin" not in entitled.userinfo(token).json()
        assert registration.asked == []

    def test_the_claims_parameter_is_no_way_around(self, suite: Suite, entitled: App, browser: Browser) -> None:
        """OIDC Core §5.5: by name it is left out, as everything that is said of an organization."""
        Registration(suite, httpx.Response(200, json={"tin": NUMBER}))
        wish = '{"userinfo": {"tin": {"essential": true}}, "id_token": {"tin": null}}'
        tokens = entitled.tokens(browser, scope="openid organization", claims=wish)
        assert "tin" not in {*claims_of(tokens["id_token"]), *entitled.userinfo(tokens["access_token"]).json()}

    @pytest.mark.parametrize("scope", [TIN, TIN_READ])
    def test_registering_it_takes_a_reason_and_a_secret(self, scope: str) -> None:
        """ASVS 10.4.11: the scope of a number that can be an SSN is given deliberately, never to a public client."""
        spec = replace(
            next(one for one in specs() if one.id == "other"), scopes=("openid", scope), justification="Why."
        )
        assert faults(spec, ORIGIN) == []
        unexplained = replace(spec, justification=None, minimum_acr="urn:gatehouse:acr:2")
        assert faults(unexplained, ORIGIN) == [f"justification: say in a sentence what this client needs {scope} for"]
        assert f"scopes: {scope} needs a client that proves who it is" in faults(
            replace(spec, auth_methods=(NONE,)), ORIGIN
        )

    def test_it_is_nobody_s_by_default(self) -> None:
        """The metadata lists it; what registers itself, or is registered without a word, never has it."""
        told_of = document(ORIGIN, ("en",))
        assert "tin" in told_of["scopes_supported"] and "tin" in told_of["claims_supported"]  # type: ignore[operator]
        assert TIN not in PERSONAL


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "the tax number (TIN) of the organization you work for"),
        ("es", "el número fiscal (TIN) de la organización para la que trabaja"),
    ],
)
def test_an_app_of_somebody_else_s_says_so_before(suite: Suite, browser: Browser, language: str, sentence: str) -> None:
    """ASVS 10.7.2: the page of consent names it in plain words."""
    app = stranger(suite, scopes=(*PERSONAL, TIN))
    visitor = PageVisitor(ORIGIN, language)
    visitor._http = browser.http
    visitor._http.headers["Accept-Language"] = language
    answer = app.authorize(browser, scope="openid tin")
    visitor.open(ORIGIN + answer.headers["Location"])
    assert sentence in visitor.text
