"""Addresses that nobody types open no other site, write no header, and are no fault of ours (threats 25, 33, 43)."""

import pytest

from tests.service.identity.world import ORIGIN, PAT, World

ODD = ["%0d%0aSet-Cookie:x=1", "%0a", "%7f", "%1b%5b31m", "a%5cb", "%5c%5cevil.example", ".x", "%c2%85"]
BEHIND_SIGN_IN = [
    "/account/methods/{}/name",
    "/account/contacts/{}/remove",
    "/admin/accounts/{}",
    "/admin/clients/{}/secret",
    "/oauth/device/{}",
]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("path", BEHIND_SIGN_IN)
def test_attack_43_odd_characters_in_an_address(world: World, path: str, odd: str) -> None:
    """Threat 43: 4xx for strangers and for people, or the way to sign-in; no header of theirs, no trace in our log."""
    world.seed(PAT)
    for visitor in (world.browser(), world.signed_in(PAT)):
        visitor.open(path.format(odd))
        assert visitor.answer.status_code < 500
        assert "x=1" not in visitor.answer.headers.get("Set-Cookie", "")


def test_attack_43_a_direction_of_writing_in_an_address(world: World) -> None:
    """Threat 43: nor is one that turns the reading round a fault of ours."""
    for path in BEHIND_SIGN_IN:
        assert world.app.test_client().get(path.format("%e2%80%ae")).status_code < 500


@pytest.mark.parametrize("path", ["/login//verify", "//login", "/api//identity/v1/clients", "/oauth//token"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_attack_33_a_doubled_slash_leads_nowhere_else(world: World, method: str, path: str) -> None:
    """Threat 33, RFC 9700 §4.12: no answer is made of the Host header, and no form is sent on by a 307 or 308."""
    answer = world.browser()._http.request(method, ORIGIN + path, headers={"Host": "evil.example"})
    assert "evil.example" not in answer.headers.get("Location", "")
    assert answer.status_code not in (307, 308)
