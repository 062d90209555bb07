"""Where the acts are played: a small town of people and practices, who is who in it, and calls ready to be made.

One process plays in `tests.service.access_manager.test_access_machine`, two over one PostgreSQL where rivals act.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

import httpx
from sqlalchemy import select

from access_manager.demo import DemoPractice
from access_manager.functions.catalogue import FUNCTIONS
from access_manager.memberships.models import Deputy, Membership
from access_manager.organizations.service import OrganizationFacts
from access_manager.tables import Base
from shared.events import parked
from shared.events.event import Event
from shared.ids import SeededIds
from tests.service.access_manager.invited import Accounts
from tests.service.access_manager.world import CLINIC, MEG, OTHER, SAM, World, clinic, manager, member

MAX, DEE, BO, BILL, WIL, ANN, COMPANY = "acc_max", "acc_dee", "acc_bo", "acc_bill", "acc_wil", "acc_ann", "org_company"
EVERYBODY = (SAM, DEE, MEG, MAX, WIL, BILL, BO, ANN)
PLACES = (CLINIC, OTHER, COMPANY)
ALL = tuple(function.id for function in FUNCTIONS)
# What each may hold, as domain.md §1 and F8 say it: the clinic everything, who has no contract not all of it, and a
# company by itself only what is about patients, claims and payments and takes no second factor.
_CONTRACTED = {"fee-schedule-change.view", "demographics.update", "agreement.copy.request"}
MAY_HOLD = {
    CLINIC: set(ALL),
    OTHER: set(ALL) - _CONTRACTED,
    COMPANY: {"eligibility.view", "claims.status.view", "claims.submit", "remittance.view"},
}
AT_HOME = ("eligibility.view", "claims.status.view")
GIVEN = ("eligibility.view", "claims.submit", "payment.manage")
PROGRAM, BOSS, SECOND, DEPUTY = None, "boss", "second", "deputy"
# Addresses that invitations go to, and whose they are: Ann works nowhere yet, Dee has a second one.
ADDRESSES = {"ann@office.example": ANN, "dee@home.example": DEE}
# Everything a door may say to somebody who tries; what is not here (a 500, a 503) is a fault.
ANSWERS = {200, 201, 202, 204, 303, 403, 404, 409, 410, 412, 422, 428, 429}

Row = TypeVar("Row", bound=Base)
One = TypeVar("One")
Ready = Callable[[], httpx.Response | None]


class Act(Protocol):
    """Something that somebody tries, as a value: it names people and places, not ids."""

    def ready(self, stage: "Stage") -> Ready | None:
        """Look up who and what is meant by now, and return the call; None where there is nothing to try it on."""
        ...


class Stage:
    """The running service (or several of it over one database), and what was accepted there."""

    def __init__(self, *worlds: World) -> None:
        self.worlds, self.world = worlds, worlds[0]
        self.accepted: list[tuple[str, tuple[str, ...]]] = []
        self.tried = 0
        self._clients: dict[tuple[object, ...], httpx.Client] = {}
        self._told = 0
        self.frozen: dict[str, Any] = {}
        self.abandoned: set[str] = set()
        self.terms: list[datetime] = []  # from when the first version counts, the second, …
        self.accepted_terms: dict[str, int] = {}
        _people(self.world)
        for each in worlds[1:]:
            each.context.ids = SeededIds(8)  # the first one's are 7's: two processes never make the same id
        for each in worlds:
            each.availability.open(*ALL)
            Accounts(each).owned.update({address: [who] for address, who in ADDRESSES.items()})
        _busy(self)

    @property
    def now(self) -> datetime:
        """The instant."""
        return self.world.clock.now()

    def later(self, **by: float) -> str:
        """An instant from now on, as calls carry it."""
        return (self.now + timedelta(**by)).isoformat().replace("+00:00", "Z")

    def all(self, kind: type[Row], *wanted: Any) -> list[Row]:
        """Rows of a table, all of them or those wanted, the first made first."""
        with self.world.context.reading() as session:
            return list(session.scalars(select(kind).where(*wanted).order_by(*kind.__table__.primary_key)))

    def people(self, place: str) -> list[Membership]:
        """Every membership of an organization, removed ones too."""
        return self.all(Membership, Membership.organization_id == place)

    def seated(self, place: str) -> set[str]:
        """Who manages it now."""
        return {one.account_id for one in self.people(place) if one.is_manager}

    def who(self, actor: str | None, place: str) -> str | None:
        """Who acts: `BOSS` is a manager of the place by then, `SECOND` another one, `DEPUTY` who was named last.

        Where nobody is, a program.
        """
        if actor == DEPUTY:
            named = self.all(Deputy, Deputy.organization_id == place)
            return named[-1].deputy_id if named else PROGRAM
        if actor not in (BOSS, SECOND):
            return actor
        return chosen(sorted(self.seated(place)), (BOSS, SECOND).index(actor))

    def membership(self, place: str, who: str) -> str:
        """The membership of somebody there; who is in another place stands for one of those who are, Ann for nobody."""
        members, meant = self.people(place), self.who(who, place)
        own = next((one.id for one in members if one.account_id == meant), None)
        standing = [one.id for one in members if one.status != "removed" and meant in EVERYBODY[:-1]]
        return own or chosen(standing, EVERYBODY.index(meant or ANN)) or "mem_none"

    def api(self, subject: str | None, scope: str = "access.manage") -> httpx.Client:
        """A client with a token of this instant, of one process after the other."""
        world = self.next_world()
        key = (id(world), subject, scope, self.now)
        if key not in self._clients:
            self._clients[key] = world.api(scope, subject=subject)
        return self._clients[key]

    def next_world(self) -> World:
        """One process after the other."""
        self.tried += 1
        return self.worlds[self.tried % len(self.worlds)]

    def call(self, actor: str | None, method: str, place: str, path: str, body: object = None, *leaves: str) -> Ready:
        """A call about a place, as somebody; `leaves`: how the entries begin of which an accepted one leaves one."""
        url = f"/api/access/v1/organizations/{place}/{path}"
        return self.request(self.who(actor, place), method, url, body, *leaves)

    def request(self, actor: str | None, method: str, url: str, body: object = None, *leaves: str) -> Ready:
        """A call to any address."""
        client = self.api(actor)

        def make() -> httpx.Response:
            answer = client.request(method, url, json=body, headers={"If-Match": "*"})
            assert answer.status_code in ANSWERS, (method, url, answer.status_code, answer.text)
            if answer.is_success and leaves:
                self.accepted.append((answer.headers["X-Request-ID"], leaves))
            return answer

        return make

    def asked(self, place: str, path: str) -> dict[str, Any]:
        """What a program reads there."""
        answer = self.api(PROGRAM).get(f"/api/access/v1/organizations/{place}/{path}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def tell(self, type: str, sender: str, subject: str, **data: object) -> None:
        """Another service tells something, newer than all before; nothing is parked."""
        self._told += 1
        event = Event(f"evt_{self._told}", type, sender, subject, self._told, self.now, data)
        self.next_world().deliver(event)
        with self.world.context.reading() as session:
            assert parked.listed(session) == []

    def open_functions(self) -> set[str]:
        """What availability says is open at this instant: what was closed until an hour that is over is open again."""
        for world in self.worlds:
            closed = {name: said for name, said in world.availability.answers.items() if not said["open"]}
            over = [name for name, said in closed.items() if datetime.fromisoformat(str(said["next_open"])) <= self.now]
            world.availability.open(*over)
        return {name for name, said in self.world.availability.answers.items() if said["open"]}

    def owes_terms(self, who: str) -> bool:
        """Whether terms of use count by now that somebody has not accepted."""
        return any(each <= self.now for each in self.terms[self.accepted_terms.get(who, 0) :])

    def hours_changed(self) -> None:
        """Availability tells that its answers changed, whichever."""
        told = {"calendar": "website", "functions": list(ALL), "version": self._told + 1, "changed_at": self.now}
        self.tell("schedule.changed", "availability", "website", **told)

    def close(self) -> None:
        """Let go of the databases."""
        for each in self.worlds:
            each.close()


def _people(world: World) -> None:
    """Two practices, one without a contract, and a billing company with one manager."""
    company = OrganizationFacts(COMPANY, "Bright Billing", "billing_company", False, None)
    world.seed(
        clinic(manager(), manager(MAX, "Max"), member(), member(DEE, "Dee")),
        clinic(manager(BO, "Bo"), member(), id=OTHER, contracted=False),
        DemoPractice(company, (manager(BILL, "Bill", AT_HOME), member(WIL, "Wil", AT_HOME))),
    )


def _busy(stage: Stage) -> None:
    """The company works for the clinic already, and the clinic lists what an emergency may open."""
    code = stage.call(PROGRAM, "POST", COMPANY, "connect-code")()
    offer = {"side": "provider", "connect_code": code.json()["connect_code"] if code else "", "functions": GIVEN}
    made = stage.call(PROGRAM, "POST", CLINIC, "partners", offer)()
    link = made.json()["link_id"] if made else ""
    stage.call(PROGRAM, "POST", COMPANY, f"partners/{link}/decision", {"outcome": "accept"})()
    sent = f"partners/{link}/staff/{stage.membership(COMPANY, WIL)}"
    stage.call(PROGRAM, "PUT", COMPANY, sent, {"functions": GIVEN[:2]}, "link.assigned")()
    listed = {"functions": GIVEN, "minutes": 60}
    stage.call(PROGRAM, "PUT", CLINIC, "emergency-list", listed, "emergency.list_changed")()


def chosen(found: Iterable[One], which: int) -> One | None:
    """One of what is found, whatever number was drawn; None where there is nothing."""
    listed = list(found)
    return listed[which % len(listed)] if listed else None
