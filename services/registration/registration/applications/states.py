"""The life of an application, as states and the acts that move it. Pure: no time, no storage.

The picture is states.mermaid, beside this file. Every act is carried out as one guarded UPDATE over `sources(act)`, so
two rivals never both succeed.
"""

from enum import StrEnum


class State(StrEnum):
    """Where an application stands; the value is what is stored and sent."""

    DRAFT = "draft"
    CONTACT_PROVED = "contact_proved"
    SUBMITTED = "submitted"
    AWAITING_MANAGER = "awaiting_manager"
    VETTING = "vetting"
    APPROVED = "approved"
    DENIED = "denied"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Act(StrEnum):
    """What can happen to an application."""

    PROVE_CONTACT = "prove_contact"
    CHANGE_CONTACT = "change_contact"
    SUBMIT = "submit"
    ASK_MANAGERS = "ask_managers"
    VET = "vet"
    REROUTE = "reroute"
    APPROVE = "approve"
    DENY = "deny"
    WITHDRAW = "withdraw"
    EXPIRE = "expire"


DRAFTING = frozenset({State.DRAFT, State.CONTACT_PROVED})
PENDING = frozenset({State.SUBMITTED, State.AWAITING_MANAGER, State.VETTING})
FINAL = frozenset({State.APPROVED, State.DENIED, State.WITHDRAWN, State.EXPIRED})

# A decision may overtake the notice that one is awaited (events arrive in any order), so SUBMITTED
# is a source of the decisions too.
_MOVES: dict[Act, tuple[frozenset[State], State]] = {
    Act.PROVE_CONTACT: (frozenset({State.DRAFT}), State.CONTACT_PROVED),
    Act.CHANGE_CONTACT: (frozenset({State.CONTACT_PROVED}), State.DRAFT),
    Act.SUBMIT: (frozenset({State.CONTACT_PROVED}), State.SUBMITTED),
    Act.ASK_MANAGERS: (frozenset({State.SUBMITTED}), State.AWAITING_MANAGER),
    # Managers who stay silent, or leave, hand over to the desk; an organization that got a manager takes back.
    Act.VET: (frozenset({State.SUBMITTED, State.AWAITING_MANAGER}), State.VETTING),
    Act.REROUTE: (frozenset({State.VETTING}), State.SUBMITTED),
    Act.APPROVE: (PENDING, State.APPROVED),
    Act.DENY: (PENDING, State.DENIED),
    Act.WITHDRAW: (PENDING, State.WITHDRAWN),
    Act.EXPIRE: (DRAFTING, State.EXPIRED),
}


class NotAllowed(Exception):
    """The act does not lead anywhere from the state."""

    def __init__(self, act: Act, state: State) -> None:
        super().__init__(f"{act} is not possible from {state}")
        self.act, self.state = act, state


def sources(act: Act) -> frozenset[State]:
    """The states the act may start from."""
    return _MOVES[act][0]


def target(act: Act) -> State:
    """The state the act leads to."""
    return _MOVES[act][1]


def after(state: State, act: Act) -> State:
    """The state after the act; raises NotAllowed."""
    if state not in sources(act):
        raise NotAllowed(act, state)
    return target(act)
