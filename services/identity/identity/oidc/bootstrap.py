"""What a new deployment needs before anybody can sign in: keys, and the suite's own clients. Safe at every start."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from identity.mfa.assurance import ACR_1, ACR_2
from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, REFRESH, ClientSpec
from identity.oidc.clients.service import ensure_client, find
from identity.oidc.keys import service as keys
from identity.oidc.provider import Provider
from identity.oidc.scopes import EMAIL, FUNCTIONS, OPENID, ORGANIZATION, PHONE, POPULATION, PROFILE
from shared.service import Work

__all__ = ["ClientSpec", "Prepared", "first_party", "prepare"]

_OF_PAGES = (OPENID, PROFILE, EMAIL, POPULATION)
_OF_PORTALS = (OPENID, PROFILE, EMAIL, PHONE, POPULATION, ORGANIZATION, FUNCTIONS)


@dataclass(frozen=True)
class Prepared:
    """What a run changed."""

    keys_made: int
    clients_changed: tuple[str, ...]


def prepare(work: Work, specs: Mapping[str, ClientSpec], secrets: Mapping[str, str | None]) -> Prepared:
    """Make missing keys, and let each client that a secret, or None, is given for be as its spec says.

    Raises KeyError for a secret of a client that is none of `specs`, and 422 for a secret that is too short.
    """
    made = keys.ensure(work, work.context.part(Provider).box)
    wanted = {name: _as_switched(work, specs[name]) for name in secrets}
    changed = tuple(name for name, secret in secrets.items() if ensure_client(work, wanted[name], secret))
    return Prepared(made, changed)


def _as_switched(work: Work, spec: ClientSpec) -> ClientSpec:
    """What an operator has switched off stays off: no restart lets an app in again that was broken into."""
    known = find(work.session, spec.id)
    return replace(spec, enabled=known.enabled) if known is not None else spec


def first_party(public_url: str, portal_url: str | None = None) -> dict[str, ClientSpec]:
    """Return the suite's own clients by id: one per service with pages, and the sample portal where it has a URL."""
    specs = [registration(public_url), access_manager(public_url), availability(public_url)]
    if portal_url:
        specs.append(portal(public_url, portal_url))
    return {spec.id: spec for spec in specs}


def registration(public_url: str) -> ClientSpec:
    """Registration: the status page of applicants and the desk; opens accounts."""
    return ClientSpec(
        id="registration",
        name="Registration",
        redirect_uris=tuple(f"{public_url}/{room}/callback" for room in ("register", "register/status", "desk")),
        post_logout_redirect_uris=(f"{public_url}/",),
        minimum_acr=ACR_1,
        justification="Applicants look after their application with a password; more they have not set up yet.",
        scopes=(*_OF_PAGES, "sessions.use", "accounts.open", "accounts.read", "access.read", "hours.read"),
        grant_types=(CODE, CLIENT_CREDENTIALS),
        audiences=_apis(public_url, "identity", "access", "availability"),
    )


def access_manager(public_url: str) -> ClientSpec:
    """Access-manager: everybody's own access and the managers' console; asks for opening hours and people."""
    return ClientSpec(
        id="access-manager",
        name="Access management",
        redirect_uris=(f"{public_url}/manage/callback",),
        post_logout_redirect_uris=(f"{public_url}/",),
        minimum_acr=ACR_1,
        justification="A member sees their own access with a password; the pages of managers ask for two factors.",
        scopes=(
            *_OF_PAGES,
            "sessions.use",
            "accounts.read",
            "accounts.open",
            "accounts.recover",
            "applications.read",
            "hours.read",
        ),
        grant_types=(CODE, CLIENT_CREDENTIALS),
        audiences=_apis(public_url, "identity", "registration", "availability"),
    )


def availability(public_url: str) -> ClientSpec:
    """Availability: the operators' pages for calendars and maintenance."""
    return ClientSpec(
        id="availability",
        name="Opening hours",
        redirect_uris=(f"{public_url}/hours/callback",),
        post_logout_redirect_uris=(f"{public_url}/",),
        minimum_acr=ACR_2,
        scopes=(*_OF_PAGES, "sessions.use", "access.read"),
        grant_types=(CODE, CLIENT_CREDENTIALS),
        audiences=_apis(public_url, "identity", "access"),
    )


def portal(public_url: str, portal_url: str) -> ClientSpec:
    """The sample portal: signs people in and asks for decisions."""
    return ClientSpec(
        id="portal",
        name="Sample portal",
        redirect_uris=(f"{portal_url}/callback",),
        post_logout_redirect_uris=(f"{portal_url}/",),
        backchannel_logout_uri=f"{portal_url}/signed-out",
        minimum_acr=ACR_1,
        justification="The sample portal shows what each level of sign-in opens, and begins with a password.",
        scopes=(*_OF_PORTALS, "access.evaluate"),
        grant_types=(CODE, REFRESH, CLIENT_CREDENTIALS),
        populations=("provider",),
        audiences=_apis(public_url, "access"),
    )


def _apis(public_url: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{public_url}/api/{name}" for name in names)
