"""Apps that ask in other ways than the portal: by pushed requests, or as somebody else's app that needs a yes."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

import httpx

from identity.mfa.assurance import ACR_1
from identity.oidc.apps import consents
from identity.oidc.clients.policy import NONE, ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.oidc.scopes import PERSONAL
from tests.service.identity_oidc.suite import CALLBACK, ORIGIN, SECRETS, App, Browser, Suite
from tests.support.pages import PageVisitor

PUSHER, STRANGER, PHONE_APP = "claims-hub", "chart-sync", "chart-phone"
SYNC = "https://sync.example"
URN = "urn:ietf:params:oauth:request_uri:"
SECRETS.update({name: f"{name}-".ljust(48, "x") for name in (PUSHER, STRANGER, PHONE_APP)})


def register(suite: Suite, client_id: str, **given: Any) -> App:
    """Register a client that a password is enough for, and return its side."""
    usual: dict[str, Any] = {
        "id": client_id,
        "name": client_id.title(),
        "redirect_uris": (CALLBACK,),
        "scopes": PERSONAL,
        "minimum_acr": ACR_1,
        "justification": "trials of this test",
    }
    spec = ClientSpec(**{**usual, **given})
    with suite.context.transaction() as work:
        ensure_client(work, spec, SECRETS[client_id] if spec.has_secret else None)
    return App(suite, client_id, spec.redirect_uris[0], "openid profile")


def pusher(suite: Suite, **given: Any) -> App:
    """An app that may only push its requests."""
    return register(suite, PUSHER, **{"name": "Claims hub", "require_par": True, **given})


def stranger(suite: Suite, **given: Any) -> App:
    """An app of somebody else, which says why it asks."""
    usual = {
        "name": "Chart sync",
        "profile": "third-party",
        "first_party": False,
        "redirect_uris": (f"{SYNC}/callback",),
        "purpose": "To copy your claims into your own charts every night.",
        "client_uri": f"{SYNC}/",
        "policy_uri": f"{SYNC}/privacy",
        "tos_uri": f"{SYNC}/terms",
    }
    return register(suite, STRANGER, **{**usual, **given})


def phone_app(suite: Suite, **given: Any) -> App:
    """An app of somebody else on a phone: anybody can pretend to be it."""
    usual = {
        "name": "Chart phone",
        "profile": "native",
        "first_party": False,
        "auth_methods": (NONE,),
        "redirect_uris": ("http://127.0.0.1/callback",),
        "purpose": "To show your claims on your phone.",
    }
    return register(suite, PHONE_APP, **{**usual, **given})


def push(app: App, headers: dict[str, str] | None = None, **changes: str | None) -> httpx.Response:
    """Hand a sound request in, changed in places."""
    return app.suite.http.post("/oauth/par", data=app.asked(**changes), auth=app.auth, headers=headers)


def pushed(app: App, **changes: str | None) -> str:
    """Hand a request in and return its reference."""
    answer = push(app, **changes)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["request_uri"])


def arrive(app: App, browser: Browser, uri: str, **beside: str) -> httpx.Response:
    """Send a browser with a reference, and perhaps something beside it."""
    asked = {"client_id": app.client_id, "request_uri": uri, **beside}
    return browser.http.get("/oauth/authorize", params=asked)


def visitor(suite: Suite, browser: Browser | None = None, language: str = "en") -> PageVisitor:
    """A person at a browser without scripts, that stops where an app would be."""
    made = PageVisitor(ORIGIN, language)
    made._http = httpx.Client(
        transport=httpx.WSGITransport(app=suite.app),
        cookies=browser.http.cookies if browser else None,
        headers={"Accept-Language": language},
    )
    return made


def ask(app: App, page: PageVisitor, **changes: str | None) -> None:
    """Let the person come from the app."""
    page.stop_at = app.redirect_uri
    page.open(f"/oauth/authorize?{urlencode(app.asked(**changes))}")


def asked_to_allow(page: PageVisitor, name: str) -> bool:
    """Whether the person is at the page of consent now, for this app."""
    return httpx.URL(page.address).path == "/oauth/consent" and f"Allow {name} to know you?" in page.text


def brought(page: PageVisitor) -> dict[str, str]:
    """What the browser brings to the app it was sent to."""
    last = page.visited[-1].removeprefix("GET ")
    assert last.startswith(page.stop_at), page.text
    return dict(httpx.URL(last).params)


def allowed(suite: Suite, account_id: str, client_id: str = STRANGER) -> Sequence[str] | None:
    """What the person allows the app, None for nothing."""
    with suite.context.reading() as session:
        found = consents.find(session, account_id, client_id)
    return sorted(found.topics) if found else None


def led_to_consent(answer: httpx.Response) -> str:
    """The browser is sent to the page of consent; return where that is."""
    where = str(answer.headers["Location"])
    assert answer.status_code == 303 and where.startswith("/oauth/consent?"), where
    return where
