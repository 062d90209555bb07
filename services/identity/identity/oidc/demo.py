"""Clients of the local run only: three for trials on loopback, one that may call every JSON API (contract)."""

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import CLIENT_CREDENTIALS, CODE, NATIVE, REFRESH, THIRD_PARTY, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.scopes import INTROSPECT, PERSONAL

APIS = ("identity", "registration", "access", "availability")
_FOR_TRIALS = "For trials on one's own machine: apps come and go on loopback, and people are made up."
_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")
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
    "tins.read",
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
        justification=_FOR_TRIALS,
        scopes=(*PERSONAL, "access.evaluate"),
        grant_types=(CODE, REFRESH, CLIENT_CREDENTIALS),
        audiences=(f"{public_url}/api/access",),
    )


def native(public_url: str) -> ClientSpec:
    """An app without a secret, as on a phone: a scheme of its own, or loopback on any port; PKCE."""
    return with_profile(
        NATIVE,
        id="trial-native",
        name="Local trial, native",
        redirect_uris=("com.example.trial:/callback", *(f"http://{host}/callback" for host in _LOOPBACK)),
        post_logout_redirect_uris=_LANDINGS,
        minimum_acr=ACR_1,
        justification=_FOR_TRIALS,
        scopes=PERSONAL,
        audiences=(f"{public_url}/api/access",),
    )


def third_party(public_url: str) -> ClientSpec:
    """An app of somebody else: people are asked, and see what for."""
    return with_profile(
        THIRD_PARTY,
        id="trial-partner",
        name="Local trial, partner",
        redirect_uris=tuple(f"http://{host}/callback" for host in _LOOPBACK),
        post_logout_redirect_uris=_LANDINGS,
        minimum_acr=ACR_1,
        justification=_FOR_TRIALS,
        purpose="To show what an app of somebody else sees when you let it.",
        client_uri=f"{public_url}/",
        scopes=PERSONAL,
    )


def suite_service(public_url: str) -> ClientSpec:
    """A program that may call every JSON API and ask about every token."""
    return ClientSpec(
        id="suite-service",
        name="Suite service",
        justification=_FOR_TRIALS,
        scopes=EVERY_SCOPE,
        grant_types=(CLIENT_CREDENTIALS,),
        audiences=tuple(f"{public_url}/api/{name}" for name in APIS),
    )
