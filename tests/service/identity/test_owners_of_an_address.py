"""Whose an e-mail address is: asked by programs that invite people, so that nobody gets a second account (F2)."""

import pytest

from tests.service.identity.address_book import SECOND, add, at_contacts, with_unproved_address
from tests.service.identity.world import PAT, World

PATH = "/api/identity/v1/accounts/at-address"


def owners(world: World, email: str) -> list[str]:
    """Ask as access-manager does."""
    answer = world.api("accounts.open", client="access-manager").post(PATH, json={"email": email})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["account_ids"])


def test_a_proved_address_has_its_owner_in_any_spelling(world: World) -> None:
    """The main address of an account, upper or lower case; nobody's has none."""
    (pat,) = world.seed(PAT)
    assert owners(world, PAT.email) == owners(world, PAT.email.upper()) == [pat]
    assert owners(world, "nobody@lakeside.example") == []


def test_a_second_address_counts_once_it_is_proved(world: World) -> None:
    """Quarantine is for recovery: whoever proved an address reads its mail, and that is what is asked here."""
    (pat,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    add(world, visitor)
    assert owners(world, SECOND) == [pat]


def test_an_address_that_nobody_proved_has_no_owner(world: World) -> None:
    """Typed is not proved: otherwise anybody could be invited into somebody else's mail (threat 26)."""
    with_unproved_address(world)
    assert owners(world, SECOND) == []


def test_an_account_nobody_has_taken_or_that_is_closed_owns_nothing(world: World) -> None:
    """Opened and not yet taken: there is nobody to sign in. Closed: nobody will."""
    asked = {
        "reference": "inv_1",
        "display_name": "Ann Lee",
        "email": "ann@office.example",
        "population": "provider",
        "return_url": "http://localhost:8000/account",
    }
    opened = world.api("accounts.open").post("/api/identity/v1/accounts", json=asked)
    assert opened.status_code == 201, opened.text
    assert owners(world, "ann@office.example") == []


@pytest.mark.parametrize("scope", ["accounts.read", "accounts.recover", "hours.read"])
def test_only_programs_that_open_accounts_may_ask(world: World, scope: str) -> None:
    """Threat 26: another scope is refused, and so is a person's app with the right one."""
    (pat,) = world.seed(PAT)
    assert world.api(scope).post(PATH, json={"email": PAT.email}).status_code == 403
    assert world.api("accounts.open", person=pat).post(PATH, json={"email": PAT.email}).status_code == 403


@pytest.mark.parametrize("email", ["", "no address", "a@b" + "c" * 300, "a@office.example\nBcc: b@evil.example"])
def test_what_is_no_address_is_refused(world: World, email: str) -> None:
    """422 with the field's name."""
    answer = world.api("accounts.open").post(PATH, json={"email": email})
    assert answer.status_code == 422 and "email" in answer.json()["errors"]
