"""Every JSON API honours tokens that are bound to a key: with a proof of it, once, and in no other way (E6)."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from shared.auth.dpop import ALGORITHMS
from shared.cache import CacheAway
from shared.clock import SettableClock
from tests.support.kiosk import API, Kiosk, open_kiosk
from tests.support.possession import Holder

PATH = f"{API}/things"


@pytest.fixture
def holder(clock: SettableClock) -> Holder:
    """Whose key the token is bound to."""
    return Holder(clock)


def bound(kiosk: Kiosk, holder: Holder, *scopes: str, **claims: Any) -> str:
    """A token of the holder's."""
    return kiosk.issuer.access_token("kiosk", *(scopes or ("kiosk.read",)), cnf={"jkt": holder.jkt}, **claims)


def ask(kiosk: Kiosk, headers: dict[str, str], method: str = "GET", **options: Any) -> TestResponse:
    """Ask for the things, or for something else."""
    return kiosk.app.test_client().open(PATH, method=method, headers=headers, **options)


def check_refused(answer: TestResponse, error: str) -> str:
    """401 as problem details, with the challenge of the scheme that would be right; return the detail."""
    told = answer.headers["WWW-Authenticate"]
    assert answer.status_code == 401 and answer.content_type == "application/problem+json"
    assert told.startswith(f'DPoP algs="{" ".join(ALGORITHMS)}"') and f'error="{error}"' in told, told
    return str(answer.get_json()["detail"])


def test_a_bound_token_with_its_proof_opens(kiosk: Kiosk, holder: Holder) -> None:
    """RFC 9449 §7.1: scheme DPoP, header DPoP, a new proof for each request."""
    token = bound(kiosk, holder)
    for _ in range(3):
        assert ask(kiosk, holder.headers("GET", PATH, token)).status_code == 200


def test_the_scheme_is_not_case_sensitive(kiosk: Kiosk, holder: Holder) -> None:
    """FAPI 2.0 access-token-type-header-case-sensitivity (RFC 9110 §11.1)."""
    for scheme in ("dpop", "DPOP", "dPoP"):
        headers = holder.headers("GET", PATH, token := bound(kiosk, holder)) | {"Authorization": f"{scheme} {token}"}
        assert ask(kiosk, headers).status_code == 200


def test_a_proof_is_for_its_address_and_not_for_its_query(kiosk: Kiosk, holder: Holder) -> None:
    """`htu` has no query (RFC 9449 §4.2)."""
    headers = holder.headers("GET", PATH, bound(kiosk, holder))
    assert ask(kiosk, headers, query_string={"page": "2"}).status_code == 200


def test_the_address_is_the_public_one(kiosk: Kiosk, holder: Holder) -> None:
    """threats 33 and 47: what `Host` says changes nothing, so a proof made for another site opens nothing here."""
    token = bound(kiosk, holder)
    forged = holder.headers("GET", PATH, token, htu=f"http://evil.example{PATH}") | {"Host": "evil.example"}
    check_refused(ask(kiosk, forged), "invalid_dpop_proof")


def test_attack_14_a_bound_token_is_no_bearer_token(kiosk: Kiosk, holder: Holder) -> None:
    """threat 14: the downgrade is refused, with and without a proof beside it."""
    token = bound(kiosk, holder)
    bearer = {"Authorization": f"Bearer {token}"}
    assert "send it as DPoP" in check_refused(ask(kiosk, bearer), "invalid_token")
    both = bearer | {"DPoP": holder.proof("GET", PATH, token)}
    check_refused(ask(kiosk, both), "invalid_token")


def test_attack_14_without_a_proof(kiosk: Kiosk, holder: Holder) -> None:
    """threat 14: a bound token alone is worth nothing."""
    detail = check_refused(ask(kiosk, {"Authorization": f"DPoP {bound(kiosk, holder)}"}), "invalid_dpop_proof")
    assert "no proof" in detail


def test_attack_14_with_another_key(kiosk: Kiosk, holder: Holder, clock: SettableClock) -> None:
    """threat 14: a thief has keys, too, but not this one."""
    thief = Holder(clock)
    check_refused(ask(kiosk, thief.headers("GET", PATH, bound(kiosk, holder))), "invalid_token")


def test_attack_14_a_proof_comes_once(kiosk: Kiosk, holder: Holder) -> None:
    """threat 14: who copies token and proof from the wire is too late, even with another body or method of ours."""
    headers = holder.headers("GET", PATH, bound(kiosk, holder))
    assert ask(kiosk, headers).status_code == 200
    assert "used before" in check_refused(ask(kiosk, headers), "invalid_dpop_proof")


def test_attack_14_a_proof_is_remembered_as_long_as_it_is_young(
    kiosk: Kiosk, holder: Holder, clock: SettableClock
) -> None:
    """threat 14: until the instant at which it is refused for its age."""
    headers = holder.headers("GET", PATH, bound(kiosk, holder), iat=int(clock.now().timestamp()) + 15)
    assert ask(kiosk, headers).status_code == 200
    for _ in range(5):
        clock.advance(timedelta(seconds=15))
        assert "used before" in check_refused(ask(kiosk, headers), "invalid_dpop_proof")
    clock.advance(timedelta(seconds=1))
    assert "too old" in check_refused(ask(kiosk, headers), "invalid_dpop_proof")


def test_two_keys_may_choose_the_same_name(kiosk: Kiosk, holder: Holder, clock: SettableClock) -> None:
    """`jti` is unique for its key: nobody uses up the names of others."""
    for one in (holder, Holder(clock)):
        assert ask(kiosk, one.headers("GET", PATH, bound(kiosk, one), jti="1")).status_code == 200


@pytest.mark.parametrize(
    "bent",
    [
        {"htm": "POST"},
        {"htu": f"http://localhost:8000{API}/other"},
        {"ath": None},
        {"ath": "AAAA"},
        {"iat": 1},
        {"jti": None},
        {"header": {"typ": "JWT"}},
        {"header": {"jwk": None}},
    ],
)
def test_attack_14_a_bent_proof(kiosk: Kiosk, holder: Holder, bent: dict[str, Any]) -> None:
    """threat 14, FAPI 2.0 dpop-negative-tests: each check is asked at the door, too."""
    check_refused(ask(kiosk, holder.headers("GET", PATH, bound(kiosk, holder), **bent)), "invalid_dpop_proof")


def test_a_token_bound_to_nothing_is_sent_as_bearer(kiosk: Kiosk, holder: Holder) -> None:
    """RFC 9449 §7.1: the scheme promises a binding that is not there."""
    token = kiosk.issuer.access_token("kiosk", "kiosk.read")
    assert "no key" in check_refused(ask(kiosk, holder.headers("GET", PATH, token)), "invalid_token")


@pytest.mark.parametrize("confirmation", [{}, {"jkt": None}, {"jkt": ""}, {"x5t#S256": "AAAA"}, [], "key", 5, True])
def test_a_binding_that_is_not_known_here_is_not_overlooked(kiosk: Kiosk, confirmation: object) -> None:
    """RFC 7800 §3.1: what we cannot check opens nothing, and least of all as a bearer token."""
    headers = kiosk.bearer("kiosk.read", cnf=confirmation)
    assert ask(kiosk, headers).status_code == 401


def test_the_token_is_looked_at_before_the_proof(kiosk: Kiosk, holder: Holder) -> None:
    """A stranger's token costs no place in the memory of proofs, and its words stay out of our header."""
    headers = holder.headers("GET", PATH, 'no"such.token.x')
    answer = ask(kiosk, headers)
    assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    token = bound(kiosk, holder, exp=1)
    assert "expired" in ask(kiosk, holder.headers("GET", PATH, token)).get_json()["detail"]


def test_no_token_at_all_is_told_as_ever(kiosk: Kiosk, holder: Holder) -> None:
    """A proof alone opens nothing (threat 14)."""
    for headers in ({}, {"DPoP": holder.proof("GET", PATH)}, {"Authorization": "DPoP"}, {"Authorization": "DPoP  "}):
        answer = ask(kiosk, headers)
        assert (answer.status_code, answer.get_json()["type"]) == (401, "/problems/token-missing")


def test_a_scope_that_is_missing_is_told_in_the_same_scheme(kiosk: Kiosk, holder: Holder) -> None:
    """RFC 9449 §7.1: 403 after the proof, so that a thief learns nothing of scopes."""
    token = bound(kiosk, holder, "kiosk.write")
    answer = ask(kiosk, holder.headers("GET", PATH, token))
    assert answer.status_code == 403 and answer.headers["WWW-Authenticate"].startswith(
        'DPoP error="insufficient_scope"'
    )
    assert ask(kiosk, {"Authorization": f"DPoP {token}"}).status_code == 401


def test_the_step_up_is_asked_for_in_the_same_scheme(kiosk: Kiosk, holder: Holder, clock: SettableClock) -> None:
    """A7, RFC 9470 §3: the challenge names the scheme that the app uses."""
    weak = {"sub": "acc_casey", "acr": "urn:gatehouse:acr:1", "auth_time": int(clock.now().timestamp())}
    token = bound(kiosk, holder, "kiosk.write", **weak)
    answer = ask(kiosk, holder.headers("PUT", PATH, token), "PUT", json={})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith('DPoP error="insufficient_user_authentication"')


def test_a_repeated_call_needs_a_new_proof_and_gets_the_first_answer(kiosk: Kiosk, holder: Holder) -> None:
    """`Idempotency-Key` and proofs live together: the app that lost an answer asks again with a proof of its own."""
    token = bound(kiosk, holder, "kiosk.write")
    answers = [
        ask(kiosk, holder.headers("POST", PATH, token) | {"Idempotency-Key": "k-1"}, "POST", json={"name": "lamp"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].get_json() == answers[1].get_json() and len(kiosk.made) == 1


def test_attack_42_without_a_memory_nothing_is_believed(
    kiosk: Kiosk, holder: Holder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """threat 42: while the cache is away a replay could not be told, so bound tokens wait; bearer tokens do not."""

    def away(*_: object) -> bool:
        raise CacheAway("gone")

    monkeypatch.setattr(kiosk.context.cache, "add", away)
    answer = ask(kiosk, holder.headers("GET", PATH, bound(kiosk, holder)))
    assert answer.status_code == 503 and answer.headers["Retry-After"]
    assert ask(kiosk, kiosk.bearer("kiosk.read")).status_code == 200


def test_bearer_tokens_ask_the_memory_nothing(kiosk: Kiosk, holder: Holder, monkeypatch: pytest.MonkeyPatch) -> None:
    """performance.md §2: what a service calls its neighbour with costs what it cost before."""
    asked: list[str] = []
    stored: Callable[..., bool] = kiosk.context.cache.add

    def add(key: str, *rest: object) -> bool:
        asked.append(key)
        return stored(key, *rest)

    monkeypatch.setattr(kiosk.context.cache, "add", add)
    assert ask(kiosk, kiosk.bearer("kiosk.read")).status_code == 200 and asked == []
    assert ask(kiosk, holder.headers("GET", PATH, bound(kiosk, holder), jti="secret")).status_code == 200
    assert len(asked) == 1 and asked[0].startswith(f"dpop:{holder.jkt}:") and "secret" not in asked[0]


def test_a_public_origin_of_https(tmp_path: Path, clock: SettableClock, holder: Holder) -> None:
    """Behind a proxy the app knows the public address, and that is the one a proof names."""
    with open_kiosk(tmp_path, clock, public_url="https://auth.example") as place:
        claims: dict[str, Any] = {"iss": "https://auth.example", "aud": "https://auth.example/api/kiosk"}
        token = bound(place, holder, **claims)
        assert ask(place, holder.headers("GET", PATH, token, htu=f"https://auth.example{PATH}")).status_code == 200
        check_refused(ask(place, holder.headers("GET", PATH, token)), "invalid_dpop_proof")
