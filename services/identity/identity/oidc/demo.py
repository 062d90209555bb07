"""Clients of the local run only: one for trials on loopback, one that may call every JSON API (contract §Commands)."""

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, REFRESH, ClientSpec
from identity.oidc.scopes import INTROSPECT, PERSONAL

APIS = ("identity", "registration", "access", "availability")
_LANDINGS = ("http://localhost/", "http://127.0.0.1/")
EVERY_SCOPE = (
    "accounts.open",
    "accounts.read",
    "accounts.recover",
    "accounts.manage",
    "sessions.manage",
    "sessions.use",
    "policies.manage",
    "audit.read",
    "clients.manage",
    "applications.read",
    "vetting.manage",
    "access.evaluate",
    "access.read",
    "access.manage",
    "hours.read",
    "hours.manage",
    "notices.report",
    INTROSPECT,
)


def trial(public_url: str) -> ClientSpec:
    """A confidential client for local trials: any loopback address on any port, and a password is enough."""
    return ClientSpec(
        id="trial",
        name="Local trial",
        redirect_uris=("http://localhost/callback", "http://127.0.0.1/callback"),
        post_logout_redirect_uris=_LANDINGS,
        any_loopback=True,
        minimum_acr=ACR_1,
        scopes=(*PERSONAL, "access.evaluate"),
        grant_types=(CODE, REFRESH, CLIENT_CREDENTIALS),
        audiences=(f"{public_url}/api/access",),
    )


def suite_service(public_url: str) -> ClientSpec:
    """A program that may call every JSON API and ask about every token."""
    return ClientSpec(
        id="suite-service",
        name="Suite service",
        scopes=EVERY_SCOPE,
        grant_types=(CLIENT_CREDENTIALS,),
        audiences=tuple(f"{public_url}/api/{name}" for name in APIS),
    )
