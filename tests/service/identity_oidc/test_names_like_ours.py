"""Names that apps give themselves: none may read like one of ours, whatever its characters (threats 46 and 50)."""

import pytest

from identity.oidc.registration import lookalikes
from tests.service.identity_oidc.registering import ask, client, count, leave, manage, registered
from tests.service.identity_oidc.suite import Suite

_OURS = ("Registration", "Access management", "Opening hours", "Sample portal")


def test_no_app_takes_the_name_of_one_of_ours(suite: Suite) -> None:
    """Threat 46: whoever reads the consent page must not believe that a stranger is the portal, whatever the case."""
    before = count(suite)
    name = client(suite, "portal").name
    answer = ask(suite, leave(suite), client_name=f" {name.upper()} ")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata")
    assert "an app of ours is called so" in answer.json()["error_description"]
    assert count(suite) == before


@pytest.mark.parametrize(
    "name",
    [
        "Sample  portal",
        "Sample\u00a0portal",
        "SamplePortal",
        "Ｓample ｐortal",
        "Sample portal.",
        "“Sample portal”",
        "Sample_portal®",
        "S\u0430mple p\u043ertal",
        "\u0455ample portal",
        "Sámplé pörtal",
        "Sample porta1",
        "SampIe p0rtal",
        "Sarnple portal",
        "𝐒𝐚𝐦𝐩𝐥𝐞 𝐩𝐨𝐫𝐭𝐚𝐥",
        "Ⓢⓐⓜⓟⓛⓔ portal",
        "Sample\u3164portal",
        "Portal de ejemplo",
        "PORTAL DE EJEMPL0",
        "Gatehouse",
        "Gatehouse security",
        "The Gate-House portal",
        "Gatеhouse",
    ],
)
def test_a_name_that_reads_like_one_of_ours_is_refused(suite: Suite, name: str) -> None:
    """Threat 50: spaces, width, marks, letters of other alphabets, look-alike digits, Spanish, and the brand."""
    answer = ask(suite, leave(suite), client_name=name)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_client_metadata"), name


@pytest.mark.parametrize(
    "name", ["Chart sync", "Clínica Ñandú", "Sæbø Gesundheit 24/7", "Portal 1 – Ohio", "Greenhouse"]
)
def test_a_name_of_its_own_is_kept_as_it_came(suite: Suite, name: str) -> None:
    """Accents, digits and dashes are nothing bad: the name is shown letter for letter."""
    assert client(suite, registered(suite, client_name=name)["client_id"]).name == name


def test_nor_does_an_app_take_such_a_name_later(suite: Suite) -> None:
    """Threat 46, RFC 7592 §2.2: a change is held to the same; the name of before stays."""
    made = registered(suite)
    body = {"client_id": made["client_id"], "client_name": "Sample portal!", "redirect_uris": made["redirect_uris"]}
    answer = manage(suite, "PUT", made["client_id"], made["registration_access_token"], body)
    assert (answer.status_code, client(suite, made["client_id"]).name) == (400, "Chart sync")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("Регистрация", lookalikes.OTHER_SCRIPT),
        ("Registrαtion", lookalikes.OTHER_SCRIPT),
        ("Aссеѕѕ", lookalikes.OTHER_SCRIPT),
        ("Horario", lookalikes.OURS),
        ("0pening h0urs", lookalikes.OURS),
        ("Opening\nhours", lookalikes.OURS),
        ("Acme Rx", lookalikes.BRAND),
        ("Try ACME rx now", lookalikes.BRAND),
        ("A c m e R x", lookalikes.BRAND),
        ("Acme", None),
        ("Acme Rxtra", None),
        ("After hours", None),
        ("!!!", None),
    ],
)
def test_the_reason_is_named(name: str, told: str | None) -> None:
    """An honest developer reads which rule it was."""
    assert lookalikes.objection(name, "Acme Rx", _OURS) == told
