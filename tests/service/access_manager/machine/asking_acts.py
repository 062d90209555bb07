"""What people try with requests for more, invitations, reviews and emergencies, as values."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

from access_manager.emergencies.models import Emergency, EmergencyPolicy
from access_manager.invitations.models import Invitation
from access_manager.requests.models import AccessRequest
from access_manager.reviews.models import Review, ReviewItem
from tests.service.access_manager.machine.people_acts import (
    SOME,
    OrElse,
    actors,
    days,
    functions,
    people,
    places,
    someone,
    which,
)
from tests.service.access_manager.machine.stage import ADDRESSES, BOSS, SECOND, Ready, Stage, chosen
from tests.service.access_manager.world import CLINIC

_ME = "/api/access/v1/me"
_PRACTICES = st.sampled_from((CLINIC, CLINIC, "org_other"))


@dataclass(frozen=True)
class Ask:
    """Ask for more, in one's own name (G7)."""

    who: str
    place: str
    wanted: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """The call; asked again nothing happens, so that it need not leave an entry."""
        body = {"organization_id": self.place, "functions": self.wanted}
        return stage.request(stage.who(self.who, self.place), "POST", f"{_ME}/access-requests", body)


@dataclass(frozen=True)
class DecideRequest:
    """Give all or a part of what was asked, or nothing."""

    actor: str | None
    which: int
    wanted: Sequence[str] | None

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anybody asked."""
        one = chosen(reversed(stage.all(AccessRequest)), self.which)
        if one is None:
            return None
        body: dict[str, object] = {"outcome": "deny", "reason": "training_first"}
        if self.wanted is not None:
            body = {"outcome": "give", "functions": [each for each in one.functions if each in self.wanted] or None}
        return stage.call(
            self.actor, "POST", one.organization_id, f"access-requests/{one.id}/decision", body, "access.decided"
        )


@dataclass(frozen=True)
class WithdrawRequest:
    """Take a request back."""

    who: str
    which: int

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anybody asked; a second time it changes nothing."""
        one = chosen(reversed(stage.all(AccessRequest)), self.which)
        if one is None:
            return None
        who = stage.who(self.who, one.organization_id)
        return stage.request(who, "POST", f"{_ME}/access-requests/{one.id}/withdrawal")


@dataclass(frozen=True)
class Invite:
    """Invite an address; the same again changes the invitation, or nothing."""

    actor: str | None
    place: str
    email: str
    wanted: Sequence[str]
    days: int | None

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        body: dict[str, object] = {"display_name": "Ann Lee", "email": self.email, "functions": self.wanted}
        body |= {"ends_at": stage.later(days=self.days) if self.days else None}
        return stage.call(self.actor, "POST", self.place, "invitations", body)


@dataclass(frozen=True)
class Revoke:
    """Take an invitation back."""

    actor: str | None
    which: int

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where anybody was invited."""
        one = chosen(reversed(stage.all(Invitation)), self.which)
        path = f"invitations/{one.id}/revocation" if one else ""
        return stage.call(self.actor, "POST", one.organization_id, path) if one else None


@dataclass(frozen=True)
class Join:
    """Say yes on the page of an invitation, as whoever owns its address."""

    which: int

    def ready(self, stage: Stage) -> Ready | None:
        """The press of the button, by somebody who has signed in and sees it."""
        one = chosen(reversed(stage.all(Invitation, Invitation.state == "pending")), self.which)
        if one is None:
            return None
        visitor = stage.world.browser(ADDRESSES[one.email], name="Ann Lee")
        visitor.open(f"/manage/join/{one.id}")
        return (lambda: visitor.press("Yes, accept")) if "Yes, accept" in visitor.text else None


@dataclass(frozen=True)
class OpenReview:
    """Ask who still needs access (G10)."""

    actor: str | None
    place: str

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        return stage.call(self.actor, "POST", self.place, "reviews", {"due_at": stage.later(days=4)}, "review.opened")


@dataclass(frozen=True)
class Certify:
    """Keep, keep less, or remove somebody of the frozen population."""

    actor: str | None
    which: int
    who: int
    decision: str

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where a review was ever opened; the same word said again leaves no second entry."""
        review = chosen(reversed(stage.all(Review)), self.which // 3)
        one = chosen(stage.all(ReviewItem, ReviewItem.review_id == review.id), self.who) if review else None
        if review is None or one is None:
            return None
        body: dict[str, object] = {"decision": self.decision}
        body |= {"functions": list(one.functions)[:1]} if self.decision == "fewer" else {}
        path = f"reviews/{review.id}/items/{one.membership_id}/decision"
        return stage.call(self.actor, "POST", review.organization_id, path, body)


@dataclass(frozen=True)
class CloseReview:
    """Close a review before its day."""

    actor: str | None

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where a review was ever opened."""
        one = chosen(reversed(stage.all(Review)), 0)
        return stage.call(self.actor, "POST", one.organization_id, f"reviews/{one.id}/closing") if one else None


@dataclass(frozen=True)
class ListForEmergencies:
    """Say what an emergency may open."""

    actor: str | None
    wanted: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """The call."""
        body = {"functions": self.wanted, "minutes": 60}
        return stage.call(self.actor, "PUT", CLINIC, "emergency-list", body, "emergency.list_changed")


@dataclass(frozen=True)
class BeginEmergency:
    """Take up what is listed."""

    who: str
    wanted: Sequence[str]

    def ready(self, stage: Stage) -> Ready:
        """The call, for what is both wanted and listed, or for what is not."""
        listed = {each for policy in stage.all(EmergencyPolicy) for each in policy.functions}
        some = [each for each in self.wanted if each in listed] or list(self.wanted)
        body = {"organization_id": CLINIC, "functions": some, "reason": "Everybody else is away today"}
        return stage.request(stage.who(self.who, CLINIC), "POST", f"{_ME}/emergencies", body, "emergency.started")


@dataclass(frozen=True)
class SettleEmergency:
    """End one, or say whether it was in order."""

    actor: str | None
    ends: bool

    def ready(self, stage: Stage) -> Ready | None:
        """The call, where there ever was one."""
        one = chosen(reversed(stage.all(Emergency)), 0)
        if one is None:
            return None
        path, body = ("ending", None) if self.ends else ("review", {"finding": "in_order"})
        return stage.call(self.actor, "POST", CLINIC, f"emergencies/{one.id}/{path}", body, "emergency.")


_WORDS = st.sampled_from(("keep", "fewer", "remove"))

_OPENS = st.builds(OpenReview, actors, _PRACTICES)
_CERTIFIES = st.builds(OrElse, st.builds(Certify, people, which, st.integers(0, 7), _WORDS), _OPENS)
_MANAGER = st.sampled_from((BOSS, SECOND))
_ASKS = st.builds(Ask, someone, places, functions)
_DECIDES = st.builds(DecideRequest, actors, which, st.one_of(st.just(SOME), st.none(), functions))
_INVITES = st.builds(Invite, actors, places, st.sampled_from(tuple(ADDRESSES)), functions, days)
_BEGINS = st.builds(BeginEmergency, someone, functions)

REQUESTS = st.one_of(
    _ASKS,
    st.builds(OrElse, _DECIDES, _ASKS),
    st.builds(OrElse, st.builds(DecideRequest, _MANAGER, st.just(0), st.just(SOME)), _ASKS),
    st.builds(Ask, _MANAGER, st.just(CLINIC), functions),
    st.builds(OrElse, st.builds(WithdrawRequest, someone, which), _ASKS),
)
INVITATIONS = st.one_of(
    _INVITES,
    st.builds(OrElse, st.builds(Join, which), _INVITES),
    st.builds(OrElse, st.builds(Revoke, actors, which), _INVITES),
)
REVIEWS = st.one_of(_CERTIFIES, _CERTIFIES, _CERTIFIES, _OPENS, st.builds(CloseReview, people))
EMERGENCIES = st.one_of(
    _BEGINS,
    st.builds(OrElse, st.builds(SettleEmergency, people, st.booleans()), _BEGINS),
    st.builds(ListForEmergencies, actors, functions),
)
