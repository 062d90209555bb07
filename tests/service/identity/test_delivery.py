"""What became of a message: told where its reader waits, told to the desk, corrected when it comes back."""

from collections.abc import Iterator

import pytest

from identity.codes import rules
from identity.codes import service as codes
from identity.contacts import service as contacts
from shared.notices.captured import CapturedMessages
from shared.notices.sender import Sender
from tests.service.identity.factors import (
    TED,
    TWO_FACTORS,
    ask_for_code,
    bind,
    code_in,
    texts,
    with_phone,
)
from tests.service.identity.world import PAT, World, type_code

PATH = "/api/identity/v1/bounces"


@pytest.fixture
def sender(world: World) -> Iterator[Sender]:
    """The worker that sends, with the transport of the local run."""
    captured = CapturedMessages(world.clock)
    yield Sender(world.context.database, world.clock, {"email": captured, "sms": captured})


def report(world: World, message_id: object, scope: str = "notices.report", **more: object) -> int:
    """A mail server or a gateway says that a message came back; return the status of the answer."""
    return world.api(scope).post(PATH, json={"message_id": message_id, **more}).status_code


def last_notice(world: World) -> str:
    """The id of the newest message."""
    return str(world.mails()[-1].id)


def test_the_page_says_where_the_code_is(world: World, sender: Sender) -> None:
    """Capability C7: on its way, sent, and not delivered, with the address masked; another way is offered."""
    account_id = with_phone(world)
    visitor = ask_for_code(world)
    assert "A code is on its way to •••• 0111." in visitor.text
    sender.run_once()
    visitor.open(visitor.address)
    assert "We sent a code to •••• 0111." in visitor.text
    assert report(world, last_notice(world), reason="no_such_address") == 204
    visitor.open(visitor.address)
    assert "Not delivered to •••• 0111" in visitor.text and "Use another way" in visitor.text
    assert ("notice.bounced", last_notice(world)) in world.audited() and account_id


def test_the_desk_sees_what_became_of_messages(world: World, sender: Sender) -> None:
    """Capability C7: channel, masked address, state and time of the last codes, never the code."""
    account_id = with_phone(world)
    ask_for_code(world)
    sender.run_once()
    report(world, last_notice(world))
    with world.context.reading() as session:
        (seen,) = codes.recent(session, account_id)
    assert (seen.channel, seen.masked, seen.state, seen.sent_at) == ("sms", "•••• 0111", "failed", world.clock.now())


def test_after_a_bounce_a_further_code_can_be_sent_and_used(world: World, sender: Sender) -> None:
    """A number that is mended keeps its page; the newest message is the one that is told of."""
    with_phone(world)
    visitor = ask_for_code(world)
    sender.run_once()
    report(world, last_notice(world))
    world.clock.advance(rules.LIFE / 2)
    visitor.open(visitor.address)
    visitor.press("Send another code")
    assert "A code is on its way" in visitor.text
    type_code(visitor, code_in(texts(world)[-1]))
    assert visitor.address.endswith("/account?came=back")


def test_an_address_that_cannot_exist_bounces_in_the_local_run(world: World, sender: Sender) -> None:
    """RFC 2606: under .invalid nothing is ever delivered, so anybody can see what then happens."""
    nowhere = type(PAT)(**{**vars(PAT), "email": "jo@clinic.invalid"})
    (account_id,) = world.seed(nowhere)
    bind(world, account_id, "email")
    with world.context.transaction() as work:
        contact = next(one for one in contacts.listing(work.session, account_id) if one.kind == "email")
        codes.send(work, purpose="verify", bound_to="ses_1", contact=contact)
    sender.run_once()
    with world.context.reading() as session:
        (told,) = codes.delivery(session, purpose="verify", bound_to="ses_1")
    assert (told.state, told.masked) == ("failed", "j***@c***.invalid")


@pytest.mark.parametrize("form", ["{id}", "<{id}@payer.example>", " <{id}@mail.payer.example> "])
def test_a_report_names_the_message_as_servers_do(world: World, sender: Sender, form: str) -> None:
    """With or without the brackets and the domain of a Message-ID (RFC 5322 §3.6.4); twice is as good as once."""
    with_phone(world)
    ask_for_code(world)
    sender.run_once()
    message_id = form.format(id=last_notice(world))
    assert [report(world, message_id), report(world, message_id)] == [204, 204]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"message_id": "ntc_0000000000000000000000000000"}, 404),
        ({"message_id": "not ours at all"}, 422),
        ({"message_id": "<ntc_1@evil example>"}, 422),
        ({"message_id": 7}, 422),
        ({"message_id": "ntc_1", "reason": "because"}, 422),
        ({"message_id": "ntc_1", "state": "sent"}, 422),
        ({}, 422),
    ],
)
def test_reports_of_nothing_change_nothing(world: World, body: dict[str, object], status: int) -> None:
    """Unknown messages, other shapes, fields nobody asked for (threat 34)."""
    assert world.api("notices.report").post(PATH, json=body).status_code == status


def test_a_message_that_has_not_left_cannot_have_come_back(world: World) -> None:
    """A report before the sending is a mistake: it must not stop the message."""
    with_phone(world)
    ask_for_code(world)
    assert report(world, last_notice(world)) == 404


def test_only_who_may_report_is_heard(world: World) -> None:
    """Another scope: 403. No token: 401. A stranger must not be able to say that codes do not arrive."""
    assert report(world, "ntc_1", scope="accounts.read") == 403
    stranger = world.browser()._http
    assert stranger.post(f"{world.origin}{PATH}", json={"message_id": "ntc_1"}).status_code == 401


def test_asking_again_elsewhere_begins_its_own_messages(world: World) -> None:
    """What one browser was sent is not told in another (ASVS 6.6.2)."""
    with_phone(world)
    ask_for_code(world)
    other = world.signed_in(TED, world.ticket(required_acr=TWO_FACTORS))
    assert "Send the code" in other.text and "on its way" not in other.text
