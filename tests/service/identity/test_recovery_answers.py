"""The worker that answers: late, twice, too early, or when what it finds has changed since it was asked."""

from datetime import timedelta

import pytest
from sqlalchemy import text, update

from identity.accounts import service as accounts
from identity.codes import service as codes
from identity.contacts import service as contacts
from identity.contacts.models import ContactPoint
from identity.recovery import counts
from identity.recovery.answering import answer
from identity.recovery.limits import PER_ACCOUNT, PER_PAIR, WRONG_CODES, Limit
from tests.service.identity.recoveries import (
    ask_for_user_id,
    codes_to,
    forgot_password,
    last_code,
    messages,
    type_code,
)
from tests.service.identity.world import PAT, World
from tests.support.pages import PageVisitor


def asked(world: World, user_id: str = PAT.user_id, address: str = PAT.email) -> PageVisitor:
    """A password is forgotten, and nobody has answered yet."""
    visitor = world.browser()
    visitor.open("/recover/password")
    visitor.fill("User ID", user_id)
    visitor.fill("E-mail address or mobile number of your account", address)
    visitor.press("Send a code")
    return visitor


def waiting(world: World) -> int:
    """How many requests wait."""
    with world.context.reading() as session:
        return int(session.execute(text("SELECT count(*) FROM recovery_requests")).scalar_one())


def test_an_answer_says_how_many_requests_it_was(world: World) -> None:
    """What the worker logs; known and unknown names count alike."""
    world.seed(PAT)
    asked(world)
    asked(world, "nobody.here")
    ask_for_user_id(world, PAT.email)
    assert waiting(world) == 3 and answer(world.context) == 3 and waiting(world) == 0
    assert answer(world.context) == 0


def test_more_requests_than_one_look_takes_are_answered_by_the_next(world: World) -> None:
    """Nobody is forgotten in a rush; the longest waiting come first."""
    world.seed(PAT)
    for number in range(60):
        source = world.browser(address=f"192.0.2.{100 + number % 3}")
        source.open("/recover/user-id")
        source.fill("E-mail address or mobile number", f"person{number}@lakeside.example")
        source.press("Send my user ID")
    last = asked(world)
    assert answer(world.context) == 50
    assert codes_to(world, PAT.email) == []
    assert answer(world.context) == 11
    type_code(last, last_code(world, PAT.email))
    assert last.address.endswith("/recover/new-password")


def test_a_code_typed_before_there_is_one_is_a_wrong_code(world: World) -> None:
    """The page waits for nobody; afterwards the right one still opens."""
    world.seed(PAT)
    visitor = asked(world)
    type_code(visitor, "123456")
    assert "This code does not fit" in visitor.text
    answer(world.context)
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.address.endswith("/recover/new-password")


@pytest.mark.parametrize("change", ["closed", "suspended", "address", "another owner"])
def test_what_changed_since_it_was_asked_counts(world: World, change: str) -> None:
    """Looked up when it is answered, by the state of that moment (C5, threat 53)."""
    (pat,) = world.seed(PAT)
    asked(world)
    with world.context.transaction() as work:
        if change == "closed":
            accounts.close(work, pat, "left")
        if change == "suspended":
            accounts.suspend(work, pat, "reported")
        mine = (ContactPoint.account_id == pat) & (ContactPoint.kind == "email")
        if change == "address":
            work.session.execute(update(ContactPoint).where(mine).values(trusted_from=None))
        if change == "another owner":
            work.session.execute(update(ContactPoint).where(mine).values(account_id="acc_other"))
    answer(world.context)
    assert codes_to(world, PAT.email) == []
    assert "code.sent" not in [action for action, _target in world.audited()]


def test_a_request_that_comes_too_early_for_its_address_waits_for_its_time(world: World) -> None:
    """Ten codes an hour of a purpose go to one address; the eleventh follows when it may (threat 29, M24)."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        mailbox = next(one for one in contacts.for_recovery(work.session, pat, work.now) if one.kind == "email")
        for number in range(10):
            codes.send(work, purpose="recovery", bound_to=f"rec_{number}", contact=mailbox)
    world.clock.advance(timedelta(minutes=55))
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    assert len(codes_to(world, PAT.email)) == 10 and waiting(world) == 1
    world.clock.advance(timedelta(minutes=5))
    answer(world.context)
    assert waiting(world) == 0
    type_code(visitor, last_code(world, PAT.email))
    assert visitor.address.endswith("/recover/new-password")


def test_a_resend_is_one_more_code_to_the_same_address(world: World) -> None:
    """It goes where the first went, and nowhere for a name that nobody has."""
    world.seed(PAT)
    for user_id, expected in ((PAT.user_id, 2), ("nobody.here", 2)):
        visitor = forgot_password(world, user_id, PAT.email)
        world.clock.advance(timedelta(seconds=31))
        visitor.press("Send another code")
        assert "Another code is on the way" in visitor.text
        answer(world.context)
        assert len(codes_to(world, PAT.email)) == expected


def test_an_ended_recovery_gets_no_more_codes(world: World) -> None:
    """Asked for before the fifth wrong code, answered after it: nothing is sent."""
    world.seed(PAT)
    visitor = forgot_password(world, PAT.user_id, PAT.email)
    world.clock.advance(timedelta(seconds=31))
    visitor.press("Send another code")
    for _ in range(5):
        type_code(visitor, "000000")
    answer(world.context)
    assert len(codes_to(world, PAT.email)) == 1


def test_a_text_message_tells_the_user_id_too(world: World) -> None:
    """Short, with our name in front; no link, no other word about the account (C1)."""
    world.seed(PAT)
    ask_for_user_id(world, "(202) 555-0110")
    answer(world.context)
    [message] = [each for each in messages(world) if each.channel == "sms"]
    assert str(message.body) == f"{world.settings.brand}: your user ID is {PAT.user_id}"


@pytest.mark.parametrize("limit", [PER_PAIR, PER_ACCOUNT, WRONG_CODES])
def test_a_limit_is_taken_so_often_and_begins_anew_after_its_window(world: World, limit: Limit) -> None:
    """Exactly its number, then the instant at which it ends; other names are not touched."""
    with world.context.transaction() as work:
        assert [counts.use_up(work, {limit: "a"}) for _ in range(limit.most)] == [None] * limit.most
        assert counts.use_up(work, {limit: "a"}) == work.now + limit.window
        assert counts.spent(work.session, limit, "a", work.now) == work.now + limit.window
        assert counts.use_up(work, {limit: "b"}) is None
        assert counts.spent(work.session, limit, "b", work.now) is None
    world.clock.advance(limit.window)
    with world.context.transaction() as work:
        assert counts.spent(work.session, limit, "a", work.now) is None
        assert counts.use_up(work, {limit: "a"}) is None


def test_of_several_limits_the_longest_wait_is_told(world: World) -> None:
    """Whoever is stopped by two of them is told when both are over."""
    short, long = Limit("short", 1, timedelta(minutes=1)), Limit("long", 1, timedelta(hours=1))
    with world.context.transaction() as work:
        assert counts.use_up(work, {short: "a", long: "a"}) is None
        assert counts.use_up(work, {short: "a", long: "a"}) == work.now + timedelta(hours=1)
