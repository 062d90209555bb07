"""Staff and accounts: who may look, what may be done to whom, and what it does to sessions, events and the audit."""

from dataclasses import replace
from datetime import timedelta

from identity.codes import service as codes
from identity.contacts import service as contacts
from shared.notices.captured import CapturedMessages
from shared.notices.sender import Sender
from tests.service.identity.offices import DESK, OPERATOR, at_work
from tests.service.identity.world import PAT, World, type_password
from tests.support.pages import PageVisitor


def do(visitor: PageVisitor, account_id: str, act: str, button: str, reason: str = "Asked on the phone") -> None:
    """Open the page of an act, give a reason and press the button."""
    visitor.open(f"/admin/accounts/{account_id}/{act}")
    visitor.fill("Reason", reason)
    visitor.press(button)


def find(visitor: PageVisitor, who: str) -> None:
    """Search for what a person says on the phone."""
    visitor.open("/admin")
    visitor.fill("User ID, e-mail address, mobile number, support code or account id", who)
    visitor.press("Find")


def test_an_account_is_found_by_what_a_person_reads_out(world: World) -> None:
    """User ID in any spelling, address, mobile; one match leads straight there, and the search leaves no address."""
    (operator, pat) = world.seed(OPERATOR, PAT)
    visitor = at_work(world, operator)
    for who in ("PatPartner", " patpartner ", "PAT@lakeside.example", "(202) 555-0110", pat):
        find(visitor, who)
        assert visitor.address.endswith(f"/admin/accounts/{pat}"), who
    assert ("account.looked_up", pat) in world.audited()
    assert not [address for address in visitor.visited if "lakeside" in address or "0110" in address]


def test_an_address_in_full_is_nowhere_on_the_page(world: World) -> None:
    """Staff see enough to compare, not enough to copy (C7)."""
    (operator, pat) = world.seed(OPERATOR, PAT)
    visitor = at_work(world, operator)
    visitor.open(f"/admin/accounts/{pat}")
    assert PAT.email not in visitor.answer.text
    assert "p***@l***.example" in visitor.text
    assert "•••• 0110" in visitor.text


def test_nothing_found_says_so_and_nothing_typed_is_asked_for(world: World) -> None:
    """Two faults, two sentences; what was typed stays in the field."""
    (operator,) = world.seed(OPERATOR)
    visitor = at_work(world, operator)
    find(visitor, "nobody.at.all")
    assert "No account has this user ID" in visitor.text
    find(visitor, "  ")
    assert visitor.answer.status_code == 422


def test_suspending_ends_every_session_and_shows_no_reason_outside(world: World) -> None:
    """ASVS 7.4.2, threat 53: the next request of its person is nobody's; the support code leads to the case."""
    operator, pat = world.seed(OPERATOR, PAT)
    person = world.signed_in(PAT)
    staff = at_work(world, operator)
    do(staff, pat, "suspend", "Suspend the account now", "Shared the password with a colleague")
    assert "The account is suspended, and its sessions have ended." in staff.text
    assert "Shared the password with a colleague" in staff.text
    person.open("/account")
    assert "/login" in person.address
    (told,) = world.published("account.locked")
    assert told.data["status"] == "locked"
    assert "colleague" not in str(told.data)
    digits = staff.text.split("Support code ")[1][:8]
    find(staff, digits)
    assert staff.address.endswith(f"/admin/accounts/{pat}")


def test_reinstating_lets_the_person_in_again(world: World) -> None:
    """The account goes back to where it stood, and says so to listeners."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    do(staff, pat, "suspend", "Suspend the account now")
    do(staff, pat, "reinstate", "Reinstate the account now")
    assert "The account stands where it stood before." in staff.text
    assert [event.type for event in world.published("account.locked", "account.unlocked")] == [
        "account.locked",
        "account.unlocked",
    ]
    person = world.signed_in(PAT)
    person.open("/account")
    assert person.address.endswith("/account")


def test_closing_is_for_good(world: World) -> None:
    """No act is left but looking; sessions end; the user ID stays taken."""
    operator, pat = world.seed(OPERATOR, PAT)
    person = world.signed_in(PAT)
    staff = at_work(world, operator)
    do(staff, pat, "close", "Close the account for good", "Left the practice")
    assert "There is nothing that you can do with this account" in staff.text
    person.open("/account")
    assert "/login" in person.address
    assert len(world.published("account.closed")) == 1
    staff.open(f"/admin/accounts/{pat}/close")
    assert "This does not fit the account as it stands now" in staff.text


def test_requiring_a_new_password_ends_the_sessions(world: World) -> None:
    """Evidence of compromise forces a change (SP 800-63B-4 §3.1.1.2(6)); staff choose no password (ASVS 6.4.6)."""
    operator, pat = world.seed(OPERATOR, PAT)
    person = world.signed_in(PAT)
    staff = at_work(world, operator)
    do(staff, pat, "require-reset", "Require a new password now")
    assert "A new password is required at the next sign-in" in staff.text
    assert "Require a new password" not in [text.strip() for text in staff.text.split("What you can do")[1:]]
    person.open("/account")
    assert "/login" in person.address
    assert 'type="password"' not in staff.answer.text


def test_the_person_hears_of_it_at_every_address_and_not_why(world: World) -> None:
    """ASVS 6.3.7: held, let go, new password, closed; each told once, in their language, without a reason."""
    operator, pat = world.seed(OPERATOR, replace(PAT, language="es"))
    staff, before = at_work(world, operator), len(world.mails())
    do(staff, pat, "suspend", "Suspend the account now", "Shared the password")
    do(staff, pat, "reinstate", "Reinstate the account now", "Talked to the office")
    do(staff, pat, "require-reset", "Require a new password now", "Password was shared")
    do(staff, pat, "close", "Close the account for good", "Left the practice")
    mails = world.mails()[before:]
    assert {mail.recipient for mail in mails} == {PAT.email}
    assert [mail.subject for mail in mails] == [
        "Su cuenta está suspendida",
        "Su cuenta se puede usar de nuevo",
        "Elija una contraseña nueva",
        "Su cuenta está cerrada",
    ]
    assert not [mail for mail in mails if "password" in mail.body or "practice" in mail.body]


def test_ending_all_sessions_signs_out_everywhere(world: World) -> None:
    """ASVS 7.4.5: an administrator ends the sessions of a user; the user may sign in again at once."""
    operator, pat = world.seed(OPERATOR, PAT)
    browsers = [world.signed_in(PAT), world.signed_in(PAT)]
    staff = at_work(world, operator)
    staff.open(f"/admin/accounts/{pat}")
    assert "Signed in now" in staff.text
    do(staff, pat, "end-sessions", "End all sessions now")
    assert "Nobody is signed in with this account now." in staff.text
    for person in browsers:
        person.open("/account")
        assert "/login" in person.address
    assert len([event for event in world.published("session.ended") if event.data["account_id"] == pat]) == 2


def test_the_desk_ends_a_rest_and_the_right_password_works_at_once(world: World) -> None:
    """A2: the timed lock ends by the desk, the throttle with it; until then the right password is refused."""
    desk, pat = world.seed(DESK, PAT)
    person = world.browser()
    for _ in range(10):
        type_password(person, PAT.user_id, "not the password")
        world.clock.advance(timedelta(minutes=2))
    type_password(person, PAT.user_id, PAT.password)
    assert "/login" in person.address
    staff = at_work(world, desk)
    staff.open(f"/admin/accounts/{pat}")
    assert "Signing in is paused" in staff.text
    do(staff, pat, "unlock", "End the pause now")
    assert "The account can be used to sign in again." in staff.text
    type_password(person, PAT.user_id, PAT.password)
    person.open("/account")
    assert person.address.endswith("/account")


def test_a_recovery_by_the_desk_sends_a_link_and_shows_nothing(world: World) -> None:
    """C6, ASVS 6.4.6: the evidence is audited, the link goes to the person, the desk sees neither link nor secret."""
    desk, pat = world.seed(DESK, PAT)
    staff = at_work(world, desk)
    staff.open(f"/admin/accounts/{pat}/recover")
    staff.press("Start the recovery")
    assert staff.answer.status_code == 422
    staff.choose("Their password")
    staff.fill("How did the person prove who they are?", "Called back at the number in the directory")
    staff.press("Start the recovery")
    assert "The recovery has begun." in staff.text
    assert "token=" not in staff.answer.text
    assert any("/recover/link?token=" in mail.body and mail.recipient == PAT.email for mail in world.mails())
    assert ("recovery.started", pat) in world.audited()


def test_an_act_needs_a_reason(world: World) -> None:
    """Nothing happens without one, and the page says which field."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    do(staff, pat, "suspend", "Suspend the account now", "  ")
    assert staff.answer.status_code == 422
    assert "Write why" in staff.text
    assert world.published("account.locked") == []


def test_names_are_shown_as_text(world: World) -> None:
    """Stored XSS in a reason stays a reason (threat 46)."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator)
    do(staff, pat, "suspend", "Suspend the account now", "<script>alert(1)</script> {{7*7}}")
    assert "<script>alert" not in staff.answer.text
    assert "<script>alert(1)</script> {{7*7}}" in staff.text


def test_a_person_s_pages_are_in_spanish_too(world: World) -> None:
    """No English heading on a Spanish page of the operators."""
    operator, pat = world.seed(OPERATOR, PAT)
    staff = at_work(world, operator, "es")
    staff.open(f"/admin/accounts/{pat}")
    assert "Qué puede hacer" in staff.text


def test_the_desk_sees_that_a_code_did_not_arrive(world: World) -> None:
    """C7: the address does not exist, and the page of the account says so beside the masked address."""
    desk, gone = world.seed(DESK, replace(PAT, email="pat@nowhere.invalid"))
    with world.context.transaction() as work:
        contact = contacts.listing(work.session, gone)[0]
        codes.send(work, purpose="contact", bound_to=contact.id, contact=contact)
    staff = at_work(world, desk)
    staff.open(f"/admin/accounts/{gone}")
    assert "waiting" in staff.text
    captured = CapturedMessages(world.clock)
    Sender(world.context.database, world.clock, {"email": captured}).run_once()
    staff.open(f"/admin/accounts/{gone}")
    assert "p***@n***.invalid" in staff.text
    assert "not delivered" in staff.text
