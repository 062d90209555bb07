"""The hours of availability reach the tokens of identity: the whole suite, the real calendar, the real answer (J5)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.story import SUNDAY_NIGHT
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty, client_of
from tests.support.world import OneProcess, one_process, person

FIVE_TO_NINE = SUNDAY_NIGHT - timedelta(minutes=35)
CLOSING = SUNDAY_NIGHT - timedelta(minutes=30)
TRIAL = "trial"
GATED, ALWAYS = "precert.view", "claims.status.view"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[OneProcess]:
    """The suite with its demo people, at 20:55 Eastern on a Sunday."""
    with one_process(tmp_path, FIVE_TO_NINE) as made:
        yield made


def at(world: OneProcess, instant: datetime) -> None:
    """Let an instant come, with everything that workers do then."""
    world.set_clock(instant)
    for name in ("availability", "identity"):
        world.suite.workers[name].jobs()
        world.settle()


def refreshed(world: OneProcess, token: str) -> dict[str, Any]:
    """Use a refresh token of the trial client."""
    trial = client_of(world, TRIAL)
    form = {"grant_type": "refresh_token", "refresh_token": token}
    auth = (trial["client_id"], trial["client_secret"])
    answer = httpx.post(f"{world.base_url}/oauth/token", data=form, auth=auth)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_token_for_precertification_ends_at_nine_on_sunday(world: OneProcess) -> None:
    """J5: made at 20:55 it ends at 21:00; from then on the function is out of access tokens, and of them only."""
    party = RelyingParty(world, PageVisitor(world.base_url), TRIAL)
    login = person(world, "priya.nair")
    at(world, FIVE_TO_NINE)
    claims = claims_of(party.sign_in(login["user_id"], login["password"])["access_token"])
    assert {GATED, ALWAYS} <= set(claims["functions"])
    assert claims["exp"] == int(CLOSING.timestamp())
    at(world, CLOSING)
    later = refreshed(world, party.tokens["refresh_token"])
    assert GATED not in claims_of(later["access_token"])["functions"]
    assert GATED in claims_of(later["id_token"])["functions"]
    assert later["expires_in"] == 600
