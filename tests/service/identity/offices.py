"""The payer's own people at their browsers: an operator, the support desk, an auditor."""

from dataclasses import replace
from datetime import timedelta

import httpx
from joserfc import jwt

from identity.accounts.models import Account
from tests.service.identity.world import KEY, OLA, PASSWORD, SECRET, World
from tests.support.pages import PageVisitor

OPERATOR = replace(OLA, totp_secret=SECRET, active=True)
SECOND_OPERATOR = replace(OPERATOR, user_id="otto.operator", display_name="Otto Operator", email="otto@payer.example")
DESK = replace(OPERATOR, user_id="dee.desk", display_name="Dee Desk", email="dee@payer.example", staff_role="desk")
AUDITOR = replace(
    DESK, user_id="ana.auditor", display_name="Ana Audit", email="ana@payer.example", staff_role="auditor"
)
WHY = "The payer's security board decided so in its October meeting"


def app_of(world: World, account_id: str, *scopes: str) -> httpx.Client:
    """An app that calls the JSON API with a token that speaks of a person, whatever scopes the app has."""
    now = int(world.clock.now().timestamp())
    claims = {"iss": world.origin, "aud": f"{world.origin}/api/identity", "sub": account_id, "client_id": "console"}
    claims |= {"scope": " ".join(scopes), "iat": now, "exp": now + 300, "population": "staff"}
    token = jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": "test"}, claims, KEY)
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.Client(transport=httpx.WSGITransport(app=world.app), base_url=world.origin, headers=headers)


def at_work(world: World, account_id: str, language: str = "en") -> PageVisitor:
    """Return a browser in which somebody of the staff has typed a password and a code of their app.

    The clock goes on to the next code, because each is good once.
    """
    with world.context.reading() as session:
        user_id = session.get_one(Account, account_id).user_id
    visitor = world.browser(language)
    visitor.open("/admin")
    spanish = language == "es"
    visitor.fill("ID de usuario" if spanish else "User ID", user_id or "")
    visitor.fill("Contraseña" if spanish else "Password", PASSWORD)
    visitor.press("Iniciar sesión" if spanish else "Sign in")
    visitor.fill("Código de 6 dígitos" if spanish else "6-digit code", world.code())
    visitor.press("Continuar" if spanish else "Continue")
    world.clock.advance(timedelta(seconds=30))
    return visitor
