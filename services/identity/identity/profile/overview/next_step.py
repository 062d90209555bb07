"""The one thing worth doing next, on top of the overview, and where the person's work is. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from identity.mfa.picker import FACTORS, RECOVERY_CODES, Method
from shared.i18n import say

_FEW = 3


@dataclass(frozen=True)
class NextStep:
    """A sentence, and the link that does it; both texts are catalogue keys."""

    sentence: str
    label: str
    href: str


@dataclass(frozen=True)
class Work:
    """A place of work of the suite: what its link says (a catalogue key), and where it leads."""

    label: str
    href: str


_OF_STAFF = {
    "desk": (Work(say("Go to the support desk"), "/desk"), Work(say("Find an account"), "/admin")),
    "operator": (
        Work(say("Go to the operators’ pages"), "/admin"),
        Work(say("Go to opening hours and maintenance"), "/hours"),
    ),
    "auditor": (Work(say("Go to the operators’ pages"), "/admin"),),
}


def next_step(methods: Sequence[Method], *, belongs: bool) -> NextStep | None:
    """Return what is missing for safety first, else an organization to belong to, else nothing."""
    usable = [method for method in methods if method.kind in FACTORS and method.usable]
    codes = sum(method.remaining or 0 for method in methods if method.kind == RECOVERY_CODES)
    if not usable:
        sentence = say("A password alone can be stolen. Add a second way to prove it is you.")
        return NextStep(sentence, say("Add a sign-in method"), "/account/methods")
    if len(usable) == 1 and codes < _FEW:
        sentence = say("If you lose your only sign-in method you need another way in. Add one, or recovery codes.")
        return NextStep(sentence, say("Go to sign-in methods"), "/account/methods")
    if not belongs:
        sentence = say("You belong to no organization. Ask to join the one you work for.")
        return NextStep(sentence, say("Register"), "/register")
    return None


def places_of_work(*, manages: bool, staff_role: str | None) -> tuple[Work, ...]:
    """Return where the person's own work in the suite is done; ordinary members work in portals."""
    managing = (Work(say("Manage access"), "/manage"),) if manages else ()
    return (*_OF_STAFF.get(staff_role or "", ()), *managing)
