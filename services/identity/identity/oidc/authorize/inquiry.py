"""One authorization request on its way through the rules: what it says, and what has been proven of it so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from identity.entitlements.service import Entitlement
from identity.oidc.clients.policy import Client
from identity.oidc.faults import Fault
from identity.oidc.parameters import Parameters
from identity.sessions.service import SessionView

SINCE = "gatehouse_since"


@dataclass(frozen=True)
class Known:
    """What the rules may ask of the rest of the house."""

    client: Callable[[str], Client | None]
    population: Callable[[str], str | None]  # of an account id
    entitlements: Callable[[str], Sequence[Entitlement]]  # of an account id
    organization_acr: Callable[[str], str | None]  # the least level that an organization accepts
    hinted: Callable[[str, str], str | None]  # the account that an ID token for this client id names
    terms_due: Callable[[str], bool]  # whether an account has yet to accept the terms of use in force


@dataclass
class Inquiry:
    """Attributes without a value yet are proven by the rule that sets them, in the order of `order.RULES`."""

    asked: Parameters
    length: int
    now: datetime
    issuer: str
    session: SessionView | None
    known: Known

    client: Client = field(init=False)
    redirect_uri: str = field(init=False)
    response_mode: str = field(init=False, default="query")
    prompts: frozenset[str] = field(init=False, default=frozenset())
    scopes: tuple[str, ...] = field(init=False)
    audience: tuple[str, ...] = field(init=False)
    required_acr: str = field(init=False)
    hinted: str | None = field(init=False, default=None)
    since: datetime | None = field(init=False, default=None)
    again: bool = field(init=False, default=False)
    person: SessionView = field(init=False)
    organization_id: str | None = field(init=False, default=None)

    @property
    def may_redirect(self) -> bool:
        """True once the client and the address are proven: before that, nothing leaves for anywhere (threat 2)."""
        return hasattr(self, "redirect_uri")

    @property
    def silent(self) -> bool:
        """True where no page may be shown (`prompt=none`)."""
        return "none" in self.prompts


class Detour(Exception):
    """The person must pass sign-in first; `silent` is what the client is told where no page may be shown."""

    def __init__(self, silent: Fault) -> None:
        super().__init__(silent.code)
        self.silent = silent
