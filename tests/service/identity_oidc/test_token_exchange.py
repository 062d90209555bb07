"""One acts for another, and everybody sees both (E14, RFC 8693)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from identity.mfa.models import FactorHold
from identity.oidc.clients.policy import TOKEN_EXCHANGE
from shared.auth.declared import _acting
from tests.service.identity_oidc.granting import PRECERT_API, Granted, audited, exchanger, register
from tests.service.identity_oidc.suite import ACCESS_API, App, Browser, Suite, claims_of, header_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused

ACCESS = "urn:ietf:params:oauth:token-type:access_token"


@pytest.fixture
def desk(suite: Suite) -> Granted:
    """The program of the support desk: signs its people in, and exchanges."""
    return exchanger(suite)


@pytest.fixture
def caller(portal: App, browser: Browser) -> dict[str, Any]:
    """The tokens that the portal of the person holds."""
    return portal.tokens(browser)


@pytest.fixture
def dora(suite: Suite) -> Browser:
    """Somebody of the desk, signed in with two factors."""
    return suite.browser(suite.person("dora", "staff"), ("pwd", "otp"))


def exchange(app: App, subject: str, actor: str | None = None, **changes: str | None) -> httpx.Response:
    """Ask for an exchange; None takes a parameter out."""
    form: dict[str, str | None] = {
        "grant_type": TOKEN_EXCHANGE,
        "subject_token": subject,
        "subject_token_type": ACCESS,
        "actor_token": actor,
        "actor_token_type": ACCESS if actor else None,
    }
    return app.token({name: value for name, value in (form | changes).items() if value is not None})


def exchanged(app: App, subject: str, actor: str | None = None, **changes: str | None) -> dict[str, Any]:
    """The answer of an exchange that is granted."""
    answer = exchange(app, subject, actor, **changes)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_program_acts_for_a_person_and_both_are_named(
    desk: Granted, caller: dict[str, Any], browser: Browser, pat: str
) -> None:
    """E14: `sub` is the person, `act` the program; the type of the answer is told, and nothing refreshes it."""
    answer = exchanged(desk, caller["access_token"], scope="profile functions")
    assert (answer["issued_token_type"], answer["token_type"]) == (ACCESS, "Bearer")
    assert "refresh_token" not in answer and "id_token" not in answer
    claims = claims_of(answer["access_token"])
    assert header_of(answer["access_token"])["typ"] == "at+jwt"
    assert (claims["sub"], claims["client_id"], claims["sid"]) == (pat, "case-desk", browser.sid)
    assert claims["act"] == {"sub": "case-desk", "client_id": "case-desk"}
    assert (claims["aud"], claims["scope"]) == (PRECERT_API, "profile functions")


def test_somebody_of_the_desk_acts_for_a_caller(
    suite: Suite, desk: Granted, caller: dict[str, Any], dora: Browser, pat: str
) -> None:
    """E14: `act.sub` is the person of the desk; introspection shows both, and the audit names both."""
    own = claims_of(desk.tokens(dora)["access_token"])
    actor = desk.tokens(dora)["access_token"]
    token = exchanged(desk, caller["access_token"], actor)["access_token"]
    claims = claims_of(token)
    assert (claims["sub"], claims["act"]["sub"], claims["act"]["client_id"]) == (pat, own["sub"], "case-desk")
    told = desk.introspect(token)
    assert (told["sub"], told["act"]["sub"]) == (pat, own["sub"])
    (entry,) = audited(suite, "token.exchanged")
    assert (entry["actor"], entry["actor_kind"], entry["on_behalf_of"]) == (own["sub"], "person", pat)
    assert entry["target"] == pat and entry["after"]["client_id"] == "case-desk"
    assert token not in str(entry)


def test_an_api_of_the_suite_sees_both_and_its_trail_names_both() -> None:
    """E14: rights are those of the person, so nobody gains any by acting; the trail says who did it."""
    person = _acting({"sub": "acc_dora", "client_id": "case-desk", "act": {"sub": "acc_before"}})
    program = _acting({"sub": "case-desk", "client_id": "case-desk"})
    assert person is not None and (person.id, person.kind) == ("acc_dora", "person")
    assert program is not None and (program.id, program.kind) == ("case-desk", "client")
    assert _acting(None) is None


def test_what_acts_for_a_person_is_written_down_with_both_names(suite: Suite, pat: str) -> None:
    """E14: any audit entry made under an exchanged token holds the actor and on whose behalf."""
    actor = _acting({"sub": "case-desk", "client_id": "case-desk"})
    with suite.context.transaction() as work:
        work.actor = type(work.actor)(pat, "person", acted_by=actor)
        work.audit("precert.sent", target="case_1")
    (entry,) = audited(suite, "precert.sent")
    assert (entry["actor"], entry["actor_kind"], entry["on_behalf_of"]) == ("case-desk", "client", pat)


def test_without_a_wish_the_scope_is_what_both_have(desk: Granted, caller: dict[str, Any]) -> None:
    """E14: the token's scopes that the program is registered for, and never `openid`: nobody signs in with it."""
    answer = exchanged(desk, caller["access_token"])
    assert set(answer["scope"].split()) == {"profile", "email", "population", "organization", "functions"}
    assert desk.userinfo(answer["access_token"]).status_code in (401, 403)


@pytest.mark.parametrize("scope", ["phone", "precert.write", "openid", "profile everything"])
def test_the_scope_never_grows(desk: Granted, caller: dict[str, Any], scope: str) -> None:
    """E14, threat 15: neither by what the program may have, nor by what the person could have allowed."""
    check_refused(exchange(desk, caller["access_token"], scope=scope), "invalid_scope")


def test_the_audience_is_one_that_the_program_is_registered_for(desk: Granted, caller: dict[str, Any]) -> None:
    """RFC 8693 §2.2.2: another one is invalid_target, by `resource` and by `audience`."""
    assert (
        claims_of(exchanged(desk, caller["access_token"], resource=PRECERT_API)["access_token"])["aud"] == PRECERT_API
    )
    check_refused(exchange(desk, caller["access_token"], resource=ACCESS_API), "invalid_target")
    check_refused(exchange(desk, caller["access_token"], audience="https://other.example"), "invalid_target")


def test_it_never_outlives_the_token_it_came_from(
    suite: Suite, desk: Granted, caller: dict[str, Any], dora: Browser
) -> None:
    """E14: an exchange is no refresh; nor does it outlive the token of who acts."""
    suite.clock.advance(timedelta(minutes=7))
    first = exchanged(desk, caller["access_token"])
    assert claims_of(first["access_token"])["exp"] == claims_of(caller["access_token"])["exp"]
    assert first["expires_in"] == 180
    actor = desk.tokens(dora)["access_token"]
    suite.clock.advance(timedelta(minutes=2))
    second = exchanged(desk, caller["access_token"], actor)
    assert claims_of(second["access_token"])["exp"] == claims_of(caller["access_token"])["exp"]
    suite.clock.advance(timedelta(minutes=1))
    check_refused(exchange(desk, caller["access_token"]), "invalid_request")


def test_attack_53_it_dies_with_the_sign_in_of_its_person(
    suite: Suite, portal: App, desk: Granted, caller: dict[str, Any], browser: Browser
) -> None:
    """G4: signing out ends what was exchanged, and nothing more is exchanged."""
    token = exchanged(desk, caller["access_token"])["access_token"]
    suite.end_session(browser.sid)
    assert desk.introspect(token) == {"active": False}
    check_refused(exchange(desk, caller["access_token"]), "invalid_request")


def test_attack_53_it_dies_with_the_sign_in_of_who_acts(
    suite: Suite, desk: Granted, caller: dict[str, Any], dora: Browser
) -> None:
    """G4: when the person of the desk goes home, what they acted with is over; the caller's own token is not."""
    actor = desk.tokens(dora)["access_token"]
    token = exchanged(desk, caller["access_token"], actor)["access_token"]
    suite.end_session(dora.sid)
    assert desk.introspect(token) == {"active": False}
    check_refused(exchange(desk, caller["access_token"], actor), "invalid_request")


def test_a_revoked_token_is_not_exchanged(portal: App, desk: Granted, caller: dict[str, Any]) -> None:
    """RFC 7009: given back is gone, by whatever door."""
    portal.revoke(caller["access_token"])
    check_refused(exchange(desk, caller["access_token"]), "invalid_request")


def test_a_chain_names_every_hand_and_has_an_end(suite: Suite, desk: Granted, caller: dict[str, Any]) -> None:
    """RFC 8693 §4.1: the last to act stands outside, the first inside; a fourth hand is refused."""
    second, third, fourth = (exchanger(suite, name) for name in ("second", "third", "fourth"))
    token = exchanged(desk, caller["access_token"])["access_token"]
    token = exchanged(second, token)["access_token"]
    token = exchanged(third, token)["access_token"]
    act = claims_of(token)["act"]
    assert [act["sub"], act["act"]["sub"], act["act"]["act"]["sub"]] == ["third", "second", "case-desk"]
    assert "GH-OIDC-119" in check_refused(exchange(fourth, token), "invalid_request")


def test_an_actor_s_token_must_be_the_program_s_own(
    suite: Suite, portal: App, desk: Granted, caller: dict[str, Any], dora: Browser
) -> None:
    """A program cannot act as somebody whose token once passed by."""
    trial = App(suite, "trial", "http://127.0.0.1:9/cb", scope="openid")
    foreign = trial.tokens(dora)["access_token"]
    assert "GH-OIDC-118" in check_refused(exchange(desk, caller["access_token"], foreign), "invalid_request")
    own = App(suite, "suite-service").own_token().json()["access_token"]
    check_refused(exchange(desk, caller["access_token"], own), "invalid_request")
    check_refused(exchange(desk, caller["access_token"], "nonsense"), "invalid_request")


def test_only_registered_clients_may_ask(portal: App, caller: dict[str, Any]) -> None:
    """E14: the operator says who may act for others."""
    check_refused(exchange(portal, caller["access_token"]), "unauthorized_client")


def test_attack_16_only_an_access_token_of_a_person_is_a_subject(
    suite: Suite, desk: Granted, caller: dict[str, Any]
) -> None:
    """An ID token, a refresh token, a program's token, and noise are refused alike."""
    program = App(suite, "suite-service").own_token().json()["access_token"]
    for token in (caller["id_token"], caller["refresh_token"], program, "x.y.z", "\x7f"):
        assert "GH-OIDC-117" in check_refused(exchange(desk, token), "invalid_request")


@pytest.mark.parametrize(
    "changes",
    [
        {"subject_token_type": None},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token_type": "urn:ietf:params:oauth:token-type:saml2"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:refresh_token"},
        {"requested_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"actor_token_type": ACCESS},
        {"actor_token": "x"},
        {"actor_token": "x", "actor_token_type": "urn:ietf:params:oauth:token-type:id_token"},
        {"subject_token": None},
    ],
)
def test_types_that_are_not_offered_are_told(
    desk: Granted, caller: dict[str, Any], changes: dict[str, str | None]
) -> None:
    """RFC 8693 §2.1: each token has a type beside it, and only access tokens are exchanged and given."""
    check_refused(exchange(desk, caller["access_token"], **changes), "invalid_request")


def test_the_type_jwt_means_the_same(desk: Granted, caller: dict[str, Any]) -> None:
    """RFC 8693 §3: our access tokens are JWTs, and a client may say so."""
    jwt = "urn:ietf:params:oauth:token-type:jwt"
    exchanged(desk, caller["access_token"], subject_token_type=jwt, requested_token_type=ACCESS)


def test_somebody_whose_way_in_is_held_back_acts_for_nobody(
    suite: Suite, desk: Granted, caller: dict[str, Any], dora: Browser
) -> None:
    """B6: a factor that was bound after a recovery approves nothing, not by way of somebody else's rights either."""
    actor = desk.tokens(dora)["access_token"]
    account_id, until = claims_of(actor)["sub"], suite.clock.now() + timedelta(days=1)
    with suite.context.transaction() as work:
        work.session.add(FactorHold(account_id=account_id, since=work.now, holds_until=until, reason="recovered"))
    assert "GH-OIDC-118" in check_refused(exchange(desk, caller["access_token"], actor), "invalid_request")


def test_a_function_that_was_removed_is_not_exchanged(
    suite: Suite, desk: Granted, caller: dict[str, Any], pat: str
) -> None:
    """G4: what counts is what is true now, not what the token said when it was made."""
    suite.membership(pat, functions=["claims.status.view"], sequence=2)
    token = exchanged(desk, caller["access_token"])["access_token"]
    assert claims_of(token)["functions"] == ["claims.status.view"]


def test_a_program_without_apis_gets_a_token_for_us(suite: Suite, caller: dict[str, Any]) -> None:
    """RFC 9068 §2.2: an audience there must be."""
    plain = register(suite, "plain", grant_types=(TOKEN_EXCHANGE,))
    assert claims_of(exchanged(plain, caller["access_token"])["access_token"])["aud"] == "http://localhost:8000"
