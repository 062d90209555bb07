"""People with passkeys in a running identity, and what a refusal looks like."""

from typing import Any

import httpx
from sqlalchemy import text

from tests.service.identity.world import MEG, ORIGIN, PAT, World, type_code
from tests.support.authenticator import Authenticator
from tests.support.pages import PageVisitor
from tests.support.passkey_script import Script


def holder(world: World, visitor: PageVisitor, **lies: Any) -> Script:
    """Somebody signed in who has just made a passkey with a device of their own."""
    script = Script(visitor, Authenticator(**{"origin": world.origin, **lies}))
    answer = script.make()
    assert answer.status_code == 200, answer.text
    return script


def device(**lies: Any) -> Authenticator:
    """An authenticator at our address."""
    return Authenticator(**{"origin": ORIGIN, **lies})


def pat_with_passkey(world: World, **lies: Any) -> Script:
    """Pat has made a passkey; the browser of the script is one that nobody is signed in at."""
    world.seed(PAT)
    script = holder(world, world.signed_in(PAT), **lies)
    return Script(world.browser(), script.device)


def refusals(world: World) -> list[tuple[str, str]]:
    """(target, why) of every refused passkey in the audit, oldest first."""
    wanted = text("SELECT target, reason FROM audit_entries WHERE action = 'passkey.refused' ORDER BY number")
    with world.context.reading() as session:
        return [(row.target, row.reason) for row in session.execute(wanted)]


def meg(world: World) -> PageVisitor:
    """Meg, signed in with her app."""
    visitor = world.signed_in(MEG)
    type_code(visitor, world.code())
    return visitor


def assert_refused(answer: httpx.Response, reason: str) -> None:
    """A refusal for people (detail) and for the script (reason), never cached."""
    assert answer.status_code == 403, answer.text
    assert answer.json()["reason"] == reason
    assert answer.json()["detail"]
    assert answer.headers["Cache-Control"] == "no-store"
