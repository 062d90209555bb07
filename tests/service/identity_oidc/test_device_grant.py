"""Devices without a keyboard: a code on a screen, and a person who reads before they say yes (E13, RFC 8628)."""

import re
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from identity.oidc.clients.policy import DEVICE_CODE
from identity.oidc.device import codes
from identity.oidc.grants.device_code import next_pause
from identity.terms import service as terms
from tests.service.identity_oidc.granting import PRECERT_API, Granted, audited, public_television, television
from tests.service.identity_oidc.proving import KeyApp
from tests.service.identity_oidc.screens import CSRF, PAGE, allowed, begin, poll, question, send, type_code
from tests.service.identity_oidc.suite import BILLING, ORIGIN, App, Browser, Suite, claims_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused
from tests.service.identity_oidc.test_the_person import ticket
from tests.support.possession import Holder


@pytest.fixture
def screen(suite: Suite) -> Granted:
    """A device with a secret."""
    return television(suite)


def test_a_device_gets_its_tokens_after_its_person_said_yes(
    suite: Suite, screen: Granted, browser: Browser, pat: str
) -> None:
    """E13: from the code on the screen to tokens that refresh, and that userinfo and introspection know."""
    begun = begin(screen)
    assert begun["verification_uri"] == f"{ORIGIN}{PAGE}" and begun["expires_in"] == 600 and begun["interval"] == 5
    assert begun["verification_uri_complete"] == f"{ORIGIN}{PAGE}?user_code={begun['user_code']}"
    assert check_refused(poll(screen, begun), "authorization_pending")
    allowed(browser, begun)
    suite.clock.advance(timedelta(seconds=5))
    tokens = poll(screen, begun).json()
    claims = claims_of(tokens["id_token"])
    assert (claims["sub"], claims["sid"], claims["aud"]) == (pat, browser.sid, "television")
    assert screen.userinfo(tokens["access_token"]).json()["name"] == "Pat Partner"
    assert screen.introspect(tokens["access_token"])["org"]["id"] == "org_clinic"
    assert screen.refresh(tokens["refresh_token"]).status_code == 200
    (entry,) = audited(suite, "device.answered")
    assert (entry["actor"], entry["after"]["answer"], entry["after"]["client_id"]) == (pat, "allowed", "television")


def test_the_metadata_says_where_devices_begin(suite: Suite) -> None:
    """RFC 8628 §4: the endpoint and the grant type, where a client looks for them."""
    said = suite.http.get("/.well-known/openid-configuration").json()
    assert said["device_authorization_endpoint"] == f"{ORIGIN}/oauth/device_authorization"
    assert DEVICE_CODE in said["grant_types_supported"]


def test_the_page_says_who_asks_and_for_what_before_anybody_says_yes(screen: Granted, browser: Browser) -> None:
    """Threat 54: client, purpose, scopes, the code to compare and whose account it is, in words; two buttons."""
    begun = begin(screen, scope="openid profile organization precert.unknown")
    page = browser.http.get(question(browser, begun)).text
    for said in ("Television", "Shows the day&#39;s claims", begun["user_code"], "Pat Partner (pat.partner)"):
        assert said in page
    for said in ("your name and user ID", "the organization you work for: Lakeside Family Practice"):
        assert said in page
    assert "your e-mail address" not in page
    assert 'value="allow"' in page and 'value="deny"' in page


def test_nobody_answers_who_is_not_signed_in(suite: Suite, screen: Granted) -> None:
    """The page leads to sign-in with a ticket and comes back to the code that was in the address."""
    answer = suite.browser().http.get(f"{PAGE}?user_code=WDJB-MJHT")
    assert ticket(suite, answer).return_path == f"{PAGE}?user_code=WDJB-MJHT"


def test_a_person_may_say_no(suite: Suite, screen: Granted, browser: Browser) -> None:
    """The device is told access_denied for good, and the page says that nothing was learnt."""
    begun = begin(screen)
    path = question(browser, begun)
    assert send(browser, path, answer="deny").status_code == 303
    assert "not connected" in browser.http.get(path).text
    assert "GH-OIDC-113" in check_refused(poll(screen, begun), "access_denied")
    send(browser, path, answer="allow")
    check_refused(poll(screen, begun), "access_denied")


def test_the_pause_grows_by_five_seconds_and_has_an_end() -> None:
    """RFC 8628 §3.5; a device that never learns is answered once a minute."""
    assert [next_pause(5), next_pause(55), next_pause(60)] == [10, 60, 60]


def test_a_code_runs_out(suite: Suite, screen: Granted, browser: Browser) -> None:
    """E13: after ten minutes the device hears expired_token, and the page says so in words."""
    begun = begin(screen)
    path = question(browser, begun)
    suite.clock.advance(timedelta(minutes=10))
    assert "GH-OIDC-112" in check_refused(poll(screen, begun), "expired_token")
    assert "This code has run out" in browser.http.get(path).text
    send(browser, path, answer="allow")
    check_refused(poll(screen, begun), "expired_token")
    assert type_code(browser, begun["user_code"]).status_code == 422


def test_the_app_s_level_is_demanded_as_at_the_authorization_endpoint(suite: Suite, browser: Browser, pat: str) -> None:
    """Step-up: with a password only, two factors come first, and the ticket leads back to the question (A7)."""
    screen = television(suite, minimum_acr="urn:gatehouse:acr:2")
    begun = begin(screen)
    path = question(browser, begun)
    demanded = ticket(suite, browser.http.get(path))
    assert (demanded.required_acr, demanded.return_path) == ("urn:gatehouse:acr:2", path)
    assert demanded.client_name == "Television"
    ticket(suite, send(browser, path, answer="allow"))
    check_refused(poll(screen, begun), "authorization_pending")
    strong = suite.browser(pat, ("pwd", "otp"))
    assert send(strong, path, answer="allow").status_code == 303


def test_somebody_of_another_population_is_told_which_portal_is_theirs(suite: Suite, browser: Browser) -> None:
    """The device learns nothing, whatever was answered."""
    screen = television(suite, populations=("employer",))
    begun = begin(screen)
    path = question(browser, begun)
    assert browser.http.get(path).status_code == 403
    assert send(browser, path, answer="allow").status_code == 403
    check_refused(poll(screen, begun), "authorization_pending")


def test_the_terms_of_use_come_first_here_too(suite: Suite, screen: Granted, browser: Browser) -> None:
    """F10: no device acts for somebody who has yet to accept them."""
    begun = begin(screen)
    path = question(browser, begun)
    with suite.context.transaction() as work:
        terms.publish(work, "Be kind.", "Sea amable.", work.now)
    assert ticket(suite, browser.http.get(path)).return_path == path


def test_somebody_of_two_organizations_chooses_one_first(
    suite: Suite, screen: Granted, browser: Browser, pat: str
) -> None:
    """G6: the device acts for exactly one."""
    suite.membership(pat, BILLING)
    begun = begin(screen)
    path = question(browser, begun)
    assert ticket(suite, browser.http.get(path)).organization
    suite.choose(browser, BILLING)
    assert "Billing Partners" in browser.http.get(path).text
    send(browser, path, answer="allow")
    assert claims_of(poll(screen, begun).json()["access_token"])["org"]["id"] == "org_billing"


def test_the_device_is_among_the_apps_of_its_person_and_can_be_disconnected(
    suite: Suite, screen: Granted, browser: Browser
) -> None:
    """ASVS 10.7.2: shown from the moment it holds something, and gone at once."""
    begun = begin(screen)
    allowed(browser, begun)
    tokens = poll(screen, begun).json()
    assert "Television" in browser.http.get("/account/apps").text
    token = re.findall(CSRF, browser.http.get("/account/apps").text)[0]
    assert browser.http.post("/account/apps/television/disconnect", data={"csrf_token": token}).status_code == 303
    assert screen.introspect(tokens["access_token"]) == {"active": False}


def test_a_device_without_a_secret_is_served_and_counted(suite: Suite, browser: Browser) -> None:
    """E13: it says who it is; one address cannot begin hundreds in a minute (threat 54)."""
    stick = public_television(suite)

    def start() -> httpx.Response:
        return suite.http.post("/oauth/device_authorization", data={"client_id": "stick", "scope": "openid"})

    begun = start().json()
    allowed(browser, begun)
    tokens = poll(stick, begun).json()
    assert tokens["token_type"] == "Bearer" and "refresh_token" in tokens
    answers = [start() for _ in range(40)]
    assert answers[-1].status_code == 429 and answers[-1].json()["error"] == "temporarily_unavailable"


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"scope": "openid phone"}, "invalid_scope"),
        ({"scope": ""}, "invalid_scope"),
        ({"scope": "openid", "resource": "https://other.example/api"}, "invalid_target"),
    ],
)
def test_a_device_gets_no_more_than_it_is_registered_for(screen: Granted, form: dict[str, str], error: str) -> None:
    """The rules of the authorization endpoint about scopes and resources hold (RFC 8707)."""
    answer = screen.suite.http.post("/oauth/device_authorization", data=form, auth=screen.auth)
    check_refused(answer, error)


def test_the_audience_is_the_resource_asked_for(suite: Suite, browser: Browser) -> None:
    """E16: a token of a device is for the APIs that it named."""
    screen = television(suite, audiences=(PRECERT_API,))
    begun = begin(screen, resource=PRECERT_API)
    allowed(browser, begun)
    assert claims_of(poll(screen, begun).json()["access_token"])["aud"] == [ORIGIN, PRECERT_API]


def test_clients_that_are_not_registered_for_it_are_refused(portal: App) -> None:
    """At both endpoints, with the same word."""
    answer = portal.suite.http.post("/oauth/device_authorization", data={"scope": "openid"}, auth=portal.auth)
    check_refused(answer, "unauthorized_client")
    check_refused(portal.token({"grant_type": DEVICE_CODE, "device_code": "x"}), "unauthorized_client")
    wrong = portal.suite.http.post("/oauth/device_authorization", data={"scope": "openid"}, auth=("portal", "wrong"))
    assert wrong.status_code == 401


def test_a_question_without_a_code_is_no_question(screen: Granted) -> None:
    """device_code is missing: invalid_request."""
    check_refused(screen.token({"grant_type": DEVICE_CODE}), "invalid_request")


@pytest.mark.parametrize(
    "change",
    [str, str.lower, lambda code: code.replace("-", ""), lambda code: f"  {' '.join(code)} ", lambda code: f"{code}."],
)
def test_a_code_is_read_however_people_type_it(screen: Granted, browser: Browser, change: Callable[[str], str]) -> None:
    """Case, blanks and hyphens are no mistakes."""
    begun = begin(screen)
    assert type_code(browser, change(begun["user_code"])).status_code == 303


def test_codes_are_eight_consonants_and_as_likely_as_any_other() -> None:
    """34 bits (RFC 8628 §6.1): no vowels, so no words; no digits, so nothing to mix up."""
    made = {codes.make(secret) for secret in ("A" * 22, "_" * 22, "Zm9v" * 6)}
    assert len(made) == 3
    for code in made:
        assert len(code) == 8 and set(code) <= set(codes.LETTERS)
        assert codes.read(codes.shown(code)) == code
    assert not set("AEIOUY0123456789") & set(codes.LETTERS)


def test_a_device_without_a_secret_is_bound_to_its_key(suite: Suite, browser: Browser) -> None:
    """RFC 9449 §5: its tokens, and its refresh tokens, are of no use to whoever copies them without the key."""
    public_television(suite)
    stick = KeyApp(suite, "stick", scope="openid profile", holder=Holder(suite.clock), secret=None)
    form = {"client_id": "stick", "scope": "openid"}
    begun = suite.http.post("/oauth/device_authorization", data=form).json()
    allowed(browser, begun)
    tokens = poll(stick, begun).json()
    assert tokens["token_type"] == "DPoP"
    assert claims_of(tokens["access_token"])["cnf"] == {"jkt": stick.holder.jkt}
    thief = KeyApp(suite, "stick", scope="openid", holder=Holder(suite.clock), secret=None)
    assert "GH-OIDC-103" in check_refused(thief.refresh(tokens["refresh_token"]), "invalid_grant")
    assert stick.refresh(tokens["refresh_token"]).status_code == 200
