"""Access tokens that say nothing by themselves: whoever holds one can only ask us about it (rows E10, E11 and E15)."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Table, select

from identity.oidc.clients.policy import CLIENT_CREDENTIALS, OPAQUE
from identity.oidc.clients.service import ensure_client
from identity.oidc.tokens.opaque import PREFIX
from identity.tables import Base
from shared.auth import TokenVerifier
from shared.auth.verifier import TokenRefused
from shared.crypto import sha256
from shared.errors import Problem
from tests.service.identity_oidc.granting import PRECERT_API, Granted, exchanger, portal_with, register
from tests.service.identity_oidc.proving import KeyApp
from tests.service.identity_oidc.suite import ACCESS_API, CLINIC, ORIGIN, SECRETS, App, Browser, Suite, specs
from tests.service.identity_oidc.test_token_exchange import exchange
from tests.support.possession import Holder

TOKENS: Table = Base.metadata.tables["oidc_opaque_tokens"]


@pytest.fixture
def portal(suite: Suite) -> App:
    """The portal, registered for opaque tokens."""
    return portal_with(suite, access_token_format=OPAQUE, audiences=())


@pytest.fixture
def program(suite: Suite) -> Granted:
    """A program whose API asks about every token."""
    return register(
        suite,
        "lab-results",
        profile="service",
        grant_types=(CLIENT_CREDENTIALS,),
        scopes=("results.write",),
        audiences=("https://lab.example/api",),
        access_token_format=OPAQUE,
    )


@pytest.fixture
def token(portal: App, browser: Browser) -> str:
    """An opaque token of Pat's."""
    return str(portal.tokens(browser)["access_token"])


def kept(suite: Suite) -> list[Any]:
    """Return every row that is kept of opaque tokens."""
    with suite.context.reading() as session:
        return list(session.execute(select(TOKENS)).all())


def test_a_token_is_random_and_only_its_hash_is_kept(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """ASVS 10.4: 256 random bits under a prefix that says what leaked; the database opens nothing (threat 36)."""
    tokens = portal.tokens(browser)
    token = tokens["access_token"]
    assert token.startswith(PREFIX) and "." not in token and len(token) == len(PREFIX) + 43
    (row,) = kept(suite)
    assert row.token_hash == sha256(token)
    assert token not in str(row) and pat not in token
    assert (tokens["token_type"], tokens["expires_in"]) == ("Bearer", 600)


def test_introspection_and_userinfo_know_it(portal: App, token: str, pat: str) -> None:
    """E10: it means what a signed one would say, and both answer from what is true now."""
    told = portal.introspect(token)
    assert (told["active"], told["token_type"], told["sub"]) == (True, "Bearer", pat)
    assert (told["iss"], told["aud"], told["client_id"]) == (ORIGIN, ORIGIN, "portal")
    assert told["org"] == CLINIC and told["functions"] == ["claims.status.view", "precert.submit"]
    assert portal.userinfo(token).json()["sub"] == pat


def test_a_change_shows_at_once(suite: Suite, portal: App, token: str, pat: str) -> None:
    """What is kept beside the hash is what was true then; nobody is told that."""
    suite.membership(pat, CLINIC, sequence=2, functions=["claims.status.view"])
    assert portal.introspect(token)["functions"] == ["claims.status.view"]


def test_a_program_gets_one_too(program: Granted) -> None:
    """For itself, without any person."""
    answer = program.own_token().json()
    told = program.introspect(answer["access_token"])
    assert answer["access_token"].startswith(PREFIX)
    assert (told["active"], told["sub"], told["scope"]) == (True, "lab-results", "results.write")
    assert told["aud"] == "https://lab.example/api"


def test_it_ends_in_time(suite: Suite, portal: App, token: str) -> None:
    """At the second, and its row goes with the next housekeeping."""
    suite.clock.advance(timedelta(seconds=599))
    assert portal.introspect(token)["active"] is True
    suite.clock.advance(timedelta(seconds=1))
    assert portal.introspect(token) == {"active": False}
    assert portal.userinfo(token).status_code == 401
    assert len(kept(suite)) == 1
    suite.clock.advance(timedelta(seconds=1))
    suite.run_jobs()
    assert kept(suite) == []


def test_it_can_be_given_back(suite: Suite, portal: App, browser: Browser, token: str) -> None:
    """E11: this token and no other; giving it back twice changes nothing."""
    other = portal.tokens(browser)["access_token"]
    assert [portal.revoke(token).status_code for _ in range(2)] == [200, 200]
    assert portal.introspect(token) == {"active": False}
    assert portal.userinfo(token).status_code == 401
    assert portal.introspect(other)["active"] is True


def test_it_ends_with_its_sign_in_and_with_its_family(suite: Suite, portal: App, browser: Browser, pat: str) -> None:
    """E11: the refresh token given back, the session ended: whatever came from them is over."""
    first = portal.tokens(browser)
    portal.revoke(first["refresh_token"])
    assert portal.introspect(first["access_token"]) == {"active": False}
    second = portal.tokens(browser)["access_token"]
    suite.end_session(browser.sid)
    assert portal.introspect(second) == {"active": False}


def test_a_refresh_gives_a_new_one_and_the_id_token_fits_it(portal: App, browser: Browser) -> None:
    """OIDC Core §3.1.3.6: `at_hash` is over the token, whatever its form."""
    fresh = portal.refresh(portal.tokens(browser)["refresh_token"]).json()
    assert portal.introspect(fresh["access_token"])["active"] is True
    assert "id_token" in fresh


def test_tokens_of_others_are_just_inactive(suite: Suite, portal: App, program: Granted, token: str) -> None:
    """E10: a stranger learns nothing and can take nothing back; who is registered to ask about all learns all."""
    assert program.introspect(token) == {"active": False}
    assert program.revoke(token).status_code == 200
    assert App(suite, "suite-service").introspect(token)["active"] is True


@pytest.mark.parametrize("bent", [PREFIX, PREFIX + "x" * 43, PREFIX.upper(), PREFIX + "' OR 1=1 --", PREFIX * 500])
def test_attack_16_what_only_looks_like_one_is_nothing(portal: App, bent: str) -> None:
    """Threat 16: a guess, an empty one, another case, a statement, a long one."""
    assert portal.introspect(bent) == {"active": False}
    assert portal.userinfo(bent).status_code == 401
    assert portal.revoke(bent).status_code == 200


def test_attack_16_neither_its_hash_nor_its_name_opens_anything(suite: Suite, portal: App, token: str) -> None:
    """Threat 16 and 36: who reads the table or a log has no token."""
    for bent in (sha256(token), PREFIX + sha256(token), token[:-1], token + "x", token.removeprefix(PREFIX)):
        assert portal.introspect(bent) == {"active": False}


def test_an_api_that_reads_tokens_itself_refuses_it(suite: Suite, token: str) -> None:
    """E15: our APIs take RFC 9068 tokens only, and say so."""
    keys = suite.http.get("/oauth/jwks").json()
    verifier = TokenVerifier(ORIGIN, ACCESS_API, suite.clock, lambda: keys)
    with pytest.raises(TokenRefused):
        verifier.verify(token)


def test_no_client_is_registered_for_what_could_not_work(suite: Suite) -> None:
    """Opaque tokens for an API of ours are refused at the registration, in a sentence."""
    portal = next(spec for spec in specs() if spec.id == "access-manager")
    changed = {**vars(portal), "access_token_format": OPAQUE, "audiences": (ACCESS_API,)}
    with pytest.raises(Problem) as refused, suite.context.transaction() as work:
        ensure_client(work, type(portal)(**changed), SECRETS["access-manager"])
    (sentence,) = refused.value.members["errors"]["client"]
    assert sentence == f"access_token_format: {ACCESS_API} reads tokens by itself, so they must be jwt for it"


def test_it_can_be_bound_to_a_key(suite: Suite, portal: App, browser: Browser) -> None:
    """Threat 14: bound like every other; as Bearer, or with the proof of another key, it opens nothing."""
    bound = KeyApp(suite, holder=Holder(suite.clock), secret=SECRETS["portal"])
    tokens = bound.tokens(browser)
    token = tokens["access_token"]
    told = bound.introspect(token)
    assert (tokens["token_type"], told["token_type"], told["cnf"]) == ("DPoP", "DPoP", {"jkt": bound.holder.jkt})
    assert bound.userinfo(token).status_code == 200
    assert portal.userinfo(token).status_code == 401
    stranger = KeyApp(suite, holder=Holder(suite.clock), secret=SECRETS["portal"])
    assert stranger.userinfo(token).status_code == 401


def test_it_can_be_exchanged(suite: Suite, portal: App, token: str, pat: str) -> None:
    """RFC 8693: what a program is given for it is of the form that the program is registered for."""
    desk = exchanger(suite, access_token_format=OPAQUE)
    answer = exchange(desk, token)
    assert answer.status_code == 200, answer.text
    told = desk.introspect(answer.json()["access_token"])
    assert (told["active"], told["sub"], told["aud"]) == (True, pat, PRECERT_API)
    assert told["act"] == {"sub": "case-desk", "client_id": "case-desk"}
    portal.revoke(token)
    assert desk.introspect(answer.json()["access_token"])["active"] is True  # it hangs on the grant, not on the token


def test_a_refused_redemption_keeps_nothing(suite: Suite, portal: App, browser: Browser) -> None:
    """A code in vain leaves no row: a stranger cannot fill the table."""
    portal.redeem("never-issued", "v" * 43)
    portal.refresh("never-issued")
    assert kept(suite) == []
