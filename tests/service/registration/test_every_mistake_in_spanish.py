"""Whatever somebody does wrong on the pages of `/register` and `/desk`, in Spanish the answer is Spanish.

Long for a reason: every field of every form is filled wrong in every way.
"""

from collections.abc import Callable, Iterable

from sqlalchemy import update

from registration.desk.pages import forms
from registration.directory.imports import Row
from registration.directory.models import DirectoryEntry
from registration.evidence.letters import desk_pages as letters
from shared.web.forms import PageForm
from tests.service.registration.away import ANSWERED, MEG, dark
from tests.service.registration.desk_room import OFFICE, DeskAgent, new_case
from tests.service.registration.house import House, Visitor
from tests.service.registration.test_evidence import applicant
from tests.service.registration.test_submission_known_people import hand_in, second
from tests.service.registration.workbench import agent, confirm, propose
from tests.support.faulty_hand import FaultyHand, Pairs

__all__ = ["dark"]
OF_THE_SHELL = {"/register/signout", "/register/session"}
_CODE = '/register/<any("email-code", "mobile-code"):name>'
_MINE, _CASE = "/register/status/<application_id>", "/desk/cases/<case_id>"
APPLICANTS = {
    *("/register", "/register/who", "/register/contact", "/register/organization", "/register/organizations"),
    *("/register/organizations/onward", "/register/organizations/remove", "/register/organizations/paste"),
    *("/register/access", "/register/access/tasks", _CODE, f"{_CODE}/again", f"{_CODE}/other"),
}
WAITING = {
    *(f"{_MINE}/evidence/claim", f"{_MINE}/evidence/payment", f"{_MINE}/evidence/letter", f"{_MINE}/withdraw"),
    *(f"{_MINE}/evidence/letter/key", f"{_MINE}/again", "/register/check", "/register/<application_id>/account"),
    "/register/<application_id>/attach",
}
DESK = {
    *("/desk", "/desk/letters"),
    *(f"{_CASE}/{act}" for act in ("calls", "next-call", "seat", "refuse", "reveal", "another", "propose")),
    *(f"{_CASE}/proposal/{act}" for act in ("confirm", "reject", "withdraw")),
}
BESIDE = {f"{_CASE}/answered", "/desk/letters", "/desk/letters/<letter_id>/print", "/desk/letters/<letter_id>/cancel"}
SAID = (
    "Harbor Family Practice",
    "Casey Coordinator",
    "Dana Desk",
    "Eli Evening",
    "Meg Manager",
    "Gatehouse",
    "Pat Owner",
    MEG,
)


def hand_of(house: House, person: Visitor) -> FaultyHand:
    """The person's hand; from now on they read Spanish."""
    person._http.headers["Accept-Language"] = "es"

    def fetch(method: str, path: str, fields: Pairs | None) -> tuple[int, str, str]:
        body: dict[str, list[str]] = {}
        for name, value in fields or []:
            body.setdefault(name, []).append(value)
        headers = {"Origin": "http://localhost:8000"} if fields is not None else {}
        answer = person._http.request(method, path, data=body or None, headers=headers)
        ours = path.startswith(("/register", "/desk"))
        return answer.status_code, answer.headers.get("Location", ""), answer.text if ours else ""

    return FaultyHand(house.app, fetch, SAID)


def at(*paths: str) -> Iterable[Callable[[], str]]:
    """Pages that are simply there."""
    return [lambda path=path: path for path in paths]  # type: ignore[misc]


def test_no_english_comes_back_to_applicants(house: House) -> None:
    """The questions of an application, from the first to the check page, and both codes."""
    hand = hand_of(house, house.apply())
    hand.write("/register/organizations", organization_name="Harbor", organization_kind="practice", has_tin="no")
    steps = ("who", "organization", "organizations", "organizations/paste", "access", "access/tasks", "contact")
    for page in at(*(f"/register/{step}" for step in steps), "/register"):
        hand.spoil(page)
    beginner = hand_of(house, up_to_the_codes(house))
    for page in at("/register/email-code", "/register/mobile-code"):
        beginner.spoil(page)
    assert hand.english | beginner.english == {}
    assert hand.knocked | beginner.knocked == APPLICANTS


def up_to_the_codes(house: House) -> Visitor:
    """Somebody whom a first code is on its way to."""
    person = house.visitor()
    person.open("/register")
    person.press("Start")
    person.choose("Representative")
    person.press("Continue")
    house.answer_organization(person, "12-3456789", "Harbor Family Practice")
    person.fill("Full name", "Casey Coordinator")
    person.fill("E-mail address", "another@practice.example")
    person.fill("Mobile number", "202 555 0144")
    person.press("Continue")
    return person


def test_no_english_comes_back_to_who_waits(house: House) -> None:
    """Handing in, the status page: evidence of every way, letters, taking the application back, applying again."""
    person, application_id = applicant(house)
    mine = f"/register/status/{application_id}"
    hand = hand_of(house, person)
    ways = (f"{mine}/evidence/{way}" for way in ("claim", "payment", "letter"))
    for page in at(*ways, f"{mine}/withdraw", "/register/status", "/register/check"):
        hand.spoil(page)
    unopened = house.apply(email="third@practice.example", mobile="202 555 0155")
    hand_in(unopened)
    later = hand_of(house, unopened)
    later.spoil(lambda: f"/register/{newest(house)}/done")
    known = second(house, email="casey43@practice.example", mobile="202 555 0143")
    hand_in(known)
    again = hand_of(house, known)
    again.spoil(lambda: f"/register/{newest(house)}/attach")
    assert hand.english | later.english | again.english == {}
    assert hand.knocked | later.knocked | again.knocked == WAITING


def newest(house: House) -> str:
    """The application that was begun last."""
    return str(house.rows("SELECT id FROM applications ORDER BY created_at DESC, id DESC")[0].id)


def test_no_english_comes_back_to_the_desk(house: House) -> None:
    """A case and its proposals: every form of an agent, and of the colleague who agrees or does not."""
    house.directory(OFFICE)
    dana, eli = agent(house), agent(house, "Eli Evening")
    hand, colleague = hand_of(house, dana), hand_of(house, agent(house, "Fay Further"))
    hand.spoil(lambda: confirmed(house, dana))
    hand.spoil(lambda: "/desk")
    for path in ("/next-call", "/another", "/propose"):
        hand.spoil(lambda path=path: f"/desk/cases/{open_case(house)}{path}")  # type: ignore[misc]
    colleague.spoil(lambda: proposed(house, dana))
    hand.spoil(lambda: proposed(house, eli))
    eli_s = hand_of(house, eli)
    eli_s.spoil(lambda: proposed(house, eli))
    assert hand.english | colleague.english | eli_s.english == {}
    assert fields_of(forms) - {"number_called"} <= hand.refused | colleague.refused
    assert hand.knocked | colleague.knocked | eli_s.knocked == DESK


def open_case(house: House) -> str:
    """An open case; a new one where all are decided."""
    found = house.rows("SELECT id FROM vetting_cases WHERE state = 'open' ORDER BY opened_at, id")
    count = house.rows("SELECT count(*) AS count FROM vetting_cases")[0].count
    return str(found[0].id) if found else new_case(house, count)


def confirmed(house: House, by: Visitor) -> str:
    """The page of an open case in which the office has confirmed."""
    case_id = open_case(house)
    if not house.rows("SELECT 1 FROM vetting_calls WHERE case_id = :id AND outcome = 'confirmed'", id=case_id):
        in_english(by, lambda: confirm(by, case_id))
    return f"/desk/cases/{case_id}"


def proposed(house: House, by: Visitor) -> str:
    """The page of a case with a proposal that waits; where none does, `by` makes one."""
    waiting = house.rows("SELECT case_id FROM vetting_proposals WHERE state = 'open'")
    case_id = str(waiting[0].case_id) if waiting else open_case(house)
    if not waiting:
        in_english(by, lambda: propose(by, case_id, "zzqx"))
    return f"/desk/cases/{case_id}"


def in_english(person: Visitor, act: Callable[[], None]) -> None:
    """The verbs of these tests know English labels."""
    spoken = person._http.headers["Accept-Language"]
    person._http.headers["Accept-Language"] = "en"
    act()
    person._http.headers["Accept-Language"] = spoken


def test_no_english_comes_back_about_letters_and_absent_managers(house: House, dark: str) -> None:
    """What the desk has besides: letters, an organization that no directory knows, a manager who stays away."""
    house.directory(Row("123456780", "Harbor Family Practice", "", True, True))
    with house.context.transaction() as work:
        work.session.execute(update(DirectoryEntry).values(address="Harbor"))
    applicant(house, tin="12-3456780")
    hand = hand_of(house, agent(house))
    assert DeskAgent(house, "acc_dana").act(dark, "calls", ANSWERED).status_code == 201
    hand.spoil(lambda: f"/desk/cases/{dark}")
    (row,) = house.rows("SELECT a.number, c.id FROM applications a JOIN vetting_cases c ON c.application_id = a.id")
    hand.write("/desk/letters", number=row.number)
    for page in at("/desk/letters", written(house), f"/desk/cases/{row.id}"):
        hand.spoil(page)
    assert hand.english == {}
    assert fields_of(letters) | {"number_called"} <= hand.refused | {"prints"}  # hidden, and never refused by itself
    assert hand.knocked >= BESIDE


def written(house: House) -> str:
    """The page of the letter that was written last."""
    return f"/desk/letters/{house.rows('SELECT id FROM evidence_letters ORDER BY asked_at DESC')[0].id}"


def test_no_door_was_left_out(house: House) -> None:
    """A new form has to be added above."""
    doors = FaultyHand(house.app, lambda *_: (200, "", "")).doors()
    assert doors == APPLICANTS | WAITING | DESK | BESIDE | OF_THE_SHELL


def fields_of(module: object) -> set[str]:
    """Every field of the forms that a module declares."""
    shapes = [each for each in vars(module).values() if isinstance(each, type) and issubclass(each, PageForm)]
    plain = [each for each in shapes if not issubclass(each, forms.SeatForm)]
    return {name for each in plain for name in each().fields} | {n for e in shapes for n in e._declared_fields}
