"""From an invitation to an account: the API that opens, the link that works once, the page that chooses."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.service.identity.world import ORIGIN, PASSWORD, PAT, World, membership, type_password
from tests.support.pages import PageVisitor

PATH = "/api/identity/v1/accounts"
ASKED = {
    "reference": "app_1",
    "display_name": "Cora Coordinator",
    "email": "cora@lakeside.example",
    "mobile": "+1 202 555 0123",
    "population": "provider",
    "language": "en",
    "return_url": f"{ORIGIN}/account/help?finish=app_1",
}


def test_a_person_takes_the_account_and_returns_to_where_they_came_from(world: World) -> None:
    """User ID and password chosen, the account is pending, published once, and can sign in."""
    body = _open(world)
    visitor = _at(world, body)
    _choose(visitor, "cora.c", PASSWORD)
    assert visitor.address == ASKED["return_url"]
    (opened,) = world.published("account.opened")
    assert opened.data == {
        "account_id": body["account_id"],
        "reference": "app_1",
        "population": "provider",
        "status": "pending",
    }
    type_password(visitor, "cora.c", PASSWORD)
    assert "Your registration is being looked at" in visitor.text


def test_the_same_reference_gives_the_same_account(world: World) -> None:
    """A repeated call opens nothing new; once the person took the account it leads straight back."""
    first, again = _open(world), _open(world, status=200)
    assert first["account_id"] == again["account_id"]
    _choose(_at(world, again), "cora.c", PASSWORD)
    assert _open(world, status=200)["activation_url"] == ASKED["return_url"]
    assert len(world.published("account.opened")) == 1


def test_what_the_caller_proved_last_is_what_the_account_has(world: World) -> None:
    """An answer was lost, the applicant mended a name and an address, and the same application asks again."""
    _open(world)
    again = {**ASKED, "display_name": "Cora C. Coordinator", "email": "cora@harbor.example", "language": "es"}
    body = world.api("accounts.open").post(PATH, json=again).json()
    shown = world.api("accounts.read").get(f"{PATH}/{body['account_id']}").json()
    assert (shown["display_name"], shown["email"]) == ("Cora C. Coordinator", "cora@harbor.example")
    _choose(_at(world, body), "cora.c", PASSWORD)
    world.api("accounts.open").post(PATH, json=ASKED)
    taken = world.api("accounts.read").get(f"{PATH}/{body['account_id']}").json()
    assert taken == {**shown, "user_id": "cora.c", "status": "pending"}


def test_references_of_two_callers_do_not_meet(world: World) -> None:
    """Two clients may use the same reference for different people."""
    other = world.api("accounts.open", client="access-manager").post(PATH, json=ASKED)
    assert other.json()["account_id"] != _open(world)["account_id"]


@pytest.mark.parametrize(
    "change",
    [
        {"status": "active"},
        {"role": "manager"},
        {"email_verified": True},
        {"population": "staff"},
        {"population": "owner"},
        {"email": "nobody"},
        {"display_name": "two\nlines"},
        {"return_url": "https://evil.example/"},
        {"return_url": "//evil.example/"},
        {"return_url": f"{ORIGIN}@evil.example/"},
        {"return_url": f"{ORIGIN}.evil.example/"},
        {"return_url": f"{ORIGIN}/a\\b"},
        {"reference": 7},
        {"reference": "123456789"},
    ],
)
def test_what_callers_may_not_set_is_refused(world: World, change: dict[str, Any]) -> None:
    """Unknown fields, states, staff and foreign return addresses are 422, and nothing is opened (threats 25, 34)."""
    answer = world.api("accounts.open").post(PATH, json={**ASKED, **change})
    assert answer.status_code == 422 and answer.headers["Content-Type"] == "application/problem+json"
    assert not world.audited()


def test_only_callers_with_the_scope_open_accounts(world: World) -> None:
    """No token is 401, another scope 403, before the body is looked at."""
    bare = httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=ORIGIN)
    assert bare.post(PATH, json={}).status_code == 401
    assert world.api("accounts.read").post(PATH, json={}).status_code == 403


def test_an_account_is_shown_to_readers_only(world: World) -> None:
    """Services may look an account up by its id; what is not there is 404."""
    (pat,) = world.seed(PAT)
    shown = world.api("accounts.read").get(f"{PATH}/{pat}").json()
    assert (shown["user_id"], shown["status"], shown["population"]) == ("PatPartner", "active", "provider")
    assert not {"hash", "version", "email_key"} & set(shown)
    assert world.api("accounts.read").get(f"{PATH}/acc_none").status_code == 404
    assert world.api("accounts.open").get(f"{PATH}/{pat}").status_code == 403


def test_looking_at_the_link_changes_nothing(world: World) -> None:
    """Mail scanners open links, some twice; the person still finds the form (threat 33)."""
    body = _open(world)
    for _ in range(3):
        visitor = _at(world, body)
        assert "Choose your user ID and password" in visitor.text


def test_a_link_works_once(world: World) -> None:
    """After the account is taken, every link to it says so and offers to sign in."""
    body, second = _open(world), _open(world, status=200)
    _choose(_at(world, body), "cora.c", PASSWORD)
    for used in (body, second):
        visitor = _at(world, used)
        assert visitor.answer.status_code == 410
        assert "Your account is already open" in visitor.text


def test_two_forms_of_one_link_end_in_one_account(world: World) -> None:
    """Of two people with the form open the first one wins; the other is told."""
    body = _open(world)
    first, late = _at(world, body), _at(world, body)
    _choose(first, "cora.c", PASSWORD)
    _choose(late, "mallory", PASSWORD)
    assert "Your account is already open" in late.text
    type_password(late, "mallory", PASSWORD)
    assert late.answer.status_code == 403


def test_a_link_ends_after_three_days(world: World) -> None:
    """An old link opens nothing and says what to do."""
    body = _open(world)
    world.clock.advance(timedelta(days=3))
    visitor = _at(world, body)
    assert visitor.answer.status_code == 410 and "This link no longer works" in visitor.text


def test_a_made_up_link_opens_nothing(world: World) -> None:
    """Unknown secrets are told like old ones."""
    visitor = world.browser()
    visitor.open("/account/activate?token=nothing")
    assert visitor.answer.status_code == 404 and "This link no longer works" in visitor.text


@pytest.mark.parametrize("name", ["PatPartner", "patpartner", "PATPARTNER", "PatPartner ", "P4tPartner", "PätPartner"])
def test_a_name_like_one_that_is_used_is_refused(world: World, name: str) -> None:
    """Case, accents and surrounding spaces make no new name (threat 50)."""
    world.seed(PAT)
    visitor = _at(world, _open(world))
    _choose(visitor, name, PASSWORD)
    taken = "already used" in visitor.text
    assert taken is (name != "P4tPartner")


def test_both_fields_are_judged_at_once_and_the_name_stays(world: World) -> None:
    """Everything that needs mending is listed; the user ID stays typed, the password never does."""
    visitor = _at(world, _open(world))
    _choose(visitor, "a b", "short")
    assert visitor.answer.status_code == 422
    assert "There is a problem" in visitor.text
    assert "Use at least 4 characters" in visitor.text and "Yours has 5" in visitor.text
    assert 'value="a b"' in visitor.answer.text and "short" not in visitor.answer.text


@pytest.mark.parametrize(
    ("password", "told"),
    [
        ("passwordpassword", "lists of passwords"),
        ("Cora Coordinator 2026", "your own name"),
        ("gatehouse-gatehouse!", "our name"),
        ("abcabcabcabcabcabc", "repeats itself"),
        ("qwertyuiopasdfghj", "follows the keyboard"),
        ("x" * 257, "256 characters or fewer for your password"),
    ],
)
def test_passwords_that_others_would_guess_are_refused_with_the_reason(world: World, password: str, told: str) -> None:
    """The reason is given each time (SP 800-63B-4 §3.1.1.2)."""
    visitor = _at(world, _open(world))
    _choose(visitor, "cora.c", password)
    assert told in visitor.text


def test_somebody_added_by_a_manager_is_active_at_once(world: World) -> None:
    """A membership that came before the activation needs no further approval (domain §2 A)."""
    body = _open(world)
    world.tell("membership.granted", membership(body["account_id"]))
    _choose(_at(world, body), "cora.c", PASSWORD)
    (opened,) = world.published("account.opened")
    assert opened.data["status"] == "active"


def _open(world: World, status: int = 201) -> dict[str, str]:
    answer = world.api("accounts.open").post(PATH, json=ASKED)
    assert answer.status_code == status, answer.text
    return dict(answer.json())


def _at(world: World, body: dict[str, str]) -> PageVisitor:
    visitor = world.browser()
    visitor.open(body["activation_url"])
    return visitor


def _choose(visitor: PageVisitor, user_id: str, password: str) -> None:
    visitor.fill("User ID", user_id)
    visitor.fill("Password", password)
    visitor.press("Open my account")
