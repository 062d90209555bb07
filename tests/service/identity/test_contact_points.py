"""Contact points: adding one, proving it with a code, and who may do so."""

from datetime import timedelta

import pytest

from identity.contacts import changes
from identity.demo import Someone
from tests.service.identity.address_book import (
    HOUR,
    LIST,
    PROVED_EMAIL,
    SECOND,
    add,
    ask,
    at_contacts,
    listed,
    recovers,
    sent_code,
    with_unproved_address,
)
from tests.service.identity.world import NEW, PASSWORD, PAT, World, type_code


def test_what_the_account_was_opened_with_recovers_it(world: World) -> None:
    """Proved at registration, trusted from the beginning, found however it is spelled."""
    (account_id,) = world.seed(PAT)
    assert recovers(world, "PAT@lakeside.example") == recovers(world, "(202) 555-0110") == [account_id]


def test_an_unproved_opening_recovers_nothing(world: World) -> None:
    """What an operator typed for a colleague is no proof of anything."""
    visitor = with_unproved_address(world)
    assert recovers(world, "sam@payer.example") == []
    visitor.open(LIST)
    assert "not proved yet" in visitor.text


def test_the_event_says_what_the_main_addresses_are(world: World) -> None:
    """Listeners keep one truth for each account, in order."""
    (account_id,) = world.seed(PAT)
    add(world, at_contacts(world, PAT))
    (told,) = world.published("contact.changed")
    assert told.subject == account_id
    assert told.data["change"] == "added" and told.data["email"] == "pat@lakeside.example"
    assert ("contact.added", account_id) in world.audited()


def test_a_wrong_code_proves_nothing_and_five_are_the_end(world: World) -> None:
    """Guessing is counted over the whole address (threat 29)."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    ask(visitor, SECOND)
    right = sent_code(world, SECOND)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        type_code(visitor, wrong, PROVED_EMAIL)
    assert "Too many wrong codes" in visitor.text
    found = listed(world, account_id)
    assert found is not None and not found.proved


def test_asking_again_keeps_the_first_code(world: World) -> None:
    """A resend never voids what is on its way (capability M24)."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    ask(visitor, SECOND)
    first = sent_code(world, SECOND)
    visitor.press("Send another code")
    assert visitor.answer.status_code == 429
    world.clock.advance(timedelta(minutes=1))
    visitor.press("Send another code")
    type_code(visitor, first, PROVED_EMAIL)
    found = listed(world, account_id)
    assert found is not None and found.proved


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("email", "", "Enter an e-mail address"),
        ("email", "pat at home", "Enter an e-mail address in the form"),
        ("sms", "555 0142", "Enter a mobile number with its area code"),
        ("sms", "800 555 0142", "cannot receive text messages"),
        ("email", "PAT@lakeside.example", "among your contact points already"),
        ("sms", "(202) 555-0110", "among your contact points already"),
    ],
)
def test_what_cannot_be_added_is_said(world: World, kind: str, typed: str, sentence: str) -> None:
    """Each fault has its own sentence, and what was typed stays in the field."""
    world.seed(PAT)
    visitor = at_contacts(world, PAT)
    ask(visitor, typed, kind)
    assert visitor.answer.status_code == 422
    assert sentence in visitor.text


def test_nobody_fills_a_mailbox_with_codes(world: World) -> None:
    """Ten addresses a day, removed ones counted: else the page would be a way to pester strangers."""
    world.seed(PAT)
    visitor = at_contacts(world, PAT)
    for number in range(8):
        ask(visitor, f"stranger{number}@elsewhere.example")
        visitor.open(visitor.address.replace("/code", "/remove"))
        visitor.press("Remove this address")
    ask(visitor, "one.more@elsewhere.example")
    assert "as many addresses as we keep" in visitor.text
    world.clock.advance(25 * HOUR)
    visitor = at_contacts(world, PAT)
    ask(visitor, "one.more@elsewhere.example")
    assert "/code" in visitor.address


def test_a_first_mobile_is_the_main_one_and_the_old_mobile_hears_of_a_second(world: World) -> None:
    """A text message tells a telephone that another one was added."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    ask(visitor, "202 555 0177", "sms")
    type_code(visitor, sent_code(world, "+12025550177"), PROVED_EMAIL)
    texted = [row.recipient for row in world.mails() if row.channel == "sms" and "new way to reach you" in row.body]
    assert "+1 202 555 0110" in texted
    found = listed(world, account_id, "+12025550177")
    assert found is not None and found.proved and not found.primary


def test_one_s_own_unproved_address_is_trusted_once_it_is_proved(world: World) -> None:
    """It is no change: the account was opened with it."""
    visitor = with_unproved_address(world)
    visitor.open(LIST)
    visitor.follow("Prove it with a code")
    visitor.press("Send a code")
    type_code(visitor, sent_code(world, "sam@payer.example"), PROVED_EMAIL)
    assert len(recovers(world, "sam@payer.example")) == 1


def test_another_person_s_address_does_not_exist(world: World) -> None:
    """Every page about an address answers 404 for one that is somebody else's (threat 15)."""
    world.seed(PAT)
    (nell,) = world.seed(NEW)
    theirs = listed(world, nell, NEW.email)
    assert theirs is not None
    visitor = at_contacts(world, PAT)
    for act in ("code", "confirm", "main", "remove"):
        visitor.open(f"{LIST}/{theirs.id}/{act}")
        assert visitor.answer.status_code == 404, act


def test_changes_need_a_fresh_sign_in(world: World) -> None:
    """Whoever comes by an unlocked screen after twenty minutes is asked for the password first (ASVS 7.5.1)."""
    world.seed(PAT)
    visitor = at_contacts(world, PAT)
    world.clock.advance(timedelta(minutes=21))
    visitor.open(f"{LIST}/add/email")
    assert "/login" in visitor.address


def test_fields_that_nobody_offers_change_nothing(world: World) -> None:
    """Status, proof and trust are not for forms to set (threat 34)."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    visitor.open(f"{LIST}/add/email")
    visitor.fill("E-mail address", SECOND)
    fields = [("proved_at", "2020-01-01"), ("trusted_from", "2020-01-01"), ("is_primary", "1")]
    form = visitor._page.xpath("//form[.//input[@name='address']]")[0]
    visitor._go("POST", visitor.address, visitor._values(form) + fields)
    found = listed(world, account_id)
    assert found is not None and (found.proved, found.trusted_from, found.primary) == (False, None, False)


def test_a_name_is_never_markup(world: World) -> None:
    """Names and addresses arrive escaped on every page (threat 46)."""
    mallory = Someone("mall.ory", PASSWORD, "<script>alert(1)</script>{{7*7}}", "m'<b>@lakeside.example", active=True)
    world.seed(mallory)
    visitor = at_contacts(world, mallory)
    assert "<script>alert(1)" not in visitor.answer.text and "<b>@" not in visitor.answer.text
    assert "{{7*7}}" in visitor.answer.text


def test_what_is_over_is_forgotten(world: World) -> None:
    """Unproved addresses go after a day, removed ones after ten; the rest stays."""
    (account_id,) = world.seed(PAT)
    visitor = at_contacts(world, PAT)
    ask(visitor, SECOND)
    world.clock.advance(timedelta(days=1, minutes=1))
    assert changes.forget_old(world.context) == 1
    assert listed(world, account_id) is None and listed(world, account_id, PAT.email) is not None
