"""What people do at the pages of a sign-in, whichever app sent them there; and clients that a test registers itself."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast
from urllib.parse import urlencode

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from deploy.stack.environment import environment_of
from deploy.stack.table import PROGRAMS
from identity.app import SERVICE as IDENTITY
from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import FIRST_PARTY
from identity.oidc.clients.profiles import with_profile
from identity.oidc.clients.service import ensure_client
from shared import runtime
from shared.config import load
from shared.service import Context
from tests.support.pages import PageVisitor, Visitor
from tests.support.relying_party import NOBODY_THERE
from tests.support.stack import StackWorld
from tests.support.world import OneProcess, World, person

PERSONAL = ("openid", "profile", "email", "organization", "functions", "population")


def type_password(world: World, visitor: Visitor, user_id: str) -> None:
    """Enter a demo person's user ID and password."""
    visitor.fill("User ID", user_id)
    visitor.fill("Password", person(world, user_id)["password"])
    visitor.press("Sign in")


def registered(world: World, *, secret: str | None = None, profile: str = FIRST_PARTY, **given: Any) -> dict[str, Any]:
    """Register a client of a test, for people with a password on loopback; return its entry as in the facts."""
    name = f"trial-{time.monotonic_ns()}"
    told: dict[str, Any] = {
        "redirect_uris": (NOBODY_THERE,),
        "post_logout_redirect_uris": (NOBODY_THERE,),
        "any_loopback": True,
        "minimum_acr": ACR_1,
        "scopes": PERSONAL,
        "justification": "Its people are those of the demo",
    }
    spec = with_profile(profile, id=name, name="An app of a test", **(told | given))
    with _identity(world) as context, context.transaction() as work:
        ensure_client(work, spec, secret)
    return {"name": name, "client_id": name, "client_secret": secret}


@contextmanager
def _identity(world: World) -> Iterator[Context]:
    """Identity of a world: its own, or for a stack one beside its programs, on the same database."""
    if isinstance(world, OneProcess):
        yield world.suite.contexts["identity"]
        return
    stack = cast("StackWorld", world).stack
    program = next(entry for entry in PROGRAMS if entry.name == "identity")
    context = runtime.build(IDENTITY, load(IDENTITY.settings, environment_of(program, stack.place)), clock=world)
    try:
        yield context
    finally:
        context.bell.close()
        context.database.close()


def sent(world: World, visitor: PageVisitor, address: str, user_id: str) -> str:
    """Send a demo person to an app's authorization address; return the one at which they come back to the app."""
    visitor.stop_at = NOBODY_THERE
    visitor.open(address)
    type_password(world, visitor, user_id)
    return came_back(visitor)


def signed_out(visitor: PageVisitor, metadata: Mapping[str, Any], id_token: str) -> str:
    """Leave by way of the app (OIDC RP-Initiated Logout 1.0 §2); return the address at which the app is told."""
    query = {"id_token_hint": id_token, "post_logout_redirect_uri": NOBODY_THERE, "state": "left"}
    visitor.open(f"{metadata['end_session_endpoint']}?{urlencode(query)}")
    return came_back(visitor)


def came_back(visitor: PageVisitor) -> str:
    """Return the address of the app to which a browser was sent last."""
    last = visitor.visited[-1].removeprefix("GET ")
    assert last.startswith(NOBODY_THERE), visitor.text
    return last


def id_token_claims(world: World, metadata: Mapping[str, Any], id_token: str) -> dict[str, Any]:
    """Return the claims of an ID token as a library for JWTs sees them: its signature, issuer and times are checked."""
    keys = KeySet.import_key_set(httpx.get(metadata["jwks_uri"]).json())
    found = jwt.decode(id_token, keys, algorithms=metadata["id_token_signing_alg_values_supported"])
    now = int(world.now().timestamp())
    issuer = {"essential": True, "value": metadata["issuer"]}
    jwt.JWTClaimsRegistry(now=now, iss=issuer, exp={"essential": True}).validate(found.claims)
    return found.claims
