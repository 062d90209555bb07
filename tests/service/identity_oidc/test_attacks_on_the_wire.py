"""Odd bytes at the OAuth endpoints are refused as any stranger is, in a header or in a form (threats 9, 49, 57)."""

import pytest

from tests.service.identity_oidc.suite import ORIGIN, Suite

CALLED = ["/oauth/token", "/oauth/par", "/oauth/introspect", "/oauth/revoke", "/oauth/device_authorization"]


@pytest.mark.parametrize("path", CALLED)
@pytest.mark.parametrize("credentials", ["é", "ÿ" * 40, "YTpi\xa0", "=", "YQ==", "////", "AA=="])
def test_attack_49_credentials_that_are_no_text(suite: Suite, path: str, credentials: str) -> None:
    """Threat 49: what is not base64 of a name and a secret is a client that nobody knows: 401 with a challenge."""
    header = {"Authorization": f"Basic {credentials}"}
    answer = suite.app.test_client().post(path, data={"grant_type": "client_credentials"}, headers=header)
    assert answer.status_code == 401
    assert answer.get_json()["error"] == "invalid_client"


@pytest.mark.parametrize("length", [5_000, 60_000])
def test_attack_57_a_form_too_long_for_an_address_is_refused_here(suite: Suite, length: int) -> None:
    """Threat 57: a posted request longer than any server's request line gets our page, no Location as long."""
    answer = suite.http.post(f"{ORIGIN}/oauth/authorize", data={"state": '"' * length})
    assert answer.status_code == 400
    assert "Location" not in answer.headers
