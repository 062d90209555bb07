"""Passwords through the front door: chosen at activation, changed, renewed where they must be, kept with a pepper."""

import re
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha1
from pathlib import Path

import pytest
from sqlalchemy import select

from identity.demo import Someone
from identity.passwords.blocklist import BreachFileFault
from identity.passwords.models import Password
from identity.policies import service as policies
from shared.service import SYSTEM
from tests.service.identity.world import MEG, PASSWORD, PAT, SECRET, World, type_code, type_password
from tests.support.pages import PageVisitor

BETTER = "nine copper kettles sing"
STOLEN = "my cat walks over keys"
ROB = Someone("rob.robbed", STOLEN, "Rob Robbed", "rob@lakeside.example", active=True)
CHANGE = "/account/methods/password"


@pytest.fixture
def breached(tmp_path: Path) -> Iterator[World]:
    """A service whose operator has a list of stolen passwords, in a file."""
    lines = sorted(sha1(word.encode(), usedforsecurity=False).hexdigest().upper() for word in (STOLEN, "other words"))
    (tmp_path / "stolen.txt").write_text("\n".join(lines))
    world = World(tmp_path, changes={"breach_file": str(tmp_path / "stolen.txt")})
    yield world
    world.close()


def change(visitor: PageVisitor, current: str, wanted: str, *, others: bool = True) -> None:
    """Fill in and send the form of the password."""
    visitor.open(CHANGE)
    visitor.fill("The password you have now", current)
    visitor.fill("New password", wanted)
    if not others:
        visitor.untick("Sign me out everywhere but here")
    visitor.press("Change my password")


def renew(visitor: PageVisitor, wanted: str) -> None:
    """Choose a new password where one is demanded."""
    visitor.fill("New password", wanted)
    visitor.press("Use this password")


def stored(world: World) -> list[str]:
    """The hashes in the database."""
    with world.context.reading() as session:
        return list(session.scalars(select(Password.hash)))


def set_policy(world: World, name: str, value: object) -> None:
    """What an operator does on the page of policies."""
    with world.context.transaction(SYSTEM) as work:
        policies.set_policy(work, name, value, "Demanded by a contract from long ago.")


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ("short", "Use at least 15 characters"),
        ("password12345678", "lists of passwords that many people use"),
        ("Pat Partner 12345", "made of your own name"),
        ("abcabcabcabcabcabc", "repeats itself"),
        (STOLEN, "on a list of stolen passwords"),
        ("x" * 300, "256 characters or fewer"),
        (PASSWORD, "This is the password you have now"),
    ],
)
def test_a_password_that_others_would_guess_is_refused_with_the_reason(breached: World, wanted: str, told: str) -> None:
    """Capabilities A1, D3; ASVS 6.2.1, 6.2.4, 6.2.11, 6.2.12: length, common, own words, patterns, the stolen list."""
    breached.seed(PAT)
    visitor = breached.signed_in(PAT)
    change(visitor, PASSWORD, wanted)
    assert visitor.answer.status_code == 422 and told in visitor.text
    assert PASSWORD not in visitor.answer.text
    assert breached.signed_in(PAT).address.endswith("/account")


@pytest.mark.parametrize(
    "wanted", ["a" * 3 + " passphrase with spaces " + "b" * 40, "пароль из нескольких слов", "🦭" * 9 + "🌅🪁🌊🧭🐚🌊"]
)
def test_sixty_four_characters_of_any_kind_are_welcome(world: World, wanted: str) -> None:
    """ASVS 6.2.5, 6.2.8, 6.2.9; capability A1: spaces and every sign, taken exactly as typed."""
    world.seed(PAT)
    change(world.signed_in(PAT), PASSWORD, wanted)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, wanted + " ")
    assert visitor.answer.status_code == 403
    type_password(visitor, PAT.user_id, wanted)
    assert "/login" not in visitor.address or "/login/verify" in visitor.address


def test_changing_needs_the_present_password_and_counts_wrong_ones(world: World) -> None:
    """ASVS 6.2.3, threat 27: an unlocked screen is no place to guess; after ten the page waits, sign-in does not."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    change(visitor, "not my password at all", BETTER)
    assert visitor.answer.status_code == 422 and "This is not the password you have now" in visitor.text
    for _ in range(9):
        world.clock.advance(timedelta(seconds=61))
        change(visitor, "not my password at all", BETTER)
    change(visitor, PASSWORD, BETTER)
    assert visitor.answer.status_code == 429 and "Too many attempts" in visitor.text
    assert world.signed_in(PAT).address.endswith("/account")
    refused = [action for action, _target in world.audited() if action == "password_change.refused"]
    assert len(refused) == 10


def test_a_change_ends_what_others_may_hold_and_tells_every_address(world: World) -> None:
    """Capability A8, ASVS 6.3.7, 7.2.4, 7.4.3: other places end, devices are forgotten, the secret here is another."""
    (pat,) = world.seed(PAT)
    other, visitor = world.signed_in(PAT), world.signed_in(PAT)
    before = dict(visitor.cookies)
    change(visitor, PASSWORD, BETTER)
    assert "Your password was changed" in visitor.text and visitor.answer.status_code == 200
    assert dict(visitor.cookies)["gh_session"] != before["gh_session"]
    other.open("/account")
    assert other.address.split("?")[0].endswith("/login")
    assert "Your password was changed" in [mail.subject for mail in world.mails()]
    (told,) = [event for event in world.published("credential.changed") if event.data["kind"] == "password"]
    assert told.data["change"] == "replaced" and told.subject == pat
    assert ("device.forgotten", pat) in world.audited()


def test_other_places_stay_if_the_person_wants_that(world: World) -> None:
    """ASVS 7.4.3 asks to offer it, not to force it."""
    world.seed(PAT)
    other, visitor = world.signed_in(PAT), world.signed_in(PAT)
    change(visitor, PASSWORD, BETTER, others=False)
    other.open("/account")
    assert other.address.endswith("/account")


def test_the_page_wants_a_fresh_and_strong_sign_in(world: World) -> None:
    """Threat 32, ASVS 7.5.1: after twenty minutes, or where an app was set up and not used, sign-in comes first."""
    world.seed(PAT, MEG)
    visitor = world.signed_in(PAT)
    world.clock.advance(timedelta(minutes=21))
    visitor.open(CHANGE)
    assert visitor.address.split("?")[0].endswith("/login")
    meg = world.browser()
    type_password(meg, MEG.user_id, PASSWORD, world.ticket(required_acr="urn:gatehouse:acr:1"))
    meg.open(CHANGE)
    assert "/login/prove" in meg.address
    type_code(meg, world.code(SECRET))
    assert CHANGE in meg.address


def test_a_form_from_elsewhere_changes_nothing(world: World) -> None:
    """Threat 21: without its token, or from another origin."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    form = {"current": PASSWORD, "password": BETTER}
    for origin in (world.origin, "https://evil.example"):
        answer = visitor._http.post(world.origin + CHANGE, data=form, headers={"Origin": origin})
        assert answer.status_code == 403
    assert world.signed_in(PAT).address.endswith("/account")


def test_nothing_forces_a_change_after_a_year(world: World) -> None:
    """Capability A1, ASVS 6.2.10, SP 800-63B-4 §3.1.1.2(6): no rotation unless the operator switched that habit on."""
    world.seed(PAT)
    assert world.signed_in(PAT).address.endswith("/account")
    world.clock.advance(timedelta(days=366))
    visitor = world.signed_in(PAT)
    assert "/login/renew" not in visitor.address


def test_an_expired_password_reaches_only_the_page_that_changes_it(world: World) -> None:
    """Domain §5: with the opt-in, every other page and every app lead back; afterwards the way goes on."""
    world.seed(PAT)
    set_policy(world, "password_max_age_days", 90)
    assert world.signed_in(PAT).address.endswith("/account")
    world.clock.advance(timedelta(days=90))
    visitor = world.signed_in(PAT, world.ticket())
    for path in ("/account", "/account/devices", CHANGE, world.ticket()):
        visitor.open(path)
        assert "/login/renew" in visitor.address, path
    renew(visitor, PASSWORD)
    assert "This is the password you have now" in visitor.text
    renew(visitor, "password12345678")
    assert visitor.answer.status_code == 422 and "many people use" in visitor.text
    renew(visitor, BETTER)
    assert visitor.address.endswith("/account?came=back")
    assert "Your password was changed" in [mail.subject for mail in world.mails()]


def test_a_stolen_password_opens_only_the_way_to_another_one(breached: World) -> None:
    """D3, domain §5: known to be stolen, it is proved by one more code and then must be changed, and stays changed."""
    breached.seed(ROB)
    visitor = breached.signed_in(ROB)
    assert "/login/verify" in visitor.address
    (code,) = [found[0] for mail in breached.mails() if (found := re.search(r"\b\d{6}\b", mail.body))]
    type_code(visitor, code)
    assert "/login/renew" in visitor.address
    renew(visitor, STOLEN)
    assert "on a list of stolen passwords" in visitor.text
    renew(visitor, BETTER)
    assert visitor.address.endswith("/account")
    type_password(breached.browser(), ROB.user_id, STOLEN)
    again = breached.browser()
    type_password(again, ROB.user_id, BETTER)
    assert "/login/renew" not in again.address and again.answer.status_code == 200


def test_the_change_page_says_how_often_where_the_operator_demands_it(world: World) -> None:
    """No page promises what a policy took away."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open(CHANGE)
    assert "never ends by itself" in visitor.text
    set_policy(world, "password_max_age_days", 90)
    visitor.open(CHANGE)
    assert "every 90 days" in visitor.text and "never ends by itself" not in visitor.text


def test_a_longer_minimum_holds_at_every_door(world: World) -> None:
    """Domain §5: the operator's longer minimum, at the change page as at activation."""
    world.seed(PAT)
    set_policy(world, "password_shortest", 20)
    visitor = world.signed_in(PAT)
    change(visitor, PASSWORD, "seventeen letters")
    assert "Use at least 20 characters" in visitor.text and "Yours has 17" in visitor.text


def test_the_password_page_speaks_spanish(world: World) -> None:
    """Every sentence of the page, its refusals and its success, in the reader's language."""
    world.seed(PAT)
    visitor = world.browser("es")
    visitor.open("/login")
    visitor.fill("ID de usuario", PAT.user_id)
    visitor.fill("Contraseña", PASSWORD)
    visitor.press("Iniciar sesión")
    visitor.open(CHANGE)
    assert "Cambie su contraseña" in visitor.text
    visitor.fill("Contraseña actual", PASSWORD)
    visitor.fill("Contraseña nueva", "corta")
    visitor.press("Cambiar mi contraseña")
    assert "caracteres" in visitor.text and "characters" not in visitor.text


def test_peppered_hashes_are_made_at_sign_in_and_worth_nothing_without_the_key(world: World, tmp_path: Path) -> None:
    """Issue 3: older hashes are made anew at the next sign-in; keys change; without the key nobody enters."""
    world.seed(PAT)
    assert stored(world)[0].startswith("$argon2id$")
    keyed = World(tmp_path, changes={"password_pepper": "n" * 32})
    assert keyed.signed_in(PAT).address.endswith("/account")
    (peppered,) = stored(keyed)
    assert not peppered.startswith("$argon2id$") and "n" * 32 not in peppered
    assert keyed.signed_in(PAT).address.endswith("/account") and stored(keyed) == [peppered]
    rotated = World(tmp_path, changes={"password_pepper": "o" * 32 + " " + "n" * 32})
    assert rotated.signed_in(PAT).address.endswith("/account") and stored(rotated) != [peppered]
    assert world.signed_in(PAT).answer.status_code == 403
    for other in (keyed, rotated):
        other.close()


def test_a_list_that_cannot_be_used_stops_the_start(tmp_path: Path) -> None:
    """D3: a typo in the path must not switch the check off; the words name the file."""
    with pytest.raises(BreachFileFault, match=r"nowhere\.txt"):
        World(tmp_path, changes={"breach_file": str(tmp_path / "nowhere.txt")})
