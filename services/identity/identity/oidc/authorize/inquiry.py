"""One authorization request on its way through the rules: what it says, and what has been proven of it so far."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from identity.closures.service import Closed
from identity.entitlements.service import Entitlement
from identity.oidc.apps.consents import Consent
from identity.oidc.asked_claims import NOTHING_ASKED, AskedClaims
from identity.oidc.authorize.pushed.models import Pushed
from identity.oidc.clients.policy import Client
from identity.oidc.faults.fault import Fault
from identity.oidc.parameters import Parameters
from identity.sessions.service import SessionView

SINCE = "gatehouse_since"


@dataclass(frozen=True)
class Known:
    """What the rules may ask of the rest of the house."""

    client: Callable[[str], Client | None]
    pushed: Callable[[str, str], Pushed | None]  # what a client id pushed under a request_uri
    population: Callable[[str], str | None]  # of an account id
    entitlements: Callable[[str], Sequence[Entitlement]]  # of an account id
    organization_acr: Callable[[str], str | None]  # the least level that an organization accepts
    hinted: Callable[[str, str], str | None]  # the account that an ID token for this client id names
    terms_due: Callable[[str], bool]  # whether an account has yet to accept the terms of use in force
    consent: Callable[[str, str], Consent | None]  # what an account allows a client id
    website: Callable[[], Closed | None]  # how the website is closed for maintenance


@dataclass
class Inquiry:
    """Attributes without a value yet are proven by the rule that sets them, in the order of `order`.

    `pushing`: the client itself hands the request in; `proof_jkt`: the key whose proof came with that.
    """

    asked: Parameters
    length: int
    now: datetime
    issuer: str
    session: SessionView | None
    known: Known
    pushing: bool = False
    proof_jkt: str | None = None

    client: Client = field(init=False)
    pushed: Pushed | None = field(init=False, default=None)
    redirect_uri: str = field(init=False)
    response_mode: str = field(init=False, default="query")
    dpop_jkt: str | None = field(init=False, default=None)
    prompts: frozenset[str] = field(init=False, default=frozenset())
    scopes: tuple[str, ...] = field(init=False)
    claims: AskedClaims = field(init=False, default=NOTHING_ASKED)
    audience: tuple[str, ...] = field(init=False)
    required_acr: str = field(init=False)
    hinted: str | None = field(init=False, default=None)
    arrived_at: datetime | None = field(init=False, default=None)  # first, before this person was sent to a page
    since: datetime | None = field(init=False, default=None)
    person: SessionView = field(init=False)
    acr: str = field(init=False)  # what the client is told
    organization_id: str | None = field(init=False, default=None)

    @property
    def may_redirect(self) -> bool:
        """True once the client and the address are proven: before that, nothing leaves for anywhere (threat 2)."""
        return hasattr(self, "redirect_uri")

    @property
    def silent(self) -> bool:
        """True where no page may be shown (`prompt=none`)."""
        return "none" in self.prompts

    @property
    def asks_each_time(self) -> bool:
        """True where a yes is good for one sign-in: the app wants it, or anybody can be it (RFC 8252 §8.6)."""
        return "consent" in self.prompts or self.client.public

    @property
    def topics(self) -> frozenset[str]:
        """What the client would learn or may do, in the words of scopes, whether it asked by scope or by claim."""
        return frozenset(self.scopes) | self.claims.scopes


class Way(StrEnum):
    """To which page a person is led before the app gets its answer."""

    SIGN_IN = "sign-in"
    REGISTER = "register"
    CONSENT = "consent"


class Detour(Exception):
    """The person must pass a page first; `silent` is what the client is told where no page may be shown."""

    def __init__(self, silent: Fault, way: Way = Way.SIGN_IN) -> None:
        super().__init__(silent.code)
        self.silent = silent
        self.way = way
