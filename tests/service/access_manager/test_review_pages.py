"""Access reviews on the pages: nothing ticked beforehand, a page between that lists every change (G10, O1)."""

from datetime import timedelta

import pytest

from access_manager.reviews import lapsing
from access_manager.reviews.models import ReviewItem
from tests.service.access_manager.reviewing import (
    DUE,
    MAX,
    REVIEWS,
    TOM,
    at,
    decide,
    everybody_decided,
    items,
    opened,
    practice,
    shown,
)
from tests.service.access_manager.world import MEG, MONDAY, PAT, SAM, World, clinic, manager, member, seated
from tests.support.pages import PageVisitor


@pytest.fixture
def office(world: World) -> World:
    """A practice with two managers and two members, everything open."""
    return practice(world)


def radios(meg: PageVisitor) -> list[tuple[str, str]]:
    """Every radio button of the page that is chosen."""
    chosen = meg._page.xpath("//input[@type='radio'][@checked]")
    return [(each.get("name"), each.get("value")) for each in chosen]


def pick(meg: PageVisitor, world: World, review: str, account: str, value: str) -> None:
    """Choose the answer about one person, as a click on the radio does."""
    name = f"d-{items(world, review)[account]['membership_id']}"
    for each in meg._page.xpath("//input[@name=$name]", name=name):
        each.attrib.pop("checked", None)
        if each.get("value") == value:
            each.set("checked", "checked")


def test_a_review_from_the_first_page_to_the_certificate(office: World) -> None:
    """G10: open it, answer, look over what changes, save, close, print."""
    meg = office.browser(MEG)
    meg.open("/manage/reviews")
    meg.fill("Last day", "2026-12-07")
    meg.press("Open a review")
    assert "Decide by the end of Monday, December 7, 2026." in meg.text
    review = meg.address.rsplit("/", 1)[-1]
    pick(meg, office, review, SAM, "keep")
    pick(meg, office, review, TOM, "remove")
    pick(meg, office, review, MAX, "keep")
    meg.press("Check your answers")
    assert "1 person loses all access now" in meg.text
    assert "2 people keep their access" in meg.text
    assert items(office, review)[TOM]["decision"] is None
    meg.press("Save these answers")
    assert "1 of 4 people still needs a decision." in meg.text
    assert decide(office, review, MEG, "keep", MAX).status_code == 200
    meg.open(f"/manage/reviews/{review}")
    meg.press("Close the review")
    assert "Certificate of the access review" in meg.text
    assert shown(office, review)["evidence_sha256"] in meg.text
    assert "Meg Manager, about 3 people" in meg.text


def test_the_certificate_of_nobody_says_that_there_was_nobody(world: World) -> None:
    """A review of an organization without people closes at once; whoever audits it is not told of decisions."""
    world.seed(clinic())
    review = opened(world, by=None)
    assert world.api().post(f"{REVIEWS}/{review}/closing").status_code == 200
    world.tell("vetting.completed", "registration", "case_1", **seated())
    pat = world.browser(PAT)
    pat.open(f"/manage/reviews/{review}/certificate")
    assert "Nobody had access when the review was opened, so there was nothing to decide." in pat.text
    assert "How it ended Nothing was left to decide" in " ".join(pat.text.split())
    assert "Nobody decided." in pat.text and "Everybody" not in pat.text


def test_nothing_is_chosen_beforehand(office: World) -> None:
    """A list in which everybody is kept already is signed, not read."""
    review = opened(office)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    assert radios(meg) == []
    assert "This is you. Another access manager decides." in meg.text
    meg.press("Check your answers")
    assert meg.answer.status_code == 422
    assert "Choose an answer first" in meg.text


def test_whoever_has_no_answer_stays_on_the_list(office: World) -> None:
    """Answers are saved a page at a time; the rest waits."""
    review = opened(office)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    pick(meg, office, review, SAM, "keep")
    meg.press("Check your answers")
    meg.press("Save these answers")
    assert "Tom Temp" in meg.text
    assert "Sam Staff" not in meg.text
    meg.follow("Show the decisions made")
    assert "Sam Staff" in meg.text
    assert "Kept" in meg.text


def test_who_was_quicker_is_told_and_the_other_answers_are_saved(office: World) -> None:
    """Two managers on the same page: one answer is refused with a sentence, the others hold."""
    review = opened(office)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    pick(meg, office, review, SAM, "remove")
    pick(meg, office, review, TOM, "keep")
    meg.press("Check your answers")
    decide(office, review, SAM, "keep", MAX)
    meg.press("Save these answers")
    assert meg.answer.status_code == 409
    assert "Sam Staff: Somebody decided about this person before." in meg.text
    assert items(office, review)[TOM]["decision"] == "keep"
    assert items(office, review)[SAM]["decision"] == "keep"


def test_fewer_tasks_have_a_page_of_their_own(office: World) -> None:
    """The tasks as they were on the list, none ticked; at least one stays."""
    review = opened(office)
    meg = office.browser(MEG)
    membership = items(office, review)[TOM]["membership_id"]
    meg.open(f"/manage/reviews/{review}/people/{membership}")
    meg.press("Keep these tasks only")
    assert "Leave at least one task" in meg.text
    meg.choose("See patient eligibility and benefits")
    meg.press("Keep these tasks only")
    assert items(office, review)[TOM]["kept"] == ["eligibility.view"]
    assert "Saved" in meg.text


def test_a_manager_cannot_answer_for_themself_by_a_forged_form(office: World) -> None:
    """G10, threat 36: the page offers no answer, and the rule refuses the one that is sent anyway."""
    review = opened(office)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    row = meg._page.xpath("//input[@type='radio'][@value='keep']")[0]
    row.set("name", f"d-{items(office, review)[MEG]['membership_id']}")
    row.set("checked", "checked")
    meg.press("Check your answers")
    meg.press("Save these answers")
    assert "Nobody confirms their own access" in meg.text
    assert items(office, review)[MEG]["decision"] is None


def test_a_page_holds_twenty_five_people(world: World) -> None:
    """Large organizations go page by page; a page can be left without answers."""
    crowd = [member(f"acc_{n:02}", f"Person {n:02}", ("eligibility.view",)) for n in range(40)]
    world.seed(clinic(manager(), *crowd))
    review = opened(world)
    meg = world.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    assert ("Person 24" in meg.text, "Person 25" in meg.text) == (True, False)
    meg.follow("Next page, without answering these")
    assert ("Person 24" in meg.text, "Person 25" in meg.text) == (False, True)


@pytest.mark.parametrize(("typed", "said"), [("", "Enter the last day"), ("2026-11-24", "at least 3 days")])
def test_the_last_day_is_asked_for(office: World, typed: str, said: str) -> None:
    """Empty, or too near."""
    meg = office.browser(MEG)
    meg.open("/manage/reviews")
    meg.fill("Last day", typed)
    meg.press("Open a review")
    assert meg.answer.status_code == 422
    assert said in meg.text


def test_the_quarterly_review_is_switched_on_and_off(office: World) -> None:
    """The page says when the next one opens."""
    meg = office.browser(MEG)
    meg.open("/manage/reviews")
    meg.press("Review every three months")
    assert "The next review opens by itself on Tuesday, February 23, 2027" in meg.text
    meg.press("Switch this off")
    assert "A review can open by itself every three months" in meg.text


def test_the_evidence_is_taken_as_files(office: World) -> None:
    """CSV that spreadsheets do not execute (threat 45), and JSON whose SHA-256 the certificate shows."""
    office.seed(clinic(member("acc_eve", "=HYPERLINK(1)")))
    review = opened(office)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}/evidence.csv")
    assert meg.answer.headers["Content-Disposition"] == 'attachment; filename="access-review-2026-11-23.csv"'
    assert '"\'=HYPERLINK(1)"' in meg.answer.text
    meg.open(f"/manage/reviews/{review}/evidence.json")
    assert meg.answer.headers["Content-Type"] == "application/json"


def test_evidence_that_somebody_changed_shows(office: World) -> None:
    """M5: the certificate compares with the checksum that was sealed when the review closed."""
    review = everybody_decided(office)
    office.api(subject=MEG).post(f"/api/access/v1/organizations/org_clinic/reviews/{review}/closing")
    with office.context.transaction() as work:
        row = work.session.get_one(ReviewItem, (review, items(office, review)[TOM]["membership_id"]))
        row.decision = "keep"
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}/certificate")
    assert "The evidence was changed" in meg.text


def test_after_the_last_day_the_page_says_what_happened(office: World) -> None:
    """Before the worker has looked there is nothing to answer any more; then there is the certificate."""
    review = opened(office)
    at(office, DUE)
    meg = office.browser(MEG)
    meg.open(f"/manage/reviews/{review}")
    assert "The last day has passed" in meg.text
    lapsing.work_on_reviews(office.context)
    meg.open(f"/manage/reviews/{review}")
    assert "This review is over" in meg.text
    meg.open("/manage/reviews")
    assert "Reviews that are over" in meg.text


def test_pages_of_a_review_are_for_managers(office: World) -> None:
    """A member gets 403, a manager of another organization 404."""
    review = opened(office)
    sam = office.browser(SAM, name="Sam Staff")
    sam.open(f"/manage/reviews/{review}")
    assert sam.answer.status_code == 403
    office.seed(clinic(manager("acc_oda", "Oda Other"), id="org_other"))
    oda = office.browser("acc_oda", name="Oda Other")
    oda.open(f"/manage/reviews/{review}/certificate")
    assert oda.answer.status_code == 404


def test_the_page_speaks_spanish(office: World) -> None:
    """Also to the person whose access is looked at by mail links."""
    review = opened(office, MONDAY + timedelta(days=20))
    meg = office.browser(MEG, language="es")
    meg.open(f"/manage/reviews/{review}")
    assert "¿Quién sigue necesitando acceso?" in meg.text
