"""Devices that show codes, and the person who types and answers, at the pages themselves."""

import re
from typing import Any

import httpx

from identity.oidc.clients.policy import DEVICE_CODE
from tests.service.identity_oidc.suite import App, Browser

PAGE = "/oauth/device"
CSRF = r'name="csrf_token" value="([^"]+)"'


def begin(app: App, **changes: str) -> dict[str, Any]:
    """Let the device begin; return what it is told."""
    form = {"scope": app.scope, **changes}
    answer = app.suite.http.post("/oauth/device_authorization", data=form, auth=app.auth)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def poll(app: App, begun: dict[str, Any]) -> httpx.Response:
    """Let the device ask for its tokens."""
    return app.token({"grant_type": DEVICE_CODE, "device_code": begun["device_code"]})


def send(browser: Browser, path: str, **form: str) -> httpx.Response:
    """Send a form as the page in the browser would."""
    token = re.findall(CSRF, browser.http.get(PAGE).text)[0]
    return browser.http.post(path, data={"csrf_token": token, **form})


def type_code(browser: Browser, code: str) -> httpx.Response:
    """Type a code on the page."""
    return send(browser, PAGE, user_code=code)


def question(browser: Browser, begun: dict[str, Any]) -> str:
    """Type the code and return the path of the question that follows."""
    answer = type_code(browser, begun["user_code"])
    assert answer.status_code == 303, answer.text
    return str(answer.headers["Location"])


def allowed(browser: Browser, begun: dict[str, Any]) -> None:
    """Type the code and say yes."""
    path = question(browser, begun)
    answer = send(browser, path, answer="allow")
    assert answer.status_code == 303 and answer.headers["Location"] == path, answer.text
