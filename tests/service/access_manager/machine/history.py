"""The audit played again: does every entry follow from the ones before it, and was whoever acted allowed to, then?

What is kept here is made of entries alone, by the words of domain.md §3 and without the service's own code: what each
membership holds, who manages, who is a deputy until when. It runs behind the acts, in the order in which the database
kept them; so where rivals acted at once, the order that it finds is one in which everything accepted was allowed.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select

from access_manager.memberships.models import Membership
from access_manager.reviews.models import Review, ReviewItem
from shared.db.floor import audit_entries
from tests.service.access_manager.machine.stage import MAY_HOLD, PLACES, Stage

Entry = Any  # a row of the audit, its columns as attributes
Key = tuple[str, str]
MEMBERSHIP = "membership."
# Acts of which the person is the object too: they ask, accept, or take up what was listed for everybody.
_OWN = {"access.requested", "access.withdrawn", "emergency.started", "proposal.accepted", "invitation.accepted"}
_OWN_TOO = {"emergency.ended", "proposal.declined"}
# What a deputy may do, by the scope that it takes. Everything else is a manager's.
_OF_SCOPE = {"access.decided": "requests", "invitation": "people", MEMBERSHIP: "people"}
_FOLLOWS = {"left_company", "link_ended", "link_narrowed", "taken_off"}


@dataclass
class Act:
    """Everything that one request left, and who managed where when it began."""

    seats: Mapping[str, frozenset[str]]
    entries: list[Entry] = field(default_factory=list)

    def has(self, *starts: str) -> bool:
        """Whether it left an entry that begins so."""
        return any(each.action.startswith(starts) for each in self.entries)

    def manages(self, account: str | None, place: str | None) -> bool:
        """Whether the account had a seat there when the act began."""
        return account in self.seats.get(str(place), ())


class History:
    """What the audit says, so far."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._read = 0
        self._held: dict[Key, dict[str, Any]] = {}
        self._deputies: dict[str, dict[str, Any]] = {}
        self._proposers: dict[str, str] = {}
        self._given: dict[tuple[str, str, str], int] = {}  # which entry gave whom what where, the last time
        self._opened: dict[str, int] = {}  # which entry opened a review
        self.follow(judged=False)

    def follow(self, *, judged: bool = True) -> None:
        """Read what is new, judge each act, and compare what is left with the rows."""
        for act in self._acts():
            for each in act.entries:
                if judged and each.actor_kind == "person":
                    self._insist_allowed(act, each)
                self._take(act, each, judged)
        self._insist_rows()
        self._insist_lapse()
        self._insist_told()

    def seats(self) -> dict[str, frozenset[str]]:
        """Who manages each place, as the entries so far say."""
        seated: dict[str, set[str]] = defaultdict(set)
        for (place, account), held in self._held.items():
            if (held["role"], held["status"]) == ("manager", "active"):
                seated[place].add(account)
        return {place: frozenset(accounts) for place, accounts in seated.items()}

    def _acts(self) -> Iterable[Act]:
        """The new entries by what wrote them; what one request wrote under one lock stands together."""
        wanted = select(audit_entries).where(audit_entries.c.number > self._read).order_by(audit_entries.c.number)
        with self._stage.world.context.reading() as session:
            fresh = session.execute(wanted).all()
        self._read = fresh[-1].number if fresh else self._read
        of_request: dict[object, list[Entry]] = {}
        for each in fresh:
            of_request.setdefault(each.request_id or each.number, []).append(each)
        for entries in of_request.values():
            yield Act(self.seats(), entries)

    def _take(self, act: Act, entry: Entry, judged: bool) -> None:
        if entry.action.startswith(MEMBERSHIP) and entry.action != "membership.dormant":
            key = (entry.organization, entry.target)
            assert entry.before == self._held.get(key), ("a lost update", entry, self._held.get(key))
            if judged:
                self._insist_holdable(act, entry)
            self._note_what_is_given(act, entry)
            self._held[key] = entry.after
            self._insist_count(entry, judged)
        elif entry.action == "deputy.named":
            self._deputies[entry.after["deputy"]] = {**entry.after, "who": entry.target, "place": entry.organization}
        elif entry.action == "deputy.ended":
            self._deputies.pop(entry.before["deputy"], None)
        elif entry.action.endswith("_proposed") or entry.action in {"manager.proposed", "functions.proposed"}:
            self._proposers[entry.after["proposal"]] = entry.actor
        elif entry.action == "review.opened":
            self._opened[entry.target] = entry.number

    def _note_what_is_given(self, act: Act, entry: Entry) -> None:
        before = entry.before or {"functions": ()}
        anew = act.has("invitation.accepted", "access.decided", "proposal.", "functions.proposed")
        lent = [name for one in act.entries if one.action == "emergency.started" for name in one.after["functions"]]
        for each in entry.after["functions"]:
            if anew or each in lent or entry.action == "membership.granted" or each not in before["functions"]:
                self._given[entry.organization, entry.target, each] = entry.number

    def _insist_lapse(self) -> None:
        """G10: what nobody confirmed carries the due date as its own end, unless it was given anew since."""
        rows = {one.id: one for one in self._stage.all(Membership)}
        opened = {each.id: each for each in self._stage.all(Review, Review.state == "open")}
        for item in self._stage.all(ReviewItem, ReviewItem.decision.is_(None)):
            one, review = rows[item.membership_id], opened[item.review_id]
            for each in (name for name in one.functions if name in item.functions):
                given = self._given.get((one.organization_id, one.account_id, each), 0)
                if given < self._opened[review.id]:
                    assert datetime.fromisoformat(one.function_ends[each]) <= review.due_at, (item, each)

    def _insist_count(self, entry: Entry, judged: bool) -> None:
        """G1: after every single entry 1 to 15; nobody but a closed account leaves a practice without a manager."""
        place = str(entry.organization)
        count = len(self.seats().get(place, ()))
        if count:
            self._stage.abandoned.discard(place)
        elif judged and place not in self._stage.abandoned:
            assert entry.reason == "account_closed", entry
            self._stage.abandoned.add(place)
        assert count <= 15

    def _insist_holdable(self, act: Act, entry: Entry) -> None:
        """G4, G5: nothing beyond the organization's contract, and nothing more for oneself by one's own hand."""
        after, before = entry.after, entry.before or {"functions": (), "status": "removed"}
        assert set(after["functions"]) <= MAY_HOLD[entry.organization], entry
        held = before["functions"] if before["status"] == "active" else ()
        more = set(after["functions"]) - set(held)
        if not more or entry.actor_kind != "person" or entry.target not in (entry.actor, entry.on_behalf_of):
            return
        sole = act.has("link.assigned") and any(seats == {entry.target} for seats in act.seats.values())
        given = any(
            each.before["invited_by"] != entry.actor for each in act.entries if each.action == "invitation.accepted"
        )
        assert entry.actor == entry.target and (entry.reason == "emergency" or given or sole), ("own raise", entry)

    def _insist_allowed(self, act: Act, entry: Entry) -> None:
        """Whoever acted was a manager there then, or a deputy of one within period and scope, or it was their own."""
        action, place, own = entry.action, entry.organization, entry.actor == entry.target
        if action in _OWN:
            assert own, entry
            return
        if (
            (action in _OWN_TOO and own)
            or entry.reason in ("emergency", "emergency_ended")
            or self._follows(act, entry)
        ):
            return
        if action in {"access.decided", "review.decided", "emergency.reviewed", "approval.decided"}:
            assert entry.target not in (entry.actor, entry.on_behalf_of), ("own decision", entry)
        if action == "proposal.approved":
            assert entry.actor != self._proposers[entry.after["proposal"]], ("own proposal", entry)
        assert act.manages(entry.actor, place) or self._as_deputy(act, entry), ("nobody there", entry, act.seats)

    def _follows(self, act: Act, entry: Entry) -> bool:
        """What an act brings with it, in the same transaction, is allowed where the act is."""
        if act.has("invitation.accepted") and entry.target == entry.actor:
            return True
        if act.has("proposal.accepted") and act.manages(entry.on_behalf_of, entry.organization):
            return True
        if entry.reason in _FOLLOWS or act.has("link."):
            return any(
                act.manages(entry.actor, each.organization) or self._as_deputy(act, each) for each in act.entries
            )
        return bool(entry.action == "deputy.ended" and act.has(MEMBERSHIP))

    def _as_deputy(self, act: Act, entry: Entry) -> bool:
        """G6: named by somebody who has the seat, still a member, in the period, for this."""
        scopes = {scope for action, scope in _OF_SCOPE.items() if act.has(action)}
        scope = "requests" if "requests" in scopes else "people" if scopes else "nothing"
        own = self._held.get((str(entry.organization), entry.actor), {})
        if not act.manages(entry.on_behalf_of, entry.organization) or own.get("status") != "active":
            return False
        if own["ends_at"] and datetime.fromisoformat(own["ends_at"]) <= entry.at:
            return False
        named = [each for each in self._deputies.values() if each["place"] == entry.organization]
        return any(
            (each["who"], each["manager"]) == (entry.actor, entry.on_behalf_of)
            and scope in each["scopes"]
            and datetime.fromisoformat(each["starts_at"]) <= entry.at < datetime.fromisoformat(each["ends_at"])
            for each in named
        )

    def _insist_rows(self) -> None:
        """What the rows say is what the entries say: nothing was changed without one."""
        rows = {(one.organization_id, one.account_id): one for one in self._stage.all(Membership)}
        assert rows.keys() == self._held.keys()
        for key, one in rows.items():
            held = self._held[key]
            assert (list(one.functions), one.role, one.status) == (held["functions"], held["role"], held["status"]), key
            assert one.ends_at == (datetime.fromisoformat(held["ends_at"]) if held["ends_at"] else None), key
        assert {place for place, _ in rows} <= set(PLACES)

    def _insist_told(self) -> None:
        """M2: what was accepted stands in the audit, under the id that the answer named."""
        asked = [request for request, _ in self._stage.accepted]
        wanted = select(audit_entries.c.request_id, audit_entries.c.action)
        with self._stage.world.context.reading() as session:
            found = session.execute(wanted.where(audit_entries.c.request_id.in_(asked))).all() if asked else []
        for request, leaves in self._stage.accepted:
            assert [row for row in found if row.request_id == request and row.action.startswith(leaves)], leaves
        self._stage.accepted.clear()
