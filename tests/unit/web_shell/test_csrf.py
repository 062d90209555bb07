"""Forged requests are refused before anything happens; honest ones are not noticed (threats 18, 21)."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from shared.web.csrf import comes_from
from tests.unit.web_shell.gallery import PUBLIC, make_app

FOREIGN = "https://evil.example"


def token_of(client: FlaskClient) -> str:
    """The token of a freshly opened form."""
    return client.get("/gallery/form").get_data(as_text=True).split('name="csrf_token" value="')[1].split('"')[0]


def posted(app: Flask) -> list[object]:
    """What reached the form's view."""
    received: list[object] = app.config["received"]
    return received


def test_an_honest_form_passes(client: FlaskClient) -> None:
    """Opened here, sent from here."""
    token = token_of(client)
    assert client.post("/gallery/form", data={"csrf_token": token}).status_code == 422


def test_one_page_may_be_sent_twice_and_pages_side_by_side_all_work(client: FlaskClient) -> None:
    """Back buttons and several tabs are ordinary."""
    first, second = token_of(client), token_of(client)
    assert first != second
    for token in (second, first, first):
        assert client.post("/gallery/form", data={"csrf_token": token}).status_code == 422


@pytest.mark.parametrize("token", ["", "x", "x.y", ".", "é.é", "a" * 5000, "..", "x.\x00"])
def test_without_our_token_nothing_happens(client: FlaskClient, app: Flask, token: str) -> None:
    """403, a page that says what to do, and the view never ran."""
    token_of(client)
    before = len(posted(app))
    answer = client.post("/gallery/form", data={"csrf_token": token})
    assert answer.status_code == 403
    assert "Go back, reload the page and try again. Nothing was changed." in answer.get_data(as_text=True)
    assert len(posted(app)) == before


def test_a_token_of_another_browser_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    """An attacker's own token does not fit the victim's cookie."""
    attacker = app.test_client()
    stolen = token_of(attacker)
    token_of(client)
    assert client.post("/gallery/form", data={"csrf_token": stolen}).status_code == 403


def test_a_token_without_the_cookie_is_worth_nothing(app: Flask, client: FlaskClient) -> None:
    """Cookies switched off, or a cross-site request that left them behind."""
    token = token_of(client)
    bare = app.test_client(use_cookies=False)
    assert bare.post("/gallery/form", data={"csrf_token": token}, headers={"Origin": PUBLIC}).status_code == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": FOREIGN},
        {"Origin": "null"},
        {"Origin": PUBLIC + ".evil.example"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "cross-site"},
        {"Origin": PUBLIC, "Sec-Fetch-Site": "same-site"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_a_valid_token_from_elsewhere_is_refused(app: Flask, headers: dict[str, str]) -> None:
    """The browser's word counts too."""
    client = app.test_client()
    token = token_of(client)
    before = len(posted(app))
    assert client.post("/gallery/form", data={"csrf_token": token}, headers=headers).status_code == 403
    assert len(posted(app)) == before


def test_a_program_that_says_nothing_needs_the_token_all_the_same(app: Flask) -> None:
    """No browser is silent about where a form comes from; a script is, and holds no cookies but its own."""
    client = app.test_client()
    token = token_of(client)
    before = len(posted(app))
    assert client.post("/gallery/form", data={}).status_code == 403
    assert len(posted(app)) == before
    assert client.post("/gallery/form", data={"csrf_token": token}).status_code == 422  # the form itself is looked at


@pytest.mark.parametrize(
    ("origin", "site", "ours"),
    [
        (PUBLIC, None, True),
        (PUBLIC, "same-origin", True),
        (PUBLIC, "none", True),
        (None, "same-origin", True),
        ("null", "same-origin", True),
        (None, "none", True),
        (None, "cross-site", False),
        (None, None, True),
        ("http://localhost:8001", "same-origin", False),
    ],
)
def test_what_browsers_say_is_read_as_they_mean_it(origin: str | None, site: str | None, ours: bool) -> None:
    """`Origin: null` comes from our own pages under a stricter referrer policy; Fetch metadata settles it."""
    assert comes_from(origin, site, PUBLIC) is ours


def test_a_script_sends_the_token_as_a_header(client: FlaskClient) -> None:
    """For `fetch` from our own modules."""
    token = token_of(client)
    assert client.post("/gallery/form", headers={"X-CSRF-Token": token}).status_code == 422


def test_views_that_take_no_cookie_are_exempt_by_declaration(app: Flask) -> None:
    """Bearer tokens and OAuth endpoints prove themselves otherwise."""
    assert app.test_client().post("/gallery/api", headers={"Origin": FOREIGN}).json == {"done": True}


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_every_unsafe_method_counts_and_unknown_addresses_stay_unknown(client: FlaskClient, method: str) -> None:
    """No route, no check: the answer is the ordinary 405 or 404."""
    assert getattr(client, method)("/gallery/form").status_code == 405
    assert client.post("/nowhere").status_code == 404


def test_an_old_key_still_reads(client: FlaskClient) -> None:
    """Keys rotate without throwing people out of their forms: the first signs, all read."""
    old, new = make_app(key=b"o" * 32), make_app(key=b"n" * 32)
    new.extensions["gatehouse_csrf"] = old.extensions["gatehouse_csrf"].__class__(
        PUBLIC, (b"n" * 32, b"o" * 32), "gatehouse_csrf", False
    )
    before = old.test_client()
    token = token_of(before)
    cookie = before.get_cookie("gatehouse_csrf")
    assert cookie is not None
    after = new.test_client()
    after.set_cookie("gatehouse_csrf", cookie.value)
    answer = after.post("/gallery/form", data={"csrf_token": token}, headers={"Origin": PUBLIC})
    assert answer.status_code == 422


def test_services_with_other_keys_share_the_cookie_but_not_the_tokens() -> None:
    """One origin, four services: each accepts its own forms only, and none disturbs the other's."""
    one, other = make_app(key=b"1" * 32).test_client(), make_app(key=b"2" * 32).test_client()
    token = token_of(one)
    cookie = one.get_cookie("gatehouse_csrf")
    assert cookie is not None
    other.set_cookie("gatehouse_csrf", cookie.value)
    own = token_of(other)
    headers = {"Origin": PUBLIC}
    assert other.post("/gallery/form", data={"csrf_token": token}, headers=headers).status_code == 403
    assert other.post("/gallery/form", data={"csrf_token": own}, headers=headers).status_code == 422
    assert one.post("/gallery/form", data={"csrf_token": token}, headers=headers).status_code == 422


def test_the_cookie_belongs_to_this_host_alone() -> None:
    """`__Host-`, Secure, HttpOnly, SameSite on https."""
    answer = make_app(public_url="https://auth.example.com").test_client().get("/gallery/form")
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if "csrf" in line)
    assert cookie.startswith("__Host-gatehouse_csrf=")
    assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
    assert "Domain" not in cookie


def test_a_page_with_a_token_is_never_cached(app: Flask) -> None:
    """Even if its view thought the page public."""
    answer = app.test_client().get("/gallery/public-form")
    assert answer.headers["Cache-Control"] == "no-store"


def test_weak_keys_are_refused_at_start() -> None:
    """A short key is a mistake of configuration, found before the first request."""
    with pytest.raises(ValueError, match="16 bytes"):
        make_app(key=b"short")
