"""What an app does with its registration later (RFC 7592): looks, changes, ends; with its own token, which turns."""

from functools import partial
from typing import Any

import pytest

from identity.oidc.registration import changing
from tests.service.identity_oidc.registering import (
    SOUND,
    ask,
    client,
    count,
    leave,
    manage,
    registered,
    side_by_side,
)
from tests.service.identity_oidc.suite import SECRETS, App, Suite


def test_an_app_reads_what_it_is_registered_with(suite: Suite) -> None:
    """RFC 7592 §2.1: the registration without its secret, which is nowhere to be read."""
    made = registered(suite)
    answer = manage(suite, "GET", made["client_id"], made["registration_access_token"])
    assert answer.status_code == 200 and "no-store" in answer.headers["Cache-Control"]
    told = answer.json()
    assert "client_secret" not in told
    assert told["redirect_uris"] == SOUND["redirect_uris"] and told["client_name"] == "Chart sync"


def test_a_change_turns_the_token(suite: Suite) -> None:
    """E18: the management token works, and once it was turned only the new one does."""
    made = registered(suite)
    client_id, first = made["client_id"], made["registration_access_token"]
    body = SOUND | {"client_id": client_id, "redirect_uris": ["https://sync.example/new"]}
    changed = manage(suite, "PUT", client_id, first, body)
    assert changed.status_code == 200, changed.text
    second = changed.json()["registration_access_token"]
    assert second != first
    assert client(suite, client_id).redirect_uris == ("https://sync.example/new",)
    assert manage(suite, "GET", client_id, first).status_code == 401
    assert manage(suite, "PUT", client_id, first, body).status_code == 401
    assert manage(suite, "GET", client_id, second).status_code == 200


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_no_app_reaches_another_s_registration(suite: Suite, method: str) -> None:
    """Threats 35 and 55: the token of another client, none, or one in the address: 401 or 400, and nothing changed."""
    mine, other = registered(suite), registered(suite, client_name="Other sync")
    body = SOUND | {"client_id": mine["client_id"], "redirect_uris": ["https://evil.example/cb"]}
    sent = body if method == "PUT" else None
    assert manage(suite, method, mine["client_id"], other["registration_access_token"], sent).status_code == 401
    assert manage(suite, method, "portal", mine["registration_access_token"], sent).status_code == 401
    path = f"/oauth/register/{mine['client_id']}"
    assert suite.http.request(method, path, json=sent).status_code == 401
    in_address = suite.http.request(method, f"{path}?access_token={mine['registration_access_token']}", json=sent)
    assert in_address.status_code == 400
    assert client(suite, mine["client_id"]).redirect_uris == tuple(SOUND["redirect_uris"])
    assert client(suite, mine["client_id"]).enabled


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": None},
        {"client_id": "portal"},
        {"client_secret": "one-that-I-chose-myself-xxxxxxxxxxxxxxxx"},
        {"scope": "openid phone"},
        {"first_party": True},
        {"redirect_uris": None},
        {"redirect_uris": ["javascript:alert(1)"]},
    ],
)
def test_a_change_that_may_not_be_changes_nothing(suite: Suite, changes: dict[str, Any]) -> None:
    """RFC 7592 §2.2: the whole change is refused, and the token stays good."""
    made = registered(suite)
    client_id, token = made["client_id"], made["registration_access_token"]
    wished = SOUND | {"client_id": client_id} | changes
    body = {name: value for name, value in wished.items() if value is not None}
    before = client(suite, client_id)
    assert manage(suite, "PUT", client_id, token, body).status_code == 400
    assert client(suite, client_id) == before
    assert manage(suite, "GET", client_id, token).status_code == 200


def test_a_secret_may_be_sent_back_as_it_is(suite: Suite) -> None:
    """RFC 7592 §2.2: an app that sends its present secret along is not told off."""
    made = registered(suite)
    body = SOUND | {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    assert manage(suite, "PUT", made["client_id"], made["registration_access_token"], body).status_code == 200


def test_what_an_operator_decided_survives_a_change_of_the_app(suite: Suite) -> None:
    """A client held to more by an operator stays so, whatever the app registers next."""
    made = registered(suite)
    with suite.context.transaction() as work:
        stricter = client(suite, made["client_id"])
        changing.change(work, type(stricter)(**{**vars(stricter), "populations": ("member",)}))
    body = SOUND | {"client_id": made["client_id"]}
    assert manage(suite, "PUT", made["client_id"], made["registration_access_token"], body).status_code == 200
    assert client(suite, made["client_id"]).populations == ("member",)


def test_an_app_ends_its_registration(suite: Suite) -> None:
    """RFC 7592 §2.3: 204; its secret and its token are worth nothing from then on."""
    made = registered(suite)
    client_id, token = made["client_id"], made["registration_access_token"]
    assert manage(suite, "DELETE", client_id, token).status_code == 204
    assert manage(suite, "GET", client_id, token).status_code == 401
    SECRETS[client_id] = made["client_secret"]
    assert App(suite, client_id).own_token().status_code == 401
    assert not client(suite, client_id).enabled


def test_a_client_that_was_switched_off_cannot_switch_itself_on(suite: Suite) -> None:
    """What an operator ended stays ended: its token is as good as none."""
    made = registered(suite)
    with suite.context.transaction() as work:
        changing.switch(work, made["client_id"], False, "phishing")
    body = SOUND | {"client_id": made["client_id"]}
    for method, sent in (("GET", None), ("PUT", body), ("DELETE", None)):
        assert manage(suite, method, made["client_id"], made["registration_access_token"], sent).status_code == 401
    assert not client(suite, made["client_id"]).enabled


def test_rivals_with_one_initial_token_get_in_as_often_as_it_says(suite: Suite) -> None:
    """Threat 53: eight at once with a token for three register three."""
    token, before = leave(suite, uses=3), count(suite)
    assert side_by_side([lambda: ask(suite, token).status_code] * 8) == [201] * 3 + [401] * 5
    assert count(suite) == before + 3


def test_rivals_with_one_registration_token_change_once(suite: Suite) -> None:
    """Of two changes with the same token one counts; the other learns that its token was replaced."""
    made = registered(suite)
    client_id, token = made["client_id"], made["registration_access_token"]
    bodies = [SOUND | {"client_id": client_id, "client_name": f"Sync {number}"} for number in range(4)]

    def put(body: dict[str, Any]) -> int:
        return manage(suite, "PUT", client_id, token, body).status_code

    assert side_by_side([partial(put, body) for body in bodies]) == [200, 401, 401, 401]
