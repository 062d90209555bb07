"""Accounts held, let go, closed, and made to choose a new password: what their person sees and what others are told."""

from datetime import timedelta

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.sessions import service as sessions
from tests.service.identity.world import MEG, NEW, OLA, PAT, World, membership, type_code

WHY = "Reported by the practice"


def suspend(world: World, account_id: str) -> bool:
    """Hold the account as an operator does, sessions and all."""
    with world.context.transaction() as work:
        held = accounts.suspend(work, account_id, WHY)
        sessions.end_all(work, account_id, "suspended")
        return held


def account(world: World, account_id: str) -> Account:
    """Read the account's row."""
    with world.context.reading() as session:
        return session.get_one(Account, account_id)


def test_a_suspension_is_told_as_a_lock_without_its_reason(world: World) -> None:
    """The operator's words stay with the desk and the audit; apps learn that nobody may sign in."""
    (pat,) = world.seed(PAT)
    assert suspend(world, pat)
    (locked,) = world.published("account.locked")
    assert locked.data["status"] == "locked" and locked.data["locked_until"] is None
    assert WHY not in str(locked.data)
    held = account(world, pat)
    assert (held.status, held.held_from, held.held_reason) == ("suspended", "active", WHY)
    assert held.support_code is not None and held.support_code.isdigit() and len(held.support_code) == 8


def test_the_desk_finds_the_case_by_its_code(world: World) -> None:
    """What the person reads out names the account, and proves nothing."""
    (pat,) = world.seed(PAT)
    suspend(world, pat)
    code = account(world, pat).support_code or ""
    with world.context.reading() as session:
        found = accounts.by_support_code(session, code)
        assert found is not None and found.id == pat
        assert accounts.by_support_code(session, "00000000") is None


def test_a_suspension_ends_where_it_began(world: World) -> None:
    """Active people are active again, pending ones pending; the support code is gone."""
    pat, nell = world.seed(PAT, NEW)
    suspend(world, pat)
    suspend(world, nell)
    with world.context.transaction() as work:
        assert accounts.reinstate(work, pat, "sorted out") and accounts.reinstate(work, nell, "sorted out")
    assert (account(world, pat).status, account(world, nell).status) == ("active", "pending")
    assert [told.data["status"] for told in world.published("account.unlocked")] == ["active", "pending"]
    assert account(world, pat).support_code is None


def test_a_membership_that_arrives_meanwhile_is_not_lost(world: World) -> None:
    """A pending person who is accepted while held returns as an active one."""
    (nell,) = world.seed(NEW)
    suspend(world, nell)
    world.tell("membership.granted", membership(nell))
    assert account(world, nell).status == "suspended"
    with world.context.transaction() as work:
        accounts.reinstate(work, nell, "sorted out")
    assert account(world, nell).status == "active"


def test_holding_twice_and_letting_go_of_nobody_change_nothing(world: World) -> None:
    """Each act happens once; the second is refused without a trace."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        assert not accounts.reinstate(work, pat, "why not")
    assert suspend(world, pat) and not suspend(world, pat)
    assert len(world.published("account.locked")) == 1 and not world.published("account.unlocked")


def test_a_suspended_person_is_out_at_once(world: World) -> None:
    """The open session is dead at its next request (threat 53, ASVS 7.4.2)."""
    (pat,) = world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(return_path="/account/contacts"))
    suspend(world, pat)
    visitor.open("/account/contacts")
    assert "/login" in visitor.address
    (ended,) = world.published("session.ended")
    assert ended.data["account_id"] == pat


def test_even_a_session_that_nobody_ended_is_over(world: World) -> None:
    """The state of the account is asked on every request, not only the session's row (threat 53)."""
    (pat,) = world.seed(PAT)
    visitor = world.signed_in(PAT, world.ticket(return_path="/account/contacts"))
    with world.context.transaction() as work:
        accounts.suspend(work, pat, WHY)
    visitor.open("/account/contacts")
    assert "/login" in visitor.address


def test_a_held_person_sees_a_code_and_a_number_but_no_reason(world: World) -> None:
    """After proof, and only then: whom to call and what to read out."""
    (pat,) = world.seed(PAT)
    suspend(world, pat)
    visitor = world.signed_in(PAT)
    code = account(world, pat).support_code or ""
    assert "Call the support desk" in visitor.text
    assert f"{code[:4]} {code[4:]}" in visitor.text and world.settings.help_phone in visitor.text
    assert WHY not in visitor.answer.text


def test_without_proof_a_held_account_looks_like_any_other(world: World) -> None:
    """A wrong password for a held, a closed and an unknown name gives the same answer (ASVS 6.3.8, threat 26)."""
    (pat, nell) = world.seed(PAT, NEW)
    suspend(world, pat)
    with world.context.transaction() as work:
        accounts.close(work, nell, "gone")
    seen = set()
    for user_id in (PAT.user_id, NEW.user_id, "nobody.here"):
        visitor = world.browser()
        visitor.open("/login")
        visitor.fill("User ID", user_id)
        visitor.fill("Password", "not the password at all")
        visitor.press("Sign in")
        seen.add((visitor.answer.status_code, visitor.text))
    assert len(seen) == 1


def test_closing_is_for_good(world: World) -> None:
    """Told once, held by nothing, and nobody else ever gets the user ID."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        assert accounts.close(work, pat, "left the practice")
        assert not accounts.close(work, pat, "again")
        assert not accounts.suspend(work, pat, "why not") and not accounts.reinstate(work, pat, "why not")
        assert accounts.is_taken(work.session, PAT.user_id)
    (closed,) = world.published("account.closed")
    assert closed.data["status"] == "closed" and closed.subject == pat
    assert account(world, pat).closed_at == world.clock.now()


def test_a_closed_account_says_so_after_proof(world: World) -> None:
    """Its person learns that it is closed, and where to begin anew."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        accounts.close(work, pat, "own_wish")
    visitor = world.signed_in(PAT)
    assert "This account is closed" in visitor.text and visitor.leads_to("Register now").endswith("/register")


def test_a_person_closes_their_own_account(world: World) -> None:
    """After a second question; signed out everywhere, and every address is told (ASVS 7.4.2)."""
    (pat,) = world.seed(PAT)
    other = world.signed_in(PAT, world.ticket(return_path="/account/contacts"))
    visitor = world.signed_in(PAT, world.ticket(return_path="/account/close"))
    visitor.press("Close my account")
    assert visitor.answer.status_code == 422 and "Tick the box" in visitor.text
    visitor.choose("Yes, close my account for good")
    visitor.press("Close my account")
    assert "Your account is closed" in visitor.text
    other.open("/account/contacts")
    assert "/login" in other.address
    assert account(world, pat).status == "closed"
    assert [row.recipient for row in world.mails() if "is closed" in row.subject] == [PAT.email]
    assert ("account.closed", pat) in world.audited()


def test_somebody_who_manages_access_is_told_what_that_means(world: World) -> None:
    """An organization must not find itself without a manager by surprise."""
    (meg,) = world.seed(MEG)
    world.tell("membership.granted", membership(meg, role="manager"))
    visitor = world.signed_in(MEG, world.ticket(return_path="/account/close", required_acr="urn:gatehouse:acr:2"))
    type_code(visitor, world.code())
    assert "You manage access for others" in visitor.text and "Lakeside Family Practice" in visitor.text


def test_a_rest_is_ended_by_the_desk(world: World) -> None:
    """Unlocking tells listeners at once; an account that does not rest is left alone."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        assert not accounts.unlock(work, pat, "asked on the phone")
        accounts.note_rest(work, pat, work.now + timedelta(minutes=15))
    with world.context.transaction() as work:
        assert accounts.unlock(work, pat, "asked on the phone")
    (unlocked,) = world.published("account.unlocked")
    assert unlocked.data["status"] == "active" and "phone" not in str(unlocked.data)


def test_a_held_account_does_not_rest_beside(world: World) -> None:
    """Guesses at a suspended account are nobody's news; the end of an old rest does not let anybody in."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        accounts.note_rest(work, pat, work.now + timedelta(minutes=15))
    suspend(world, pat)
    with world.context.transaction() as work:
        accounts.note_rest(work, pat, work.now + timedelta(minutes=15))
    world.clock.advance(timedelta(minutes=16))
    assert accounts.end_rests(world.context) == 0
    assert len(world.published("account.locked")) == 2 and not world.published("account.unlocked")


def test_a_reset_is_demanded_and_done(world: World) -> None:
    """A new password is asked for until one was chosen; both stand in the audit without the password."""
    (pat,) = world.seed(PAT)
    with world.context.transaction() as work:
        accounts.require_reset(work, pat, "seen elsewhere")
    assert account(world, pat).reset_required_at == world.clock.now()
    with world.context.transaction() as work:
        accounts.clear_reset(work, pat)
        accounts.clear_reset(work, pat)
    assert account(world, pat).reset_required_at is None
    acts = [act for act, target in world.audited() if target == pat and "reset" in act]
    assert acts == ["account.reset_required", "account.reset_done"]


def test_staff_are_held_like_everybody(world: World) -> None:
    """No population is beyond reach."""
    (ola,) = world.seed(OLA)
    assert suspend(world, ola) and account(world, ola).status == "suspended"
