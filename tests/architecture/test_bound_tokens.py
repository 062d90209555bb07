"""No door of any JSON API overlooks that a token is bound to a key (E6, RFC 9449 §7)."""

import re

import pytest
from flask import Flask
from joserfc.jwk import KeySetSerialization
from werkzeug.test import TestResponse

from shared.auth.declared import ATTRIBUTE
from shared.auth.verifier import TokenVerifier
from tests.architecture.conftest import House
from tests.support.issuer import ORIGIN, Issuer
from tests.support.possession import Holder

_PLACEHOLDER = re.compile(r"<(?:\w+(?:\([^)]*\))?:)?\w+>")


def scoped(app: Flask) -> list[tuple[str, str]]:
    """Method and path of every door that needs a scope, with something in every gap."""
    found = []
    for rule in app.url_map.iter_rules():
        access = getattr(app.view_functions[rule.endpoint], ATTRIBUTE, None)
        if access is not None and access.kind == "scope":
            method = min((rule.methods or set()) - {"HEAD", "OPTIONS"})
            found.append((method, _PLACEHOLDER.sub("1", rule.rule)))
    return found


@pytest.fixture
def issuer(house: House, monkeypatch: pytest.MonkeyPatch) -> Issuer:
    """Whose tokens the service of this run believes."""
    service, context, _ = house
    made = Issuer(context.clock)
    keys: KeySetSerialization = {"keys": [key.as_dict(private=False) for key in made.keys]}
    audience = f"{ORIGIN}/api/{service.api}"
    monkeypatch.setattr(context, "verifier", TokenVerifier(ORIGIN, audience, context.clock, lambda: keys))
    return made


def test_every_api_has_doors_with_a_scope(house: House) -> None:
    """So that the promises below are about something."""
    assert scoped(house[2])


def test_attack_14_no_door_takes_a_bound_token_as_bearer(house: House, issuer: Issuer) -> None:
    """threat 14: the downgrade is refused at every door of every service."""
    service, context, app = house
    holder = Holder(context.clock)
    for method, path in scoped(app):
        token = issuer.access_token(service.api, "nothing.here", cnf={"jkt": holder.jkt})
        answer = app.test_client().open(path, method=method, headers={"Authorization": f"Bearer {token}"})
        assert (answer.status_code, challenge_of(answer)) == (401, "invalid_token"), path


def test_every_door_takes_a_bound_token_with_its_proof(house: House, issuer: Issuer) -> None:
    """The proof lets it in as far as its scope: the 403 about the scope comes after the proof, never before it."""
    service, context, app = house
    holder = Holder(context.clock)
    for method, path in scoped(app):
        token = issuer.access_token(service.api, "nothing.here", cnf={"jkt": holder.jkt})
        headers = holder.headers(method, path, token)
        answers = [app.test_client().open(path, method=method, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [403, 401], path
        assert [challenge_of(answer) for answer in answers] == ["insufficient_scope", "invalid_dpop_proof"], path


def challenge_of(answer: TestResponse) -> str:
    """The error of a DPoP challenge."""
    told = answer.headers["WWW-Authenticate"]
    assert told.startswith("DPoP "), told
    return told.split('error="', 1)[1].split('"', 1)[0]
