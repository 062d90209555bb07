"""Apps keep their secrets when the service's key is changed and the old one goes."""

from datetime import timedelta

import httpx
import pytest

from identity.oidc.clients.models import ClientRow
from identity.oidc.clients.service import rotate_secret
from shared import runtime
from shared.crypto import keyed_sha256
from shared.sealed import Sealed
from tests.service.identity_oidc.registering import SOUND, manage, registered
from tests.service.identity_oidc.suite import KEEP, ORIGIN, SECRETS, App, Suite
from tests.support.keys import NEW, resealed, restarted


def move(suite: Suite, *keys: str) -> None:
    """Let the next process of the service begin, with these keys."""
    suite.http.close()
    suite.context = restarted(suite.context, *keys)
    suite.app = runtime.web(suite.context)
    suite.http = httpx.Client(transport=httpx.WSGITransport(app=suite.app), base_url=ORIGIN)


def answers(suite: Suite, *secrets: str) -> list[int]:
    """What the portal's requests for a token are answered with, for each secret."""
    ask = {"grant_type": "client_credentials"}
    return [suite.http.post("/oauth/token", data=ask, auth=("portal", one)).status_code for one in secrets]


@pytest.fixture
def turned(suite: Suite) -> str:
    """The portal has just been given a new secret; the one before is good for a day."""
    with suite.context.transaction() as work:
        return rotate_secret(work, "portal", timedelta(days=1))


def test_an_app_s_secrets_outlive_the_key(suite: Suite, turned: str) -> None:
    """Both of them while one is replaced; a wrong one stays wrong under every key."""
    secrets = (turned, SECRETS["portal"], "wrong".ljust(48, "x"))
    expected = answers(suite, *secrets)
    assert expected[0] == expected[1] != expected[2] == 401
    move(suite, NEW, KEEP)
    assert answers(suite, *secrets) == expected
    assert resealed(suite.context)["older_keys"] == "can be removed"
    assert answers(suite, *secrets) == expected
    move(suite, NEW)
    assert answers(suite, *secrets) == expected


def test_a_token_of_before_verifies_after_the_change(suite: Suite, portal: App) -> None:
    """Signing keys are sealed with the service's key and do not depend on it: no app notices."""
    published = suite.http.get("/oauth/jwks").json()
    move(suite, NEW, KEEP)
    resealed(suite.context)
    move(suite, NEW)
    assert suite.http.get("/oauth/jwks").json() == published


def test_an_app_may_send_its_secret_back_after_the_change(suite: Suite) -> None:
    """RFC 7592 §2.2: it is the present one, whichever key it was stored under."""
    made = registered(suite)
    body = SOUND | {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    move(suite, NEW, KEEP)
    assert manage(suite, "PUT", made["client_id"], made["registration_access_token"], body).status_code == 200


def test_secrets_of_before_work_and_are_named(suite: Suite) -> None:
    """Hashed with the key itself: the app signs in as long as that key is there, and the command names the app."""
    as_stored_before = Sealed(keyed_sha256(b"client-secret" + KEEP.encode(), SECRETS["portal"]))
    with suite.context.transaction() as work:
        work.session.get_one(ClientRow, "portal").secret_hash = as_stored_before
    good = answers(suite, SECRETS["portal"])
    move(suite, NEW, KEEP)
    told = resealed(suite.context, exit_code=1)
    assert told["rows_opened_by_no_key"] == ["oidc_clients.secret_hash portal"]
    assert answers(suite, SECRETS["portal"]) == good != [401]
    with suite.context.transaction() as work:
        rotate_secret(work, "portal", timedelta(0))
        work.session.get_one(ClientRow, "portal").previous_secret_hash = None
    assert resealed(suite.context)["older_keys"] == "can be removed"
