"""Access under any order of acts: managers, members, deputies, companies, emergencies and the clock, all by the API.

Anybody tries anything anywhere. After each act the hard rules of domain.md §3 are read from the rows; at the end the
three searches are compared with single evaluations of everybody, for everything, everywhere (L5).
"""

import shutil
import tempfile
from collections.abc import Collection
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select

from access_manager.demo import DemoPractice
from access_manager.functions.catalogue import FUNCTIONS, entitled
from access_manager.memberships.models import Membership
from access_manager.organizations.models import Organization
from access_manager.organizations.service import OrganizationFacts
from access_manager.third_parties.models import Link
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, clinic, manager, member

MAX, DEE, BO, BILL, WIL, COMPANY = "acc_max", "acc_dee", "acc_bo", "acc_bill", "acc_wil", "org_company"
EVERYBODY = (MEG, MAX, SAM, DEE, BO, BILL, WIL)
PLACES = (CLINIC, OTHER, COMPANY)
ALL = tuple(function.id for function in FUNCTIONS)
SOME = ("eligibility.view", "claims.submit", "payment.manage", "demographics.update", "precert.view")
PROGRAM, BOSS, PROPOSED = None, "boss", "proposed"
ANSWERS = {200, 201, 202, 204, 403, 404, 409, 412, 422}

someone = st.sampled_from(EVERYBODY)
# Half of all acts are tried by somebody who manages the place, whoever that is by then; the others by anybody.
people = st.one_of(st.just(BOSS), someone)
actors = st.one_of(st.just(BOSS), st.just(PROGRAM), someone)
places = st.sampled_from(PLACES)
functions = st.lists(st.sampled_from(SOME), min_size=1, max_size=3, unique=True)
STEPS = {"accept": "acceptance", "approve": "approval", "decline": "decline", "withdraw": "withdrawal"}


def peopled(world: World) -> World:
    """Two practices, one without a contract, and a billing company; everything is open."""
    company = OrganizationFacts(COMPANY, "Bright Billing", "billing_company", False, None)
    world.seed(
        clinic(manager(), manager(MAX, "Max"), member(), member(DEE, "Dee")),
        clinic(manager(BO, "Bo"), member(), id=OTHER, contracted=False),
        DemoPractice(company, (manager(BILL, "Bill"), member(WIL, "Wil"))),
    )
    world.availability.open(*ALL)
    return world


def rows(world: World, place: str) -> list[Membership]:
    """Every membership of an organization, removed ones too."""
    with world.context.reading() as session:
        return list(session.scalars(select(Membership).where(Membership.organization_id == place)))


def insist_hard_rules(world: World) -> None:
    """The rules that hold whoever did what: G1, G5, F6 and G12."""
    with world.context.reading() as session:
        organizations = list(session.scalars(select(Organization)))
        links = {link.id: link for link in session.scalars(select(Link))}
    for organization in organizations:
        members = rows(world, organization.id)
        seated = [one for one in members if one.is_manager]
        assert 1 <= len(seated) <= 15 and organization.manager_count == len(seated)
        possible = set(entitled(contracted=organization.contracted))
        assert all(set(one.functions) <= possible for one in members)
        for one in (row for row in members if row.link_id):
            _insist_within(one, links[str(one.link_id)])


def _insist_within(one: Membership, link: Link) -> None:
    assert not one.is_manager
    if one.functions:
        assert link.state == "active" and set(one.functions) <= set(link.functions)
        assert link.ends_at is None or (one.ends_at is not None and one.ends_at <= link.ends_at)


def insist_searches_agree(world: World) -> None:
    """L5: for everybody, some of everything, everywhere."""
    api = world.api("access.evaluate")
    for place in PLACES:
        resource = {"type": "organization", "id": place}
        for function in SOME:
            body = {"subject": {"type": "account"}, "action": {"name": function}, "resource": resource}
            found = api.post("/access/v1/search/subject", json=body).json()["results"]
            singly = [who for who in EVERYBODY if world.evaluate(who, function, place)["decision"]]
            assert sorted(one["id"] for one in found) == sorted(singly)


class Access(RuleBasedStateMachine):
    """Seven people, two practices, a billing company and a program that may act anywhere."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.world = peopled(World(self.folder))
        self.links: list[str] = []

    def teardown(self) -> None:
        """The searches say what single evaluations say; nothing is left behind."""
        try:
            insist_searches_agree(self.world)
        finally:
            self.world.close()
            shutil.rmtree(self.folder)

    @rule(actor=actors, place=places, who=someone, wanted=functions)
    def set_access(self, actor: str | None, place: str, who: str, wanted: list[str]) -> None:
        """Only whoever manages, or stands in for a manager; nobody adds to their own."""
        actor = self._who(actor, place)
        held = self._held(place, who)
        answer = self._of_member("PUT", actor, place, who, "", {"functions": wanted})
        if answer.is_success:
            assert self._may_change_people(actor, place)
            assert actor != who or set(wanted) <= set(held)

    @rule(actor=actors, place=places, who=someone)
    def remove(self, actor: str | None, place: str, who: str) -> None:
        """Only whoever manages, or stands in for a manager."""
        actor = self._who(actor, place)
        answer = self._of_member("POST", actor, place, who, "/removal", {"reason": "left"})
        assert not answer.is_success or self._may_change_people(actor, place) or actor == who

    @rule(actor=actors, place=places, who=someone, up=st.booleans())
    def change_seat(self, actor: str | None, place: str, who: str, up: bool) -> None:
        """A program seats at once; a person proposes, and only a manager can."""
        actor = self._who(actor, place)
        seats = self._managers(place)
        answer = self._call("PUT" if up else "DELETE", actor, place, f"managers/{self._membership(place, who)}")
        if answer.is_success and actor is not PROGRAM:
            assert actor in seats
            assert answer.status_code == 202 or actor == who

    @rule(actor=actors, place=places, who=someone, kind=st.sampled_from(("seat", "unseat", "hand_over")))
    def propose(self, actor: str | None, place: str, who: str, kind: str) -> None:
        """What takes two."""
        actor = self._who(actor, place)
        seats = self._managers(place)
        answer = self._call(
            "POST", actor, place, "proposals", {"kind": kind, "membership_id": self._membership(place, who)}
        )
        assert not answer.is_success or actor is PROGRAM or actor in seats

    @rule(
        actor=st.one_of(people, st.just(PROPOSED)),
        place=places,
        step=st.sampled_from(tuple(STEPS)),
        which=st.integers(0, 3),
    )
    def answer_proposal(self, actor: str, place: str, step: str, which: int) -> None:
        """Acceptance is the person's own; approval is another manager's."""
        actor = self._who(actor, place)
        found = self.world.api().get(f"{_path(place)}/proposals").json()["proposals"]
        if not found:
            return
        one = found[which % len(found)]
        actor = one["account_id"] if actor == PROPOSED else actor
        seats = self._managers(place)
        body = {"reason": "other"} if step == "decline" else None
        answer = self._call("POST", actor, place, f"proposals/{one['proposal_id']}/{STEPS[step]}", body)
        if answer.is_success and step == "accept":
            assert actor == one["account_id"]
        if answer.is_success and step == "approve":
            assert actor in seats and actor != one["proposed_by"]

    @rule(actor=actors, who=someone, scopes=st.sampled_from((["requests"], ["people"], ["requests", "people"])))
    def name_deputy(self, actor: str | None, who: str, scopes: list[str]) -> None:
        """Only a manager names one, from among the members."""
        actor = self._who(actor, CLINIC)
        seats = self._managers(CLINIC)
        body: dict[str, Any] = {"membership_id": self._membership(CLINIC, who), "scopes": scopes}
        body |= {"ends_at": _text(self.world.clock.now() + timedelta(days=2))}
        body |= {"manager_account_id": MEG} if actor is PROGRAM else {}
        answer = self._call("POST", actor, CLINIC, "deputies", body)
        assert not answer.is_success or actor is PROGRAM or actor in seats

    @rule(actor=people, wanted=functions, accepts=st.booleans())
    def connect(self, actor: str, wanted: list[str], accepts: bool) -> None:
        """The clinic offers a part of its functions to the company; the company's manager answers."""
        actor = self._who(actor, CLINIC)
        code = self._call("POST", PROGRAM, COMPANY, "connect-code").json()["connect_code"]
        seats = self._managers(CLINIC)
        body = {"side": "provider", "connect_code": code, "functions": wanted}
        asked = self._call("POST", actor, CLINIC, "partners", body)
        if not asked.is_success:
            return
        assert actor in seats
        link = asked.json()["link_id"]
        self.links.append(link)
        answer = {"outcome": "accept" if accepts else "decline"}
        mine = self._call("POST", actor, COMPANY, f"partners/{link}/decision", answer)
        assert not mine.is_success or actor in self._managers(COMPANY)
        self._call("POST", BILL, COMPANY, f"partners/{link}/decision", answer)

    @rule(actor=people, who=st.sampled_from((BILL, WIL, SAM)), wanted=functions)
    def send_staff(self, actor: str, who: str, wanted: list[str]) -> None:
        """The company's managers send their own people, within the connection."""
        actor = self._who(actor, COMPANY)
        if self.links:
            path = f"partners/{self.links[-1]}"
            given = self._call("GET", PROGRAM, COMPANY, path).json()["functions"]
            some = [one for one in given if one in wanted] or wanted
            path = f"{path}/staff/{self._membership(COMPANY, who)}"
            answer = self._call("PUT", actor, COMPANY, path, {"functions": some})
            assert not answer.is_success or actor in self._managers(COMPANY)

    @rule(actor=people, place=places, wanted=functions, ends=st.booleans())
    def cut_connection(self, actor: str, place: str, wanted: list[str], ends: bool) -> None:
        """Narrowed by the clinic, ended by either."""
        actor = self._who(actor, place)
        if not self.links:
            return
        link = self.links[-1]
        if ends:
            answer = self._call("POST", actor, place, f"partners/{link}/ending")
        else:
            answer = self._call("PUT", actor, place, f"partners/{link}", {"functions": wanted, "ends_at": None})
        assert not answer.is_success or actor in self._managers(place)

    @rule(actor=people, wanted=functions)
    def list_for_emergencies(self, actor: str, wanted: list[str]) -> None:
        """Managers say what an emergency may open."""
        actor = self._who(actor, CLINIC)
        seats = self._managers(CLINIC)
        answer = self._call("PUT", actor, CLINIC, "emergency-list", {"functions": wanted, "minutes": 60})
        assert not answer.is_success or actor in seats

    @rule(who=someone, wanted=functions)
    def begin_emergency(self, who: str, wanted: list[str]) -> None:
        """Listed functions alone, to a member."""
        listed = self.world.api().get(f"{_path(CLINIC)}/emergency-list").json()["functions"]
        some = [one for one in listed if one in wanted] or wanted
        body = {"organization_id": CLINIC, "functions": some, "reason": "Everybody else is away today"}
        answer = self.world.api(subject=who).post("/api/access/v1/me/emergencies", json=body)
        assert answer.status_code in ANSWERS, answer.text
        assert not answer.is_success or set(some) <= set(listed)

    @rule(minutes=st.sampled_from((1, 45, 600, 2 * 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        """Ends come without anybody's help."""
        self.world.clock.advance(timedelta(minutes=minutes))

    @invariant()
    def the_hard_rules_hold(self) -> None:
        """Whatever came before."""
        insist_hard_rules(self.world)

    def _who(self, actor: Any, place: str) -> Any:
        return min(self._managers(place)) if actor == BOSS else actor

    def _may_change_people(self, actor: str | None, place: str) -> bool:
        return actor is PROGRAM or actor in self._managers(place) or actor in self._deputies(place)

    def _deputies(self, place: str) -> set[str]:
        now = self.world.clock.now()
        found = self.world.api().get(f"{_path(place)}/deputies").json()["deputies"]
        return {one["account_id"] for one in found if "people" in one["scopes"] and _at(one["ends_at"]) > now}

    def _managers(self, place: str) -> set[str]:
        return {one.account_id for one in self._rows(place) if one.is_manager}

    def _rows(self, place: str) -> list[Membership]:
        return rows(self.world, place)

    def _held(self, place: str, who: str) -> Collection[str]:
        return next((one.functions for one in self._rows(place) if one.account_id == who), ())

    def _membership(self, place: str, who: str) -> str:
        return next((one.id for one in self._rows(place) if one.account_id == who), "mem_none")

    def _of_member(
        self, method: str, actor: str | None, place: str, who: str, path: str, body: dict[str, object]
    ) -> httpx.Response:
        return self._call(method, actor, place, f"members/{self._membership(place, who)}{path}", body)

    def _call(
        self, method: str, actor: str | None, place: str, path: str, body: dict[str, Any] | None = None
    ) -> httpx.Response:
        answer = self.world.api(subject=actor).request(
            method, f"{_path(place)}/{path}", json=body, headers={"If-Match": "*"}
        )
        assert answer.status_code in ANSWERS, (method, path, answer.text)
        return answer


def _path(place: str) -> str:
    return f"/api/access/v1/organizations/{place}"


def _text(instant: datetime) -> str:
    return instant.isoformat().replace("+00:00", "Z")


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _runs(examples: int, steps: int, *, same: bool) -> settings:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large]
    return settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, derandomize=same, suppress_health_check=slow
    )


class TestAccess(Access.TestCase):  # type: ignore[name-defined,misc]
    """The same few histories each time."""

    settings = _runs(12, 30, same=True)


@pytest.mark.soak
class TestAccessForLong(Access.TestCase):  # type: ignore[name-defined,misc]
    """Other histories each time, and longer ones."""

    settings = _runs(300, 60, same=False)
