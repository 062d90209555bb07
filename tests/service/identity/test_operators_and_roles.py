"""Who of the staff sees and does what: each role its own, strangers nothing, nobody anything to themself."""

from datetime import timedelta

from identity.risk import reasons
from identity.risk import service as risk
from tests.service.identity.offices import AUDITOR, DESK, OPERATOR, SECOND_OPERATOR, at_work
from tests.service.identity.test_operators_and_accounts import do
from tests.service.identity.world import MEG, PAT, World, type_password

OVERVIEWS = ("/admin", "/admin/policies", "/admin/policies/deviations", "/admin/organizations", "/admin/terms")
SINGLE_ONES = ("/admin/audit", "/admin/accounts/acc_x", "/admin/accounts/acc_x/suspend", "/admin/policies/lock_minutes")
ADMIN_PAGES = (*OVERVIEWS, *SINGLE_ONES)


def test_a_stranger_is_led_to_sign_in(world: World) -> None:
    """Without a session nothing is told, not even whether the account exists."""
    visitor = world.browser()
    for path in ADMIN_PAGES:
        visitor.open(path)
        assert visitor.address.startswith("http://localhost:8000/login?ticket="), path


def test_somebody_outside_the_staff_finds_nothing(world: World) -> None:
    """404 for every page, before a second factor is asked for; a manager is no exception (threat 35, ASVS 8.2.1)."""
    world.seed(PAT, MEG)
    for visitor in (world.signed_in(PAT), world.signed_in(MEG)):
        for path in ADMIN_PAGES:
            visitor.open(path)
            assert visitor.answer.status_code == 404, path
            assert "admin" not in visitor.text.lower()


def test_staff_prove_a_second_factor_before_anything_is_shown(world: World) -> None:
    """A password alone opens nothing under /admin (ASVS 6.3.3)."""
    world.seed(OPERATOR)
    visitor = world.signed_in(OPERATOR)
    visitor.open("/admin")
    assert "/login" in visitor.address
    assert "Find an account" not in visitor.text


def test_each_role_sees_its_own_pages_and_no_others(world: World) -> None:
    """O1: the desk finds and helps, the auditor reads the audit and the policies, the operator does all of it."""
    operator, desk, auditor = world.seed(OPERATOR, DESK, AUDITOR)
    allowed = {
        operator: {"/admin", "/admin/policies", "/admin/organizations", "/admin/terms", "/admin/audit"},
        desk: {"/admin"},
        auditor: {"/admin/policies", "/admin/organizations", "/admin/audit"},
    }
    everything = set.union(*allowed.values())
    for account_id, mine in allowed.items():
        visitor = at_work(world, account_id)
        visitor.open("/admin")
        shown = {link.removeprefix("http://localhost:8000") for link in visitor.links()} & everything
        assert shown == mine | {"/admin"}  # the brand leads home
        for path in everything - {"/admin"}:
            visitor.open(path)
            assert visitor.answer.status_code == (200 if path in mine else 403), (account_id, path)


def test_an_auditor_begins_at_the_audit_and_cannot_act(world: World) -> None:
    """Read only: no search, no account, no change of a policy (O1)."""
    (auditor, pat) = world.seed(AUDITOR, PAT)
    visitor = at_work(world, auditor)
    visitor.open("/admin")
    assert visitor.address.endswith("/admin/audit")
    for path in (f"/admin/accounts/{pat}", f"/admin/accounts/{pat}/suspend", "/admin/policies/lock_minutes"):
        visitor.open(path)
        assert visitor.answer.status_code == 403


def test_the_desk_may_unlock_and_recover_and_nothing_else(world: World) -> None:
    """O1: pages of other acts say so, and a POST to them changes nothing."""
    desk, pat = world.seed(DESK, PAT)
    staff = at_work(world, desk)
    staff.open(f"/admin/accounts/{pat}")
    assert "Start a recovery" in staff.text
    assert "Suspend the account" not in staff.text
    staff.open(f"/admin/accounts/{pat}/suspend")
    assert "This does not fit the account as it stands now, or your role." in staff.text
    staff.open(f"/admin/accounts/{pat}/recover")
    token = staff.answer.text.split('name="csrf_token" value="')[1].split('"')[0]
    fields = [("csrf_token", token), ("reason", "I want to")]
    staff._go("POST", f"http://localhost:8000/admin/accounts/{pat}/suspend", fields)
    assert staff.answer.status_code == 422
    assert "An operator does this." in staff.text
    assert world.published("account.locked") == []


def test_the_desk_cannot_recover_an_operator(world: World) -> None:
    """Whoever could get into an operator's account would be one (threat 36)."""
    desk, operator = world.seed(DESK, OPERATOR)
    staff = at_work(world, desk)
    staff.open(f"/admin/accounts/{operator}")
    assert "There is nothing that you can do with this account" in staff.text


def test_nobody_does_anything_to_their_own_account(world: World) -> None:
    """An operator cannot lock themself out, nor recover themself; another operator can."""
    own, other = world.seed(OPERATOR, SECOND_OPERATOR)
    staff = at_work(world, own)
    staff.open(f"/admin/accounts/{own}")
    assert "There is nothing that you can do with this account" in staff.text
    do(at_work(world, other), own, "suspend", "Suspend the account now")
    staff.open("/admin")
    assert "/login" in staff.address


def test_an_act_needs_a_fresh_proof(world: World) -> None:
    """Looking is possible for the whole session, acting for 20 minutes after the proof (ASVS 7.5.1, A7)."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    world.clock.advance(timedelta(minutes=21))
    staff.open(f"/admin/accounts/{pat}")
    assert staff.answer.status_code == 200
    staff.open(f"/admin/accounts/{pat}/suspend")
    assert "/login" in staff.address


def test_looking_changes_nothing(world: World) -> None:
    """A GET of every act's page publishes and audits nothing."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    before = world.audited()
    for act in ("unlock", "suspend", "reinstate", "close", "require-reset", "end-sessions", "recover"):
        staff.open(f"/admin/accounts/{pat}/{act}")
        assert staff.answer.status_code == 200
    assert world.audited() == before


def test_what_is_not_there_is_not_there(world: World) -> None:
    """404 for unknown accounts and unknown acts."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    for path in ("acc_nobody", "acc_nobody/suspend", f"{pat}/promote", f"{pat}/staff_role"):
        staff.open(f"/admin/accounts/{path}")
        assert staff.answer.status_code == 404, path


def test_the_person_the_desk_and_the_auditor_read_the_same_reasons(world: World) -> None:
    """D4: one sign-in from somewhere new; its signs are told in one sentence each, the same on all three pages."""
    desk, auditor, pat = world.seed(DESK, AUDITOR, PAT)
    world.signed_in(PAT)
    person = world.browser(address="203.0.113.9")
    type_password(person, PAT.user_id, PAT.password)
    with world.context.reading() as session:
        codes = risk.recent(session, pat, 1)[0].reasons
    assert codes
    staff, reader = at_work(world, desk), at_work(world, auditor)
    staff.open(f"/admin/accounts/{pat}")
    reader.open(f"/admin/audit?target={pat}&action=sign_in.judged")
    for sentence in reasons.sentences(codes):
        assert sentence in staff.text
        assert sentence.removesuffix(".") in reader.text
    mine = world.signed_in(PAT)
    mine.open("/account/activity")
    assert all(sentence in mine.text for sentence in reasons.sentences(codes))
