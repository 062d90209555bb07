"""Threat 29 where codes of several kinds are on their way at once: each opens its own door, and a used run is over."""

from datetime import timedelta

import pytest

from identity.codes import service as codes
from identity.codes.service import Sent
from identity.contacts import service as contacts
from tests.service.identity.factors import TED, TWO_FACTORS, ask_for_code, code_in, texts, with_phone
from tests.service.identity.world import PASSWORD, World, type_code, type_password

PURPOSES = ("second_factor", "verify", "contact", "binding", "recovery")


def test_attack_29_what_was_sent_beside_a_used_code_is_dead_in_the_same_session(world: World) -> None:
    """Threat 29, ASVS 6.5.1: of two codes of a resend one signs in; the other steps nothing up, though still young."""
    with_phone(world)
    visitor = ask_for_code(world)
    world.clock.advance(timedelta(seconds=31))
    visitor.press("Send another code")
    first, second = map(code_in, texts(world))
    type_code(visitor, first)
    assert visitor.address.endswith("/account?came=back")
    world.clock.advance(timedelta(seconds=61))
    afresh = world.ticket(required_acr=TWO_FACTORS, not_before=world.clock.now())
    type_password(visitor, TED.user_id, PASSWORD, afresh)
    visitor.press("Send the code")
    third = code_in(texts(world)[-1])
    assert len(texts(world)) == 3
    type_code(visitor, second)
    assert "This code does not fit" in visitor.text
    type_code(visitor, third)
    assert visitor.address.endswith("/account?came=back")


@pytest.mark.parametrize(("sent", "asked"), list(zip(PURPOSES, (*PURPOSES[1:], PURPOSES[0]), strict=True)))
def test_attack_29_a_code_for_one_purpose_while_another_waits_too(world: World, sent: str, asked: str) -> None:
    """Threat 29, ASVS 6.6.2: both were asked for in one session and both wait; neither passes for the other."""
    (account_id,) = world.seed(TED)
    with world.context.reading() as session:
        phone = next(one for one in contacts.listing(session, account_id) if one.kind == "sms")
    with world.context.transaction() as work:
        for purpose in (sent, asked):
            assert isinstance(codes.send(work, purpose=purpose, bound_to="ses_one", contact=phone), Sent)
    first, second = map(code_in, texts(world))
    with world.context.transaction() as work:
        assert codes.prove(work, purpose=asked, bound_to="ses_one", typed=first) is None
        assert codes.prove(work, purpose=asked, bound_to="ses_one", typed=second) is not None
    with world.context.transaction() as work:
        assert codes.prove(work, purpose=sent, bound_to="ses_one", typed=first) is not None
