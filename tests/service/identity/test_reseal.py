"""Identity under a new key: apps, paper, signing keys and what else was sealed outlive the key that sealed them."""

import pytest
from sqlalchemy import select, update

from identity.mfa import recovery_codes
from identity.mfa.models import Authenticator, RecoveryCode
from identity.oidc.keys import service as signing_keys
from identity.oidc.provider import Provider
from identity.sessions.ticket import Ticket, sign
from shared.sealed import Sealed
from tests.service.identity.factors import TWO_FACTORS, recovery_set, with_phone
from tests.service.identity.world import KEEP, MEG, World, type_code
from tests.support.keys import NEW, key_of, resealed
from tests.support.pages import PageVisitor


@pytest.fixture
def paper(world: World) -> list[str]:
    """Meg has an app and codes on paper, Ted has codes by text message, and the provider has signing keys."""
    (account_id,) = world.seed(MEG)
    with_phone(world)
    with world.context.transaction() as work:
        signing_keys.ensure(work, world.context.part(Provider).box)
    return recovery_set(world, account_id)


def under(world: World, *keys: str) -> World:
    """The same database under other keys."""
    url = f"sqlite:///{world.folder / 'identity.db'}"
    return World(world.folder, url, clock=world.clock, changes={"secret_key": " ".join(keys)})


def asked_twice(world: World) -> PageVisitor:
    """Meg's browser, where an app asks for a second factor; tickets are signed with the newest key."""
    wanted = Ticket("/account?came=back", client_name="Sample Portal", required_acr=TWO_FACTORS)
    key = key_of(world.context).split()[0].encode()
    return world.signed_in(MEG, f"/login?ticket={sign(wanted, key=key, now=world.clock.now())}")


def by_app(world: World) -> str:
    """Where the app on the phone leads."""
    visitor = asked_twice(world)
    type_code(visitor, world.code())
    return visitor.address.partition("/account")[2]


def by_paper(world: World, code: str) -> str:
    """Where a code on paper leads."""
    lost = asked_twice(world)
    lost.follow("Use another way")
    lost.choose("Recovery code")
    lost.press("Continue")
    lost.fill("Recovery code", code)
    lost.press("Continue")
    return lost.address.partition("/account")[2]


def test_apps_paper_and_signing_keys_outlive_their_key(world: World, paper: list[str]) -> None:
    """Resealed, and the old key removed: the app's codes fit, codes on paper work once, tokens verify as before."""
    published = world.browser()._http.get(f"{world.origin}/oauth/jwks").json()
    assert published["keys"]
    both = under(world, NEW, KEEP)
    told = resealed(both.context)
    assert (told["left_under_another_key"], told["opened_by_no_key"], told["older_keys"]) == (0, 0, "can be removed")
    assert told["resealed"] >= 1 + 10 + len(published["keys"])
    both.close()
    after = under(world, NEW)
    assert after.browser()._http.get(f"{world.origin}/oauth/jwks").json() == published
    assert by_app(after) == by_paper(after, paper[0]) == "?came=back"
    assert by_paper(after, paper[0]) != "?came=back"
    after.close()


def test_everything_works_between_the_steps(world: World, paper: list[str]) -> None:
    """While both keys are there nobody notices: before the command, and after it with the old key still in the file."""
    both = under(world, NEW, KEEP)
    assert by_paper(both, paper[0]) == "?came=back"
    resealed(both.context)
    assert by_paper(both, paper[1]) == by_app(both) == "?came=back"
    both.close()


def test_who_has_no_app_has_nothing_sealed(world: World, paper: list[str]) -> None:
    """A factor without a secret is nobody's worry: it is neither counted nor reported."""
    both = under(world, NEW, KEEP)
    resealed(both.context)
    with both.context.reading() as session:
        secrets = sorted(session.scalars(select(Authenticator.secret)), key=len)
    assert secrets[0] == "" and len(secrets) == 2
    both.close()


def test_codes_of_before_work_as_long_as_their_key_is_there(world: World, paper: list[str]) -> None:
    """Sets that were hashed with the key itself: a code fits, and the command names each as bound to an older key."""
    as_made_before(world, paper)
    both = under(world, NEW, KEEP)
    assert by_paper(both, paper[0]) == "?came=back"
    told = resealed(both.context, exit_code=1)
    assert told["opened_by_no_key"] == 10 and told["older_keys"].startswith("keep them")
    assert told["rows_opened_by_no_key"][0].startswith("recovery_codes.code_hash rcc_")
    assert by_paper(both, paper[1]) == "?came=back"
    both.close()


def as_made_before(world: World, paper: list[str]) -> None:
    """Store the codes the way they were stored until decision 0060."""
    with world.context.transaction() as work:
        rows = work.session.scalars(select(RecoveryCode)).all()
        forms = [recovery_codes._forms([KEEP.encode()], rows[0].salt, code.replace("-", ""))[-1] for code in paper]
        for row, form in zip(rows, forms, strict=True):
            changed = update(RecoveryCode).where(RecoveryCode.id == row.id).values(code_hash=Sealed(form))
            work.session.execute(changed)
