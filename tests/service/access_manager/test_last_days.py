"""G8: who typed a last day reads that day again, on every page, in every mail and in the history, in both languages.

What ends with a day ends, for machines, at the midnight that opens the next one. People never see that midnight.
"""

import csv
import io

import pytest

from tests.service.access_manager.invited import Accounts
from tests.service.access_manager.partnership import BEA, BEN, Partnership
from tests.service.access_manager.world import MEG, SAM, World
from tests.support.pages import PageVisitor

DAY = "2026-12-04"
WRITTEN = {"en": ("December 4, 2026", "Dec 4, 2026"), "es": ("4 de diciembre de 2026", "4 dic 2026")}
NEXT_DAY = ("December 5", "Dec 5", "5 de diciembre", "5 dic", "12:00")
OF_MEG = (
    "/manage/people",
    "/manage/people/{sam}",
    "/manage/people/{sam}/history",
    "/manage/invitations",
    "/manage/invitations/{invitation}",
    "/manage/deputies",
    "/manage/partners",
    "/manage/partners/{link}",
    "/manage/history",
    "/manage/reviews",
    "/manage/reviews/{review}",
    "/manage/reviews/{review}/certificate",
)


@pytest.fixture
def agreed(world: World) -> dict[str, str]:
    """A practice in which a manager has typed the same last day wherever a form asks for one; the ids of it all."""
    Accounts(world)
    both = Partnership.seeded(world)
    meg = world.browser(MEG, name="Meg Manager")
    return {
        "invitation": _invites(meg),
        "sam": _gives(meg),
        "deputy": _names(meg),
        "link": _connects(both, meg),
        "review": _reviews(meg),
    }


@pytest.mark.parametrize("language", ["en", "es"])
def test_pages_name_the_last_day(world: World, agreed: dict[str, str], language: str) -> None:
    """To the manager, to the member whose access ends, and to the company at the other side of the connection."""
    for address in OF_MEG:
        says_so(opened(world, MEG, address.format(**agreed), language), language)
    says_so(opened(world, SAM, "/manage/mine", language), language)
    says_so(opened(world, BEA, f"/manage/partners/{agreed['link']}", language), language)


def test_a_list_is_looked_over_with_its_last_days(world: World) -> None:
    """What would happen to each row says until when, before anything happens, and for which lines of business."""
    Accounts(world)
    Partnership.seeded(world)
    meg = world.browser(MEG)
    meg.open("/manage/people/add/several")
    meg.fill(
        "Paste the list",
        "name,email,last_day,lines\nAnn Lee,ann@office.example,,dental\nBob Ray,bob@office.example,2027-01-31,",
    )
    meg.choose("Send claims")
    meg.fill("Last day of access", DAY)
    meg.press("Check the list")
    ann, bob = [row.text_content() for row in meg._page.xpath("//tbody/tr")]
    assert "Until the end of Dec 4, 2026" in ann and "Dental" in ann
    assert "Until the end of Jan 31, 2027" in bob and "Dental" not in bob


def test_a_spreadsheet_of_people_holds_the_day_that_was_typed(world: World, agreed: dict[str, str]) -> None:
    """As the form and as a list to be read in again write it; not the instant at which it is over."""
    visitor = world.browser(MEG)
    visitor.open("/manage/people.csv")
    rows = csv.DictReader(io.StringIO(visitor.answer.text.lstrip("\ufeff")))
    assert {row["Person"]: row["Last day of access"] for row in rows} == {
        "Ben Biller": DAY,
        "Meg Manager": "",
        "Sam Staff": DAY,
    }


def test_mails_name_the_last_day(world: World, agreed: dict[str, str]) -> None:
    """Invited, named as a deputy, proposed to, asked to review: four letters to whoever must know."""
    mails = [f"{each.subject}\n{each.body}" for each in world.mails()]
    for words in (
        "The access lasts until the end of Friday, December 4, 2026.",
        "from Monday, November 23, 2026 until the end of Friday, December 4, 2026.",
        "It would last until the end of Friday, December 4, 2026.",
        "Decide by the end of Dec 4, 2026\n",
    ):
        assert any(words in mail for mail in mails), words
    assert [mail for mail in mails if any(wrong in mail for wrong in NEXT_DAY)] == []


def opened(world: World, account: str, address: str, language: str) -> str:
    """The words of a page."""
    visitor = world.browser(account, language)
    visitor.open(address)
    assert visitor.answer.status_code == 200, visitor.text
    return visitor.text


def says_so(text: str, language: str) -> None:
    """The day is there, and the next one is not."""
    assert any(day in text for day in WRITTEN[language]), text
    assert [wrong for wrong in NEXT_DAY if wrong in text] == []


def _invites(meg: PageVisitor) -> str:
    meg.open("/manage/people/add")
    meg.fill("Full name", "Ann Lee")
    meg.fill("E-mail address", "ann@office.example")
    meg.choose("Send claims")
    meg.fill("Last day of access", DAY)
    meg.press("Invite")
    return _last_part(meg)


def _gives(meg: PageVisitor) -> str:
    meg.open("/manage/people")
    meg.follow("Sam Staff")
    meg.fill("Last day of access", DAY)
    meg.press("Save access")
    return _last_part(meg)


def _names(meg: PageVisitor) -> str:
    meg.open("/manage/deputies")
    meg.follow("Name as your deputy")
    meg.choose("Decide about requests")
    meg.fill("Last day", DAY)
    meg.press("Name as deputy")
    return "named"


def _connects(both: Partnership, meg: PageVisitor) -> str:
    meg.open("/manage/partners/connect")
    meg.fill("Their connection code", both.code())
    meg.press("Continue")
    meg.choose("Send claims")
    meg.fill("Last day of the connection", DAY)
    meg.press("Propose the connection")
    link = _last_part(meg)
    both.answer(link)
    assert both.send(link, BEN, functions=("claims.submit",)).is_success
    return link


def _reviews(meg: PageVisitor) -> str:
    meg.open("/manage/reviews")
    meg.fill("Last day", DAY)
    meg.press("Open a review")
    return _last_part(meg)


def _last_part(visitor: PageVisitor) -> str:
    return visitor.address.partition("?")[0].rsplit("/", 1)[1]
