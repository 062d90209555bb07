"""Every page of the console, walked by its route: closed to other organizations and to lower roles, without a trace."""

import re

import pytest
from werkzeug.routing import Rule

from tests.journeys.test_pages_of_roles import Walk
from tests.service.access_manager.test_doors import BILL, BO, DEE, MAX, furnished, two
from tests.service.access_manager.world import CLINIC, MEG, ORIGIN, SAM, World, asks, clinic, manager, member
from tests.support.pages import PageVisitor

__all__ = ["two"]
_NOBODYS = {"digest", "name"}  # of style sheets
_JOIN = "/manage/join"  # for whoever was invited, and no manager's page: tests/.../test_invitations_accepting.py
# Pages that are a person's own, whatever they manage.
OWN = ("/manage/mine", "/manage/mails")
FOR_ALL = ("/manage/help", "/manage/session", "/manage/callback", "/manage/signout")
# What of the clinic stands on its pages, and must stand on nobody else's.
TRACES = ("Sam Staff", "Pat Partner", "Ann", "Lakeside", "ann@lakeside.example", "••••1234")


def every_page(world: World) -> list[tuple[str, str]]:
    """Return (method, path) of each page of the console, with the clinic's ids where it names something."""
    ids = {**furnished(world), "form": "json"}
    found = []
    for rule in sorted(world.app.url_map.iter_rules(), key=lambda each: each.rule):
        ours = rule.rule.startswith("/manage") and not rule.rule.startswith((_JOIN, *FOR_ALL))
        if ours and not rule.arguments & _NOBODYS:
            path = re.sub(r"<(?:[^:<>]*:)?(\w+)>", lambda hit: ids[hit[1]], rule.rule)
            found += [(method, path) for method in _methods(rule)]
    return found


def _methods(rule: Rule) -> list[str]:
    return sorted((rule.methods or set()) & {"GET", "POST"})


def send(visitor: PageVisitor, method: str, path: str, token: str) -> int:
    """Open the page, or send its form with nothing in it but the page's own token."""
    visitor._go(method, ORIGIN + path, [("csrf_token", token)] if method == "POST" else None)
    return visitor.answer.status_code


def token_of(visitor: PageVisitor) -> str:
    """The token that this person's own pages carry."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.answer.text)
    assert found, visitor.text
    return found[1]


def at(world: World, account: str, address: str) -> PageVisitor:
    """Somebody signed in with two factors, a moment ago."""
    visitor = world.browser(account, name="Somebody Else")
    visitor.open(address)
    return visitor


@pytest.mark.parametrize("who", [BO, BILL])
def test_every_page_is_404_with_the_ids_of_another_organization(two: World, who: str) -> None:
    """G2: a manager of another practice, or of a company that was asked: nothing is done and nothing is told."""
    pages = [each for each in every_page(two) if re.search("_[0-9a-z]{20}", each[1] + "/")]
    if who == BILL:  # it was asked: that link is its own too
        pages = [each for each in pages if "/manage/partners/" not in each[1]]
    assert len(pages) >= 35
    visitor = at(two, who, "/manage/organizations")
    token, before = token_of(visitor), len(two.published())
    for method, path in pages:
        status = send(visitor, method, path, token)
        assert status == 404, (method, path, status, visitor.text[:300])
        assert not [each for each in TRACES if each in visitor.answer.text], (method, path)
    assert len(two.published()) == before


def test_every_page_is_closed_to_a_plain_member(two: World) -> None:
    """O1: 403 or 404 whether the page names something or not; only their own access is theirs to see."""
    pages = every_page(two)
    visitor = at(two, SAM, "/manage/mine")
    token, before = token_of(visitor), len(two.published())
    for method, path in pages:
        if path.startswith(OWN):
            continue
        status = send(visitor, method, path, token)
        assert status in (403, 404), (method, path, status, visitor.text[:300])
        assert not [each for each in ("Pat Partner", "ann@lakeside.example", "Dee Deputy") if each in visitor.text]
    assert len(two.published()) == before


def test_a_deputy_for_requests_finds_no_other_page(two: World) -> None:
    """G9, O1: what is not about requests is refused; what is about nobody in particular may be opened."""
    pages = every_page(two)
    visitor = at(two, DEE, "/manage")
    token = token_of(visitor)
    opened = set()
    for method, path in pages:
        if path.startswith(OWN):
            continue
        if send(visitor, method, path, token) not in (403, 404):
            opened.add(path.split("/")[2] if path.count("/") > 1 else "")
    assert opened == {"", "approve", "approved", "organizations", "requests"}


@pytest.mark.parametrize("scopes", [("requests",), ("people",), ("requests", "people")])
def test_a_deputy_sees_no_link_they_may_not_follow(world: World, scopes: tuple[str, ...]) -> None:
    """G9, O1: whatever a deputy was named for, every link of every page they can reach leads somewhere."""
    world.seed(clinic(manager(), manager(MAX, "Max"), member(), member(DEE, "Dee Deputy")))
    world.tell("user.registered", "registration", "app_1", **asks())
    base = f"/api/access/v1/organizations/{CLINIC}"
    [dee] = world.api().get(f"{base}/members", params={"text": "Dee"}).json()["members"]
    named = {"membership_id": dee["membership_id"], "scopes": scopes, "ends_at": "2026-12-24T12:00:00Z"}
    ann = {"display_name": "Ann", "email": "ann@lakeside.example", "functions": ["claims.submit"]}
    for path, body in (("deputies", named), ("invitations", ann), ("reviews", {"due_at": "2026-12-20T12:00:00Z"})):
        assert world.api(subject=MEG).post(f"{base}/{path}", json=body).is_success, path
    walk = Walk(at(world, DEE, "/manage"))
    walk.everywhere("/manage", "/manage/mine")
    # What is not of the console are pages of other services, which do not run here.
    assert [each for each in walk.faults if f"leads to {ORIGIN}/manage" in each] == []
    assert len(walk.pages) >= 8
