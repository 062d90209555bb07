"""Guessing at sign-in: same answer for everybody, waits per name and per source, and none of it told apart."""

from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Select, Update, select, update

from identity.accounts import service as accounts
from identity.mfa.models import Authenticator
from identity.passwords.models import Password
from identity.policies.rules import DEFAULTS
from shared.cache import CacheAway
from tests.service.identity.world import MEG, NEW, PASSWORD, PAT, World, type_code, type_password
from tests.support.pages import PageVisitor

WRONG = "not the password at all"
TWO_FACTORS = "urn:gatehouse:acr:2"


class NoCache:
    """A cache that never answers."""

    def __getattr__(self, name: str) -> object:
        def away(*_arguments: object, **_options: object) -> None:
            raise CacheAway("refused")

        return away


def test_unknown_name_wrong_password_wrong_case_and_closed_account_answer_alike(world: World) -> None:
    """Status, headers, cookies and words are the same, so nobody learns which names exist (threat 26, ASVS 6.3.8)."""
    _pat, new = world.seed(PAT, NEW)
    with world.context.transaction() as work:
        accounts.close(work, new, "left")
    tried = [("nobody.here", WRONG), (PAT.user_id, WRONG), (PAT.user_id.lower(), PASSWORD), (NEW.user_id, WRONG)]
    assert len({_told(world, name, password) for name, password in tried}) == 1


def test_refusals_are_audited_without_what_was_typed(world: World) -> None:
    """Every failed sign-in leaves a trace; neither the password nor an unknown name does (ASVS 16.3.1)."""
    (pat,) = world.seed(PAT)
    type_password(world.browser(), PAT.user_id, WRONG)
    type_password(world.browser(), "nobody.here", WRONG)
    refused = [target for action, target in world.audited() if action == "sign_in.refused"]
    assert refused == [pat, "unknown"]


@pytest.mark.parametrize("name", [PAT.user_id, "nobody.here"])
def test_from_the_fifth_failure_the_next_try_waits(world: World, name: str) -> None:
    """Five failures cost seconds, for names that exist and names that do not."""
    world.seed(PAT)
    for _ in range(5):
        type_password(world.browser(), name, WRONG)
    visitor = world.browser()
    type_password(visitor, name, PASSWORD)
    assert visitor.answer.status_code == 429
    assert "Wait 2 seconds" in visitor.text and visitor.answer.headers["Retry-After"] == "2"


def test_ten_failures_rest_the_account_for_a_quarter_of_an_hour_and_tell_its_owner(world: World) -> None:
    """The rest is told with its end, published, mailed; it ends by itself and the count starts anew."""
    (pat,) = world.seed(PAT)
    for _ in range(10):
        type_password(world.browser(), PAT.user_id, WRONG)
        world.clock.advance(timedelta(seconds=61))
    visitor = world.browser()
    type_password(visitor, PAT.user_id, PASSWORD)
    assert "try again after 10:24 a.m. Eastern" in visitor.text
    (locked,) = world.published("account.locked")
    assert locked.data["account_id"] == pat and locked.data["locked_until"] == "2026-11-23T15:24:09Z"
    assert "Signing in to your account is paused" in [mail.subject for mail in world.mails()]
    world.run_jobs()
    assert not world.published("account.unlocked")
    world.clock.advance(timedelta(minutes=15))
    world.run_jobs()
    world.run_jobs()
    (unlocked,) = world.published("account.unlocked")
    assert unlocked.sequence > locked.sequence and unlocked.data["status"] == "active"
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.address.endswith("/account")


def test_success_forgets_the_failures_before_it(world: World) -> None:
    """Somebody who mistypes now and then never rests."""
    world.seed(PAT)
    for _ in range(4):
        for _ in range(4):
            type_password(world.browser(), PAT.user_id, WRONG)
        visitor = world.signed_in(PAT)
        assert visitor.answer.status_code == 200 and "does not match" not in visitor.text


def test_case_and_lookalikes_of_a_name_share_its_count(world: World) -> None:
    """Writing the name another way buys no tries (threat 27)."""
    world.seed(PAT)
    for name in ("PatPartner", "patpartner", "PATPARTNER", "P\uff41tPartner", "PatPärtner"):
        type_password(world.browser(), name, WRONG)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.answer.status_code == 429


def test_one_source_spraying_many_names_waits_and_others_do_not(world: World) -> None:
    """Thirty failures a minute from one address stop that address alone; a header cannot change it (threat 27)."""
    world.seed(PAT)
    for number in range(30):
        _post(world, f"somebody{number:02}", "203.0.113.7")
    sprayer = world.browser(address="203.0.113.7")
    sprayer._http.headers["X-Forwarded-For"] = "198.51.100.1"
    type_password(sprayer, PAT.user_id, PASSWORD)
    assert sprayer.answer.status_code == 429
    assert world.signed_in(PAT).address.endswith("/account")


def test_limits_are_stricter_while_the_cache_is_away(tmp_path: Path) -> None:
    """Without the cache each process counts for itself and stops at a quarter: nothing becomes open (threat 42)."""
    world = World(tmp_path, cache=NoCache())  # type: ignore[arg-type]
    world.seed(PAT)
    type_password(world.browser(), PAT.user_id, WRONG)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.answer.status_code == 429
    world.clock.advance(timedelta(minutes=1))
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.address.endswith("/account")
    world.close()


def test_a_hundred_failures_in_a_row_disable_the_password(world: World) -> None:
    """Beyond the hundredth not even the right password opens (SP 800-63B-4 §3.2.2)."""
    world.seed(PAT)
    with world.context.transaction() as work:
        work.session.execute(_fail_99_times())
    type_password(world.browser(), PAT.user_id, WRONG)
    visitor = world.browser()
    type_password(visitor, PAT.user_id, PASSWORD)
    assert visitor.answer.status_code == 403


def test_a_hash_with_weaker_parameters_is_made_anew_at_sign_in(world: World, tmp_path: Path) -> None:
    """Raising the parameters reaches every person at their next sign-in."""
    world.seed(PAT)
    raised = World(tmp_path, changes={"hash_passes": 2})
    assert raised.signed_in(PAT).address.endswith("/account")
    with raised.context.reading() as session:
        assert ",t=2," in session.execute(_all_hashes()).scalar_one()
    raised.close()


def test_sign_in_form_needs_its_token_and_our_origin(world: World) -> None:
    """A form sent from elsewhere, or without its token, changes nothing (login CSRF, threat 21)."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/login")
    form = {"user_id": PAT.user_id, "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Origin": world.origin}, {}):
        assert visitor._http.post(f"{world.origin}/login", data=form, headers=headers).status_code == 403
    assert not world.published("session.started")


def _told(world: World, name: str, password: str) -> tuple[object, ...]:
    visitor = world.browser()
    type_password(visitor, name, password)
    kept = {header: value for header, value in visitor.answer.headers.items() if header not in {"x-request-id"}}
    kept.pop("content-length")
    words = visitor.text
    return visitor.answer.status_code, tuple(sorted(kept.items())), words, visitor.answer.cookies.keys().__len__()


def _post(world: World, name: str, address: str) -> PageVisitor:
    visitor = world.browser(address=address)
    type_password(visitor, name, WRONG)
    return visitor


def _fail_99_times() -> Update:
    return update(Password).values(failures=99)


def _all_hashes() -> Select[str]:
    return select(Password.hash)


def test_wrong_codes_never_make_room_for_an_app_of_the_guesser(world: World) -> None:
    """A hundred wrong codes disable the app (SP 800-63B-4 §3.2.2); they do not turn a password into two factors.

    Somebody who knows only the password must not be led to enrol an app of their own (threat 32).
    """
    (meg,) = world.seed(MEG)
    with world.context.transaction() as work:
        work.session.execute(
            update(Authenticator).where(Authenticator.account_id == meg).values(failures=DEFAULTS.disable_failures - 1)
        )
    guesser = world.signed_in(MEG, world.ticket(required_acr=TWO_FACTORS))
    type_code(guesser, "000000")
    guesser.open(world.ticket(required_acr=TWO_FACTORS))
    assert guesser.address.split("?")[0].endswith("/login/prove")
    guesser.open("/login/enrol")
    assert "Scan" not in guesser.text and guesser.address.split("?")[0].endswith("/login/prove")
    assert guesser.answer.status_code == 403 and "Call the support desk" in guesser.text
    assert any(mail.subject == "A way of signing in was switched off" for mail in world.mails())


def test_a_wait_of_a_clock_that_was_set_back_does_not_last_for_years(world: World) -> None:
    """Wrong passwords on a trial's clock of next spring keep nobody out today."""
    world.seed(PAT)
    world.clock.advance(timedelta(days=110))
    for _ in range(5):
        type_password(world.browser(), PAT.user_id, WRONG)
    world.clock.advance(timedelta(days=-110))
    assert world.signed_in(PAT).address.endswith("/account")
