"""The public error dictionary: what a code means, why it came, and what to do; every refusal leads to it."""

import re

import httpx
import pytest

from identity.oidc.failures.dictionary import ENTRIES
from tests.service.identity_oidc.suite import ORIGIN, App, Browser, Suite, returned
from tests.support.pages import PageVisitor

_ALLOWED = re.compile(r"[\x20-\x21\x23-\x5b\x5d-\x7e]+")  # RFC 6749 §4.1.2.1


def reader(suite: Suite, language: str = "en") -> PageVisitor:
    """Somebody who is not signed in anywhere."""
    visitor = PageVisitor(ORIGIN, language)
    visitor._http = httpx.Client(transport=httpx.WSGITransport(app=suite.app), headers={"Accept-Language": language})
    return visitor


def test_every_code_has_its_page(suite: Suite) -> None:
    """Why, and what to do, for each code there is; anybody may read it."""
    visitor = reader(suite)
    for code, entry in ENTRIES.items():
        visitor.open(f"/oauth/errors/{code}")
        assert visitor.answer.status_code == 200
        for said in (code, entry.error, entry.why, entry.mend):
            assert said in visitor.text, code


def test_all_codes_stand_on_one_page_with_links(suite: Suite) -> None:
    """The list is complete, and leads on."""
    visitor = reader(suite)
    visitor.open("/oauth/errors")
    assert {f"{ORIGIN}/oauth/errors/{code}" for code in ENTRIES} <= set(visitor.links())
    visitor.follow("GH-OIDC-012")
    assert "unsupported_response_type" in visitor.text


def test_a_code_is_found_however_it_is_typed(suite: Suite) -> None:
    """It is read from a screen and typed by hand."""
    visitor = reader(suite)
    visitor.open("/oauth/errors/gh-oidc-012")
    assert (visitor.answer.status_code, "GH-OIDC-012" in visitor.text) == (200, True)


@pytest.mark.parametrize("code", ["GH-OIDC-999", "x", "%3Cscript%3E", "GH-OIDC-012%20"])
def test_what_is_no_code_is_not_found(suite: Suite, code: str) -> None:
    """404, and nothing of it comes back as markup (threat 46)."""
    visitor = reader(suite)
    visitor.open(f"/oauth/errors/{code}")
    assert visitor.answer.status_code == 404
    assert "<script>" not in visitor.answer.text.split("<main")[1]


def test_codes_are_one_of_a_kind_and_their_sentences_fit_an_answer() -> None:
    """No code means two things; sentences keep to the characters of error_description (RFC 6749 §4.1.2.1)."""
    for code, entry in ENTRIES.items():
        assert re.fullmatch(r"GH-OIDC-\d{3}", code)
        assert _ALLOWED.fullmatch(entry.why) and _ALLOWED.fullmatch(entry.mend), code
        assert entry.why.endswith(".") and entry.mend.endswith("."), code


def test_an_answer_to_a_client_leads_to_its_page(suite: Suite) -> None:
    """`error_uri` of RFC 6749 §5.2."""
    answer = suite.http.post("/oauth/token", data={"grant_type": "x"}, auth=("portal", "wrong"))
    assert answer.json()["error_uri"] == f"{ORIGIN}/oauth/errors/GH-OIDC-043"
    assert suite.http.get(answer.json()["error_uri"]).status_code == 200


def test_an_answer_through_the_browser_leads_to_its_page(portal: App, browser: Browser) -> None:
    """`error_uri` of RFC 6749 §4.1.2.1, on the app's own address."""
    told = returned(portal.authorize(browser, response_type="token"))
    assert told["error_uri"] == f"{ORIGIN}/oauth/errors/GH-OIDC-012"


@pytest.mark.parametrize(
    "path",
    [
        "/oauth/authorize?client_id=nobody&response_type=code",
        "/oauth/logout?id_token_hint=nonsense",
    ],
)
def test_the_page_for_the_person_leads_the_developer_on(suite: Suite, path: str) -> None:
    """Errors that cannot go back to the app: the folded part links to the dictionary."""
    visitor = reader(suite)
    visitor.open(path)
    visitor.follow("More about GH-OIDC-")
    assert visitor.answer.status_code == 200
    assert "What to do" in visitor.text


def test_the_pages_speak_spanish_around_the_english_of_the_code(suite: Suite) -> None:
    """The sentences are those of the answers, marked as English for screen readers."""
    visitor = reader(suite, "es")
    visitor.open("/oauth/errors/GH-OIDC-003")
    assert "Códigos de error para desarrolladores" in visitor.text
    assert '<span lang="en">redirect_uri is not registered for this client.</span>' in visitor.answer.text
