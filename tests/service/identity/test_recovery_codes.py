"""Recovery codes: shown once, kept as hashes, each good once in every form, the old set dead, every address told."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from identity.mfa import service as mfa
from identity.mfa.models import RecoveryCode
from tests.service.identity.factors import TWO_FACTORS, recovery_set, strongly, subjects
from tests.service.identity.world import MEG, PAT, World, type_code
from tests.support.pages import PageVisitor

_CODE = re.compile(r"\b(?:[0-9a-hjkmnp-tv-z]{4}-){3}[0-9a-hjkmnp-tv-z]{4}\b")


def by_recovery_code(world: World, typed: str) -> PageVisitor:
    """Meg, without her phone, types one of her codes."""
    visitor = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    visitor.follow("Use another way")
    visitor.choose("Recovery code")
    visitor.press("Continue")
    type_recovery_code(visitor, typed)
    return visitor


def type_recovery_code(visitor: PageVisitor, typed: str) -> None:
    """Send a recovery code from where the browser is."""
    visitor.fill("Recovery code", typed)
    visitor.press("Continue")


def test_ten_codes_are_shown_once(world: World) -> None:
    """Capability B4: ten, on the page that made them and nowhere else; how many are left is always visible."""
    world.seed(MEG)
    visitor = strongly(world, address="/account/methods")
    visitor.follow("Get recovery codes")
    visitor.press("Show me my codes")
    codes = _CODE.findall(visitor.text)
    assert len(set(codes)) == 10
    assert visitor.answer.headers["Cache-Control"] == "no-store"
    visitor.follow("I saved them. Continue")
    assert "10 unused codes are left" in visitor.text and not _CODE.search(visitor.text)
    assert "A set of recovery codes was added to your account" in subjects(world)


def test_each_code_works_once(world: World) -> None:
    """ASVS 6.5.1, threat 30: the first use signs in and is told to the owner; the second does not fit."""
    (account_id,) = world.seed(MEG)
    codes = recovery_set(world, account_id)
    visitor = by_recovery_code(world, codes[3])
    assert visitor.address.endswith("/account?came=back")
    assert subjects(world)[-1] == "A recovery code of your account was used"
    assert "Codes left: 9." in world.mails()[-1].body
    again = by_recovery_code(world, codes[3])
    assert "This is none of your unused recovery codes" in again.text
    type_recovery_code(again, codes[4])
    assert again.address.endswith("/account?came=back")


@pytest.mark.parametrize(
    "form", [str.upper, lambda code: code.replace("-", ""), lambda code: f"  {code.replace('-', ' ')} "]
)
def test_a_used_code_is_used_in_every_form(world: World, form: object) -> None:
    """Threat 30, case and spaces: another way of writing it fits the first time, and makes no second use."""
    (account_id,) = world.seed(MEG)
    code = recovery_set(world, account_id)[0]
    assert by_recovery_code(world, form(code)).address.endswith("/account?came=back")  # type: ignore[operator]
    assert by_recovery_code(world, code).answer.status_code == 422


def test_a_new_set_kills_the_old_one(world: World) -> None:
    """Threat 30, after regeneration: no old code works, every new one does, and every address hears of it."""
    (account_id,) = world.seed(MEG)
    old = recovery_set(world, account_id)
    visitor = strongly(world, address="/account/methods/recovery-codes")
    assert "The 10 unused codes that you have will not work any more" in visitor.text
    visitor.press("Make new codes")
    new = _CODE.findall(visitor.text)
    assert "New recovery codes were made for your account" in subjects(world)
    world.clock.advance(timedelta(minutes=1))
    refused = by_recovery_code(world, old[0])
    assert refused.answer.status_code == 422
    type_recovery_code(refused, new[0])
    assert refused.address.endswith("/account?came=back")


def test_codes_of_somebody_else_do_not_fit(world: World) -> None:
    """A code belongs to one account."""
    meg, pat = world.seed(MEG, PAT)
    recovery_set(world, meg)
    theirs = recovery_set(world, pat)
    assert by_recovery_code(world, theirs[0]).answer.status_code == 422


def test_guessing_recovery_codes_ends_after_five(world: World) -> None:
    """ASVS 6.6.3, SP 800-63B-4 §4.2.1.1: throttled like every other code; the right one waits as well."""
    (account_id,) = world.seed(MEG)
    codes = recovery_set(world, account_id)
    visitor = by_recovery_code(world, "0000-0000-0000-0000")
    for guess in range(4):
        type_recovery_code(visitor, f"0000-0000-0000-000{guess}")
    type_recovery_code(visitor, codes[0])
    assert "Too many attempts" in visitor.text
    world.clock.advance(timedelta(minutes=16))
    type_recovery_code(visitor, codes[0])
    assert visitor.address.endswith("/account?came=back")


def test_an_empty_field_and_nonsense_are_told_apart(world: World) -> None:
    """Nothing typed: asked to type. Something that is no code: told that it is none. Neither is a fault of ours."""
    (account_id,) = world.seed(MEG)
    recovery_set(world, account_id)
    visitor = by_recovery_code(world, "")
    assert "Enter one of your recovery codes" in visitor.text
    type_recovery_code(visitor, "no code at all")
    assert "This is none of your unused recovery codes" in visitor.text
    type_recovery_code(visitor, "x" * 5000)
    assert visitor.answer.status_code == 422


def test_only_salted_hashes_are_stored(world: World) -> None:
    """ASVS 6.5.2: a password hash with a salt of its own for each set; nothing of the code in any table."""
    meg, pat = world.seed(MEG, PAT)
    codes = recovery_set(world, meg) + recovery_set(world, pat)
    with world.context.reading() as session:
        rows = session.scalars(select(RecoveryCode)).all()
        salts = {row.account_id: row.salt for row in rows}
        assert len({row.code_hash for row in rows}) == 20 and len(set(salts.values())) == 2
        assert all(code.replace("-", "") not in row.code_hash for row in rows for code in codes)
    assert not any(code in str(event.data) for event in world.published() for code in codes)
    assert not any(code in str(mail.body) for mail in world.mails() for code in codes)


def test_nobody_has_recovery_codes_instead_of_a_factor(world: World) -> None:
    """They stand in for a factor: without one the page makes none, nor does the form that it did not offer."""
    (account_id,) = world.seed(PAT)
    visitor = world.signed_in(PAT)
    visitor.open("/account/methods/recovery-codes")
    assert "Set one of these up first" in visitor.text
    token = re.search('name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert token is not None
    sent = {"data": {"csrf_token": token[1]}, "headers": {"Origin": world.origin, "Accept": "text/html"}}
    assert visitor._http.post(visitor.address, **sent).status_code == 409  # type: ignore[arg-type]
    with world.context.reading() as session:
        assert mfa.methods(session, account_id) == []


def test_the_set_can_be_thrown_away(world: World) -> None:
    """Lost paper: the codes die at once, and the page says that there are none."""
    (account_id,) = world.seed(MEG)
    recovery_set(world, account_id)
    visitor = strongly(world, address="/account/methods/recovery_codes/remove")
    visitor.press("Remove it")
    assert "Get recovery codes" in visitor.text
    assert subjects(world)[-1] == "A set of recovery codes was removed from your account"
    with world.context.reading() as session:
        assert session.scalars(select(RecoveryCode)).all() == []


def test_making_codes_needs_a_fresh_proof_of_the_factor(world: World) -> None:
    """Threat 32, ASVS 7.5.1: a session older than twenty minutes makes none, nor one by password alone."""
    world.seed(MEG)
    old = strongly(world)
    world.clock.advance(timedelta(minutes=21))
    old.open("/account/methods/recovery-codes")
    assert "/login" in old.address
    weak = world.signed_in(MEG, world.ticket())
    weak.open("/account/methods/recovery-codes")
    assert "/login/prove" in weak.address
    type_code(weak, world.code(later=timedelta(0)))
    assert weak.address.endswith("/account/methods/recovery-codes")
