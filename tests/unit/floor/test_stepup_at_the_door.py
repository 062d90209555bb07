"""The step up at a door of an API: asked after the token, before the body; programs have no sign-in to step up."""

from datetime import timedelta

import pytest
from werkzeug.test import TestResponse

from shared.clock import SettableClock
from tests.support.kiosk import API, Kiosk

STRONG = {"acr": "urn:gatehouse:acr:2"}


def change(kiosk: Kiosk, body: object = None, **claims: object) -> TestResponse:
    """Send a change to the door that asks for two factors of the last hour, nothing held back."""
    token = kiosk.issuer.access_token("kiosk", "kiosk.write", **claims)
    headers = {"Authorization": f"Bearer {token}"}
    return kiosk.app.test_client().put(f"{API}/things", json=body if body is not None else {}, headers=headers)


def person(clock: SettableClock, ago: timedelta = timedelta(0), **claims: object) -> dict[str, object]:
    """The claims of a person's token."""
    return {"sub": "acc_casey", "auth_time": int((clock.now() - ago).timestamp()), **STRONG, **claims}


def test_a_strong_and_recent_sign_in_passes(kiosk: Kiosk, clock: SettableClock) -> None:
    """Once, and as often as it likes within the hour."""
    assert change(kiosk, **person(clock)).status_code == 200
    assert change(kiosk, **person(clock, timedelta(minutes=59))).status_code == 200


def test_an_old_one_is_challenged_and_the_new_one_passes(kiosk: Kiosk, clock: SettableClock) -> None:
    """A7, E19, RFC 9470: the app learns what to ask the authorization endpoint for."""
    answer = change(kiosk, **person(clock, timedelta(hours=1, seconds=6)))
    assert answer.status_code == 401
    assert 'error="insufficient_user_authentication"' in answer.headers["WWW-Authenticate"]
    assert answer.get_json()["acr_values"] == STRONG["acr"] and answer.get_json()["max_age"] == 3600
    assert answer.content_type.startswith("application/problem+json")
    assert change(kiosk, **person(clock)).status_code == 200


@pytest.mark.parametrize("acr", ["urn:gatehouse:acr:1", "phr2", None, ""])
def test_a_weak_one_is_challenged(kiosk: Kiosk, clock: SettableClock, acr: str | None) -> None:
    """threat 24: nothing unknown counts as strong."""
    assert change(kiosk, **person(clock, acr=acr)).status_code == 401


def test_the_challenge_comes_before_anything_is_read(kiosk: Kiosk, clock: SettableClock) -> None:
    """Validation messages tell a stranger nothing."""
    token = kiosk.issuer.access_token("kiosk", "kiosk.write", **person(clock, acr="urn:gatehouse:acr:1"))
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    assert kiosk.app.test_client().put(f"{API}/things", data=b"{broken", headers=headers).status_code == 401


def test_the_scope_comes_first(kiosk: Kiosk, clock: SettableClock) -> None:
    """An app without the scope is not sent to strengthen anybody's sign-in."""
    token = kiosk.issuer.access_token("kiosk", "kiosk.read", **person(clock, timedelta(hours=5)))
    answer = kiosk.app.test_client().put(f"{API}/things", json={}, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403 and "insufficient_scope" in answer.headers["WWW-Authenticate"]


def test_a_factor_held_back_is_refused(kiosk: Kiosk, clock: SettableClock) -> None:
    """B6: 403 with the instant, for a person."""
    until = int((clock.now() + timedelta(hours=1)).timestamp())
    answer = change(kiosk, **person(clock, restricted_until=until))
    assert answer.status_code == 403 and answer.get_json()["type"] == "/problems/sign-in-held"
    assert answer.get_json()["held_until"].endswith("Z")


def test_a_program_needs_its_scope_and_nothing_more(kiosk: Kiosk) -> None:
    """It has no sign-in; what it may do is what it was registered for."""
    assert change(kiosk).status_code == 200
