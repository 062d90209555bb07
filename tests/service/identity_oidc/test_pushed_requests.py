"""Pushed authorization requests (RFC 9126, capability E5, threat 13), with the rules of FAPI 2.0 §5.3.2.2."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import func, select

from identity.oidc.authorize.pushed.models import expired, requests
from identity.sessions import ticket as tickets
from tests.service.identity_oidc.asking import PUSHER, URN, arrive, phone_app, push, pushed, pusher
from tests.service.identity_oidc.suite import CALLBACK, KEEP, ORIGIN, SECRETS, App, Browser, Suite, claims_of, returned
from tests.support.possession import Holder


@pytest.fixture
def hub(suite: Suite) -> App:
    """An app that may only push its requests."""
    return pusher(suite)


def refused_here(answer: httpx.Response) -> str:
    """The answer is a page of ours that leads nowhere; return the code on it."""
    assert answer.status_code == 400, (answer.status_code, answer.headers.get("Location"))
    assert "Location" not in answer.headers and "text/html" in answer.headers["Content-Type"]
    return answer.text[answer.text.index("GH-OIDC-") :][:11]


def kept(suite: Suite) -> list[dict[str, object]]:
    """What the table holds."""
    with suite.context.reading() as session:
        return [dict(row._mapping) for row in session.execute(select(requests))]


class TestAnHonestClient:
    """The request is handed in by the client, and the browser carries a reference only."""

    def test_a_reference_is_given_and_leads_to_a_code(self, hub: App, browser: Browser, pat: str) -> None:
        """201, a reference of 256 bits, 60 seconds (FAPI: fewer than 600), kept by no cache; then code, state, iss."""
        answer = push(hub)
        told = answer.json()
        assert (answer.status_code, told["expires_in"]) == (201, 60)
        assert told["request_uri"].startswith(URN) and len(told["request_uri"]) - len(URN) >= 43
        assert answer.headers["Cache-Control"] == "no-store"
        landing = arrive(hub, browser, told["request_uri"])
        back = returned(landing)
        assert landing.headers["Location"].startswith(f"{CALLBACK}?")
        assert set(back) == {"code", "state", "iss"} and back["iss"] == ORIGIN
        tokens = hub.redeem(back["code"], hub.verifiers[back["state"]]).json()
        assert claims_of(tokens["id_token"])["sub"] == pat

    def test_the_metadata_says_where(self, suite: Suite) -> None:
        """RFC 9126 §5: the endpoint is listed, and pushing is no duty for everybody."""
        told = suite.http.get("/.well-known/openid-configuration").json()
        assert told["pushed_authorization_request_endpoint"] == f"{ORIGIN}/oauth/par"
        assert told["require_pushed_authorization_requests"] is False

    def test_a_client_that_need_not_push_may(self, portal: App, browser: Browser) -> None:
        """Any client that can prove itself."""
        assert "code" in returned(arrive(portal, browser, pushed(portal)))

    def test_what_stands_beside_the_reference_is_not_read(self, hub: App, browser: Browser) -> None:
        """FAPI: state, nonce, scope and address outside are as if they were not there (threat 1)."""
        uri = pushed(hub, state="inside", nonce="inside", scope="openid")
        beside = {
            "state": "outside",
            "nonce": "outside",
            "scope": "openid email",
            "redirect_uri": "https://evil.example/",
            "response_type": "token",
            "prompt": "none",
            "claims": "{",
        }
        hub.verifiers["inside"] = hub.verifiers.popitem()[1]
        landing = arrive(hub, browser, uri, **beside)
        back = returned(landing)
        assert landing.headers["Location"].startswith(CALLBACK) and back["state"] == "inside"
        tokens = hub.redeem(back["code"], hub.verifiers["inside"]).json()
        assert (claims_of(tokens["id_token"])["nonce"], tokens["scope"]) == ("inside", "openid")

    def test_a_state_outside_only_is_none(self, hub: App, browser: Browser) -> None:
        """The answer carries the state of the pushed request, so here it carries none."""
        uri = pushed(hub, state=None)
        assert set(returned(arrive(hub, browser, uri, state="outside"))) == {"code", "iss"}

    @pytest.mark.parametrize("changes", [{"nonce": None}, {"nonce": "n" * 64}, {"state": "s" * 2000}])
    def test_long_and_missing_values_fit(self, hub: App, browser: Browser, changes: dict[str, str | None]) -> None:
        """FAPI 2.0 §5.3.2.2: a nonce of 64 characters; none at all; a long state comes back whole."""
        back = returned(arrive(hub, browser, pushed(hub, **changes)))
        assert "code" in back and back.get("state", "") == changes.get("state", back.get("state", ""))

    def test_more_fits_than_into_an_address(self, hub: App, browser: Browser) -> None:
        """The browser carries a reference, so the request may be longer than a request line; still not endless."""
        assert "code" in returned(arrive(hub, browser, pushed(hub, login_hint="x" * 9000)))
        answer = push(hub, login_hint="x" * 30_000)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_somebody_who_must_sign_in_first_has_half_an_hour(self, suite: Suite, hub: App, pat: str) -> None:
        """60 seconds are for arriving; typing a password and a code takes longer."""
        uri = pushed(hub)
        suite.clock.advance(timedelta(seconds=59))
        answer = arrive(hub, suite.browser(), uri)
        text = parse_qs(urlsplit(answer.headers["Location"]).query)["ticket"][0]
        ticket = tickets.read(text, keys=[KEEP.encode()], now=suite.clock.now())
        assert set(parse_qs(urlsplit(ticket.return_path).query)) == {"client_id", "request_uri"}
        suite.clock.advance(timedelta(minutes=29))
        assert "code" in returned(suite.browser(pat).http.get(ticket.return_path))

    def test_but_no_longer(self, suite: Suite, hub: App, pat: str) -> None:
        """Then the request is over, as the ticket is."""
        uri = pushed(hub)
        arrive(hub, suite.browser(), uri)
        suite.clock.advance(timedelta(minutes=30))
        assert refused_here(arrive(hub, suite.browser(pat), uri)) == "GH-OIDC-082"

    def test_prompt_login_asks_once_and_not_in_a_circle(self, suite: Suite, hub: App, pat: str) -> None:
        """The pushed request cannot be changed on the way, so we note ourselves when the person first came with it."""
        uri = pushed(hub, prompt="login")
        browser = suite.browser(pat)
        suite.clock.advance(timedelta(seconds=20))
        assert arrive(hub, browser, uri).headers["Location"].startswith("/login?ticket=")
        suite.clock.advance(timedelta(seconds=20))
        assert arrive(hub, browser, uri).headers["Location"].startswith("/login?ticket=")
        assert "code" in returned(arrive(hub, suite.browser(pat), uri))

    def test_a_reload_before_the_answer_is_no_reuse(self, suite: Suite, hub: App, pat: str) -> None:
        """RFC 9126 §4 lets a browser come twice while nothing was answered yet."""
        uri = pushed(hub)
        nobody = suite.browser()
        assert arrive(hub, nobody, uri).status_code == arrive(hub, nobody, uri).status_code == 303
        assert "code" in returned(arrive(hub, suite.browser(pat), uri))


class TestAReferenceInWrongHands:
    """Threat 13: used, expired, forged, or another client's."""

    def test_threat_13_used_before(self, hub: App, browser: Browser) -> None:
        """One answer per reference; after it, a page of ours."""
        uri = pushed(hub)
        assert "code" in returned(arrive(hub, browser, uri))
        answer = arrive(hub, browser, uri)
        assert refused_here(answer) == "GH-OIDC-081" and "it was used or has run out" in answer.text

    def test_threat_13_used_by_many_at_once(self, suite: Suite, hub: App, pat: str) -> None:
        """Of eight browsers with one reference, one gets a code."""
        uri = pushed(hub)
        browsers = [suite.browser(pat) for _ in range(8)]
        with ThreadPoolExecutor(8) as crowd:
            answers = list(crowd.map(lambda one: arrive(hub, one, uri), browsers))
        assert sorted(answer.status_code for answer in answers) == [303, *[400] * 7]

    def test_threat_13_a_refusal_uses_it_up_too(self, suite: Suite, hub: App, browser: Browser) -> None:
        """What was answered with an error is answered."""
        uri = pushed(hub, prompt="none")
        assert returned(arrive(hub, suite.browser(), uri))["error"] == "login_required"
        assert refused_here(arrive(hub, browser, uri)) == "GH-OIDC-081"

    def test_threat_13_expired(self, suite: Suite, hub: App, browser: Browser) -> None:
        """After `expires_in` seconds nobody may arrive with it."""
        uri = pushed(hub)
        suite.clock.advance(timedelta(seconds=60))
        assert refused_here(arrive(hub, browser, uri)) == "GH-OIDC-082"

    def test_threat_13_of_another_client(self, portal: App, hub: App, browser: Browser) -> None:
        """The client in the address must be the one that pushed; the request stays good for that one."""
        uri = pushed(hub)
        assert refused_here(arrive(portal, browser, uri)) == "GH-OIDC-080"
        assert "code" in returned(arrive(hub, browser, uri))

    @pytest.mark.parametrize("end", ["", "x", "x" * 43, "%00", "' OR 1=1 --"])
    def test_threat_13_forged(self, hub: App, browser: Browser, end: str) -> None:
        """Nobody finds one by guessing, and nothing is looked up by what they typed but its hash."""
        assert refused_here(arrive(hub, browser, URN + end)) == "GH-OIDC-080"

    def test_threat_13_twice_or_without_a_client(self, hub: App, browser: Browser) -> None:
        """Two references, or none to say whose it is: nothing is chosen for them."""
        uri = pushed(hub)
        twice = [("client_id", PUSHER), ("request_uri", uri), ("request_uri", pushed(hub))]
        assert refused_here(browser.http.get("/oauth/authorize", params=twice)) == "GH-OIDC-004"
        assert refused_here(browser.http.get("/oauth/authorize", params={"request_uri": uri})) == "GH-OIDC-001"

    @pytest.mark.parametrize("uri", ["https://evil.example/request.jwt", "http://169.254.169.254/", "urn:other:x"])
    def test_threat_12_addresses_of_others_are_not_fetched(self, portal: App, browser: Browser, uri: str) -> None:
        """A request_uri that is no reference of ours is refused as not offered."""
        assert returned(portal.authorize(browser, request_uri=uri))["error"] == "request_uri_not_supported"

    def test_who_must_push_cannot_ask_through_the_browser(self, hub: App, browser: Browser) -> None:
        """FAPI 2.0 §5.3.2.2: refused with state and iss, by GET and by POST."""
        for answer in (
            hub.authorize(browser, state="s"),
            browser.http.get(browser.http.post("/oauth/authorize", data=hub.asked(state="s")).headers["Location"]),
        ):
            back = returned(answer)
            assert (back["error"], back["state"], back["iss"]) == ("invalid_request", "s", ORIGIN)
            assert "GH-OIDC-083" in back["error_description"]


class TestTheEndpoint:
    """It is as strict as the token endpoint, and refuses at once what the browser would be refused for later."""

    def test_asvs_10_4_10_clients_prove_themselves(self, suite: Suite, hub: App) -> None:
        """ASVS 10.4.10: no secret, a wrong one, another client's: `invalid_client`, and nothing is kept."""
        asked = hub.asked()
        answers = [
            suite.http.post("/oauth/par", data=asked),
            suite.http.post("/oauth/par", data=asked, auth=(PUSHER, "wrong")),
            suite.http.post("/oauth/par", data={**asked, "client_secret": SECRETS["portal"]}),
        ]
        assert {(one.status_code, one.json()["error"]) for one in answers} == {(401, "invalid_client")}
        assert kept(suite) == []

    def test_threat_9_two_ways_at_once(self, suite: Suite, hub: App) -> None:
        """Header and body, or two different ids."""
        doubled = {**hub.asked(), "client_secret": SECRETS[PUSHER]}
        other = {**hub.asked(), "client_id": "portal"}
        for form in (doubled, other):
            answer = suite.http.post("/oauth/par", data=form, auth=hub.auth)
            assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")

    def test_threat_8_only_a_form_by_post(self, suite: Suite, hub: App) -> None:
        """GET is no method here; a query string, a repetition and JSON are refused."""
        asked = hub.asked()
        assert suite.http.get("/oauth/par", params=asked, auth=hub.auth).status_code == 405
        refused = [
            suite.http.post("/oauth/par?scope=openid", data=asked, auth=hub.auth),
            suite.http.post("/oauth/par", json=asked, auth=hub.auth),
            suite.http.post("/oauth/par", data={**asked, "scope": ["openid", "openid email"]}, auth=hub.auth),
        ]
        assert {(one.status_code, one.json()["error"]) for one in refused} == {(400, "invalid_request")}

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"redirect_uri": "https://evil.example/"}, "invalid_request"),
            ({"redirect_uri": None}, "invalid_request"),
            ({"code_challenge": None, "code_challenge_method": None}, "invalid_request"),
            ({"code_challenge_method": "plain"}, "invalid_request"),
            ({"response_type": "code id_token"}, "unsupported_response_type"),
            ({"response_type": None}, "invalid_request"),
            ({"response_mode": "fragment"}, "invalid_request"),
            ({"scope": "unheard-of"}, "invalid_scope"),
            ({"resource": "https://evil.example/"}, "invalid_target"),
            ({"prompt": "none login"}, "invalid_request"),
            ({"max_age": "soon"}, "invalid_request"),
            ({"claims": "[]"}, "invalid_request"),
            ({"request": "e30.e30."}, "request_not_supported"),
            ({"request_uri": "https://evil.example/r"}, "invalid_request"),
            ({"request_uri": URN + "x" * 43}, "invalid_request"),
            ({"id_token_hint": "e30.e30."}, "invalid_request"),
            ({"dpop_jkt": "short"}, "invalid_request"),
        ],
    )
    def test_what_the_browser_would_be_refused_for_is_refused_at_once(
        self, suite: Suite, hub: App, changes: dict[str, str | None], error: str
    ) -> None:
        """RFC 9126 §2.3: the same lists of rules, answered in JSON; nothing is kept (FAPI: redirect_uri, PKCE S256)."""
        answer = push(hub, **changes)
        assert (answer.status_code, answer.json()["error"]) == (400, error)
        assert "GH-OIDC-" in answer.json()["error_description"]
        assert kept(suite) == []

    def test_neither_secret_nor_reference_is_kept(self, suite: Suite, hub: App) -> None:
        """Who reads the table can neither be the client nor go on with its request."""
        form = {**hub.asked(), "client_secret": SECRETS[PUSHER]}
        uri = suite.http.post("/oauth/par", data=form).json()["request_uri"]
        text = str(kept(suite))
        assert SECRETS[PUSHER] not in text and uri.removeprefix(URN) not in text

    def test_threat_57_nobody_fills_the_table_in_the_name_of_a_public_client(
        self, suite: Suite, browser: Browser
    ) -> None:
        """A client without a secret may push, up to a number a minute from one address (RFC 9126 §2.3: 429)."""
        app = phone_app(suite, first_party=True)
        answers = [suite.http.post("/oauth/par", data=app.asked()) for _ in range(61)]
        assert [answer.status_code for answer in answers] == [*[201] * 60, 429]
        assert answers[-1].json()["error"] == "temporarily_unavailable"
        assert "code" in returned(arrive(app, browser, answers[0].json()["request_uri"]))

    def test_a_client_that_was_switched_off_is_unknown(self, suite: Suite, hub: App, browser: Browser) -> None:
        """At once: neither may it push, nor may a browser arrive with what it pushed before."""
        uri = pushed(hub)
        pusher(suite, enabled=False)
        assert push(hub).status_code == 401
        assert refused_here(arrive(hub, browser, uri)) == "GH-OIDC-001"


class TestBoundToAKey:
    """RFC 9449 §10: the code is good only with the key that was named, or proved, when the request was pushed."""

    def redeem(self, app: App, browser: Browser, uri: str, holder: Holder | None) -> httpx.Response:
        back = returned(arrive(app, browser, uri))
        form = {
            "grant_type": "authorization_code",
            "code": back["code"],
            "redirect_uri": CALLBACK,
            "code_verifier": app.verifiers[back["state"]],
        }
        headers = {"DPoP": holder.proof("POST", "/oauth/token")} if holder else {}
        return app.suite.http.post("/oauth/token", data=form, auth=app.auth, headers=headers)

    def test_the_key_of_the_proof_binds_the_code(self, suite: Suite, hub: App, browser: Browser) -> None:
        """Threat 6: another key, or none, gets nothing; the code stays good for its own."""
        holder, thief = Holder(suite.clock), Holder(suite.clock)
        for wrong in (thief, None):
            uri = push(hub, {"DPoP": holder.proof("POST", "/oauth/par")}).json()["request_uri"]
            refused = self.redeem(hub, browser, uri, wrong)
            assert (refused.status_code, refused.json()["error"]) == (400, "invalid_grant")
        uri = push(hub, {"DPoP": holder.proof("POST", "/oauth/par")}).json()["request_uri"]
        tokens = self.redeem(hub, browser, uri, holder).json()
        assert tokens["token_type"] == "DPoP"
        assert claims_of(tokens["access_token"])["cnf"] == {"jkt": holder.jkt}

    def test_the_key_named_binds_it_too(self, suite: Suite, hub: App, browser: Browser) -> None:
        """`dpop_jkt`, pushed or not, is enough."""
        holder = Holder(suite.clock)
        uri = pushed(hub, dpop_jkt=holder.jkt)
        assert self.redeem(hub, browser, uri, Holder(suite.clock)).status_code == 400
        assert self.redeem(hub, browser, pushed(hub, dpop_jkt=holder.jkt), holder).status_code == 200

    def test_the_two_must_agree(self, suite: Suite, hub: App) -> None:
        """RFC 9449 §10.1."""
        holder, other = Holder(suite.clock), Holder(suite.clock)
        headers = {"DPoP": holder.proof("POST", "/oauth/par")}
        answer = push(hub, headers, dpop_jkt=other.jkt)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")
        headers = {"DPoP": holder.proof("POST", "/oauth/par")}
        assert push(hub, headers, dpop_jkt=holder.jkt).status_code == 201

    def test_threat_14_a_proof_for_another_address_is_none(self, suite: Suite, hub: App) -> None:
        """A proof that was made for the token endpoint cannot be used here."""
        answer = push(hub, {"DPoP": Holder(suite.clock).proof("POST", "/oauth/token")})
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_dpop_proof")


def test_what_is_over_is_forgotten(suite: Suite, hub: App) -> None:
    """The table holds what somebody may still need, and no more."""
    for _ in range(3):
        pushed(hub)
    suite.clock.advance(timedelta(hours=2))
    young = pushed(hub)
    with suite.context.transaction() as work:
        work.session.execute(expired(work.now - timedelta(hours=1), 1000))
        assert work.session.scalar(select(func.count()).select_from(requests)) == 1
    assert push(hub).status_code == 201 and young.startswith(URN)
