"""The page of sign-in methods: what is there, adding, naming, removing, and what keeps others from doing it."""

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from identity.mfa import service as mfa
from shared.crypto import SecretBox
from shared.db import open_database
from shared.service import SYSTEM
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    code_in,
    policy,
    recovery_set,
    strongly,
    subjects,
    texts,
    with_phone,
)
from tests.service.identity.test_growing import people_of_the_second_release
from tests.service.identity.world import KEEP, MEG, MONDAY, OLA, PAT, SECRET, World, cookies, type_code
from tests.support.pages import PageVisitor

_APP = """
    INSERT INTO authenticators (id, account_id, kind, secret, failures, added_at)
    VALUES ('aut_old', 'acc_pat', 'authenticator_app', :secret, 0, :at)
"""


def add_app(world: World, visitor: PageVisitor, name: str = "") -> str:
    """Walk through setting up an app; return its key."""
    visitor.open("/account/methods/app")
    found = re.search(r'id="manual-key">([A-Z2-7 ]+)<', visitor.answer.text)
    assert found is not None, visitor.text
    key = found[1].replace(" ", "")
    visitor.fill("Name of the app", name)
    type_code(visitor, world.code(key), "Finish setting up")
    return key


def test_somebody_without_a_factor_sees_what_they_could_add(world: World) -> None:
    """Password with its date, nothing else yet, the safest way first."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/account/methods")
    assert "Set on" in visitor.text and "You have none yet." in visitor.text
    order = ["Add a passkey", "Add an authenticator app", "Add codes by text message"]
    assert sorted(order, key=visitor.text.index) == order
    assert "Add codes by e-mail" not in visitor.text


def test_an_app_is_added_named_and_used(world: World) -> None:
    """Capability B1: set up under the account's own page; the session is as strong as that at once (threat 20)."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    before = set(cookies(visitor))
    add_app(world, visitor, "work phone")
    assert "The new way of signing in is ready" in visitor.text and "Authenticator app: work phone" in visitor.text
    assert not before & set(cookies(visitor))
    assert subjects(world)[-1] == "An authenticator app was added to your account"
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert visitor.address.endswith("/account?came=back"), "no second question for what was just shown"


def test_two_apps_of_one_session_have_two_keys(world: World) -> None:
    """With one key each code would work twice (threat 29)."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    first = add_app(world, visitor, "one")
    second = add_app(world, visitor, "two")
    assert first != second
    assert "Authenticator app: one" in visitor.text and "Authenticator app: two" in visitor.text


def test_a_wrong_first_code_keeps_the_name_and_binds_nothing(world: World) -> None:
    """Told in words; what was typed beside it is still there."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/account/methods/app")
    visitor.fill("Name of the app", "work phone")
    type_code(visitor, "000000", "Finish setting up")
    assert visitor.answer.status_code == 422 and 'value="work phone"' in visitor.answer.text
    assert world.published("credential.changed") == []


def test_guessing_first_codes_ends_too(world: World) -> None:
    """The counts are those of sign-in: an account page is no place to guess."""
    world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/account/methods/app")
    for guess in range(6):
        type_code(visitor, f"00000{guess}", "Finish setting up")
    assert "Too many attempts" in visitor.text


def test_a_phone_is_added_by_a_code_only(world: World) -> None:
    """Capability B3, ASVS 6.6.1: a confirmed number, a warning, a code that came there."""
    world.seed(TED)
    visitor = world.signed_in(TED)
    visitor.open("/account/methods/phone")
    assert "Less safe than an app or a passkey" in visitor.text
    visitor.press("Send the code")
    assert "•••• 0111" in visitor.text
    type_code(visitor, "000000", "Finish setting up")
    assert "This code does not fit" in visitor.text
    type_code(visitor, code_in(texts(world)[-1]), "Finish setting up")
    assert "Text message: •••• 0111" in visitor.text
    visitor.open("/account/methods/phone")
    assert "There is no other confirmed number or address" in visitor.text


def test_an_address_is_added_where_policy_allows_it(world: World) -> None:
    """Domain §5: off by default, then the page is not there; switched on, it says what it is not good for."""
    world.seed(TED)
    visitor = world.signed_in(TED)
    visitor.open("/account/methods/address")
    assert visitor.answer.status_code == 404
    policy(world, "email_factor_populations", ["provider"])
    visitor.open("/account/methods/address")
    assert "Where an app asks for two factors, it is not enough." in visitor.text
    visitor.press("Send the code")
    sent = [mail.body for mail in world.mails() if mail.subject == "Your code"]
    type_code(visitor, code_in(sent[-1]), "Finish setting up")
    assert "E-mail: t***@l***.example" in visitor.text
    visitor.open(world.ticket(required_acr=TWO_FACTORS))
    assert "/login/enrol" in visitor.address


def test_an_app_is_renamed(world: World) -> None:
    """A name helps to remove the right one later; an empty one is not taken."""
    world.seed(MEG)
    visitor = strongly(world, address="/account/methods")
    visitor.follow("Rename Authenticator app")
    visitor.press("Keep this name")
    assert "Enter a name for this app" in visitor.text
    visitor.fill("Name of the app", "<b>{{7*7}}</b>")
    visitor.press("Keep this name")
    assert "Authenticator app: <b>{{7*7}}</b>" in visitor.text
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in visitor.answer.text, "threat 46: shown as it was typed, as text"


def test_a_method_is_removed_after_a_question_and_every_address_hears(world: World) -> None:
    """ASVS 6.3.7, 6.5.6, 7.4.3: gone at once, told, and signing out elsewhere is offered."""
    (account_id,) = world.seed(MEG)
    strongly(world)
    world.clock.advance(timedelta(seconds=30))
    visitor = strongly(world)
    add_app(world, visitor, "old tablet")
    visitor.follow("Remove Authenticator app old tablet")
    assert "Remove Authenticator app: old tablet?" in visitor.text
    visitor.press("Remove it")
    assert "It was removed and cannot be used any more" in visitor.text
    assert visitor.leads_to("Sign out everywhere else").endswith("/account/devices/sign-out")
    assert subjects(world)[-1] == "An authenticator app was removed from your account"
    assert [event.data["change"] for event in world.published("credential.changed")] == ["added", "added", "removed"]
    with world.context.reading() as session:
        assert len(mfa.methods(session, account_id)) == 1


def test_the_last_second_factor_stays(world: World) -> None:
    """The page says why and what to do; a form that is sent all the same changes nothing."""
    (account_id,) = world.seed(MEG)
    recovery_set(world, account_id)
    visitor = strongly(world, address="/account/methods")
    visitor.follow("Remove Authenticator app")
    assert "This one has to stay for now" in visitor.text and "Add another one first" in visitor.text
    assert _press_anyway(world, visitor) == 409
    with world.context.reading() as session:
        assert mfa.enrolled(session, account_id)


def test_nobody_touches_the_methods_of_others(world: World) -> None:
    """Threats 15 and 31: another account's id is 404 for its name, its removal and the form alike."""
    _meg, ted = world.seed(MEG), with_phone(world)
    with world.context.reading() as session:
        theirs = mfa.methods(session, ted)[0].id
    visitor = strongly(world)
    for path in (
        f"/account/methods/{theirs}/name",
        f"/account/methods/{theirs}/remove",
        "/account/methods/none/remove",
    ):
        visitor.open(path)
        assert visitor.answer.status_code == 404
    visitor.open("/account/methods")
    with world.context.reading() as session:
        assert len(mfa.methods(session, ted)) == 1


@pytest.mark.parametrize("path", ["app", "phone", "recovery-codes", "passkeys"])
def test_changing_methods_needs_a_fresh_and_full_proof(world: World, path: str) -> None:
    """Threat 32, ASVS 7.5.1: not by password alone where there is a factor, not in a session of an hour ago."""
    world.seed(MEG)
    weak = world.signed_in(MEG, world.ticket())
    weak.open(f"/account/methods/{path}")
    assert "/login/prove" in weak.address
    old = strongly(world)
    world.clock.advance(timedelta(minutes=21))
    old.open(f"/account/methods/{path}")
    assert "/login" in old.address
    nobody = world.browser()
    nobody.open(f"/account/methods/{path}")
    assert "/login" in nobody.address


def test_staff_do_not_see_text_messages(world: World) -> None:
    """Domain §5: the page is not there for them."""
    world.seed(replace(OLA, totp_secret=MEG.totp_secret, mobile="+12025550178"))
    visitor = strongly(world, OLA, "/account/methods")
    assert "Add codes by text message" not in visitor.text
    visitor.open("/account/methods/phone")
    assert visitor.answer.status_code == 404


def test_after_a_recovery_what_is_bound_next_is_held(world: World) -> None:
    """Capability B6: every address hears that all is gone; the new factor is held, and the page says until when."""
    (account_id,) = world.seed(MEG)
    recovery_set(world, account_id)
    until = world.clock.now() + timedelta(hours=24)
    with world.context.transaction(SYSTEM) as work:
        mfa.remove_all(work, account_id, "desk", until)
    assert subjects(world)[-1] == "Your second ways of signing in were removed"
    visitor = world.signed_in(MEG)
    add_app(world, visitor)
    assert "they cannot approve access or change your e-mail and phone" in visitor.text
    with world.context.reading() as session:
        (method,) = mfa.methods(session, account_id)
        assert method.holds_until == until == mfa.held_until(session, account_id, world.clock.now())
        assert mfa.held_until(session, account_id, until) is None
    gone = [event.data["kind"] for event in world.published("credential.changed") if event.data["change"] == "removed"]
    assert sorted(gone) == ["authenticator_app", "recovery_set"]


def test_an_account_has_ten_methods_at_most(world: World) -> None:
    """A stolen session cannot bury the owner's methods under others."""
    (account_id,) = world.seed(PAT)
    visitor = world.signed_in(PAT)
    for number in range(10):
        add_app(world, visitor, f"app {number}")
        world.clock.advance(timedelta(seconds=30))
    visitor.open("/account/methods/app")
    type_code(visitor, "123456", "Finish setting up")
    assert "You have as many ways of signing in as an account may have" in visitor.text
    with world.context.reading() as session:
        assert len(mfa.methods(session, account_id)) == 10


def _press_anyway(world: World, visitor: PageVisitor) -> int:
    """Send the form that the page did not offer."""
    token = re.search('name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert token is not None
    headers = {"Origin": world.origin, "Accept": "text/html"}
    return visitor._http.post(visitor.address, data={"csrf_token": token[1]}, headers=headers).status_code


def test_an_app_of_an_earlier_release_still_works(tmp_path: Path) -> None:
    """The columns that came with names and phones are empty for it; it proves, is listed, and can be named."""
    url = f"sqlite:///{tmp_path / 'earlier.db'}"
    people_of_the_second_release(tmp_path, url)
    database = open_database(url)
    with database.transaction() as session:
        values = {"secret": str(SecretBox([KEEP.encode()]).encrypt(SECRET)), "at": MONDAY.isoformat(sep=" ")[:19]}
        session.execute(text(_APP), values)
    database.close()
    world = World(tmp_path, url)
    visitor = strongly(world, PAT, "/account/methods")
    assert "Authenticator app" in visitor.text
    visitor.follow("Rename Authenticator app")
    visitor.fill("Name of the app", "old phone")
    visitor.press("Keep this name")
    assert "Authenticator app: old phone" in visitor.text
    world.close()
