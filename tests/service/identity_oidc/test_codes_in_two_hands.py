"""A code that is used twice: everything that came from it ends, and its person is told (threat 5, E12)."""

import pytest

from identity.oidc.grants import theft
from identity.words import words_of
from tests.service.identity_oidc.granting import audited, mails, published
from tests.service.identity_oidc.suite import App, Browser, Suite
from tests.service.identity_oidc.test_attacks_on_codes import check_refused


def letters(suite: Suite) -> list[str]:
    """The letters about the portal."""
    return [one.body for one in mails(suite) if "Sample portal" in one.subject]


@pytest.mark.parametrize("client", ["portal", "other"])
def test_attack_5_a_code_in_two_hands_ends_its_family(
    suite: Suite, portal: App, browser: Browser, pat: str, client: str
) -> None:
    """ASVS 10.4.2: access and refresh token end; one letter, one event, one entry, however often it comes again."""
    code, verifier = portal.code(browser)
    tokens = portal.redeem(code, verifier).json()
    thief = App(suite, client)
    for _ in range(3):
        check_refused(thief.redeem(code, verifier), "invalid_grant")
    assert portal.userinfo(tokens["access_token"]).status_code == 401
    assert portal.introspect(tokens["access_token"]) == {"active": False}
    check_refused(portal.refresh(tokens["refresh_token"]), "invalid_grant")
    (told,) = published(suite, "risk.detected")
    assert (told.data["account_id"], told.data["session_id"]) == (pat, browser.sid)
    assert (told.data["verdict"], told.data["reasons"]) == ("deny", [theft.CODE_AGAIN])
    (letter,) = letters(suite)
    assert "It was used twice" in letter and "/account/apps" in letter
    assert [entry["reason"] for entry in audited(suite, "grant.revoked")] == [theft.CODE_AGAIN]
    assert code not in f"{told.data} {letter} {audited(suite, 'grant.revoked')}"


def test_the_sign_in_itself_goes_on(suite: Suite, portal: App, browser: Browser) -> None:
    """What leaked is what the app was given: the person stays signed in, and the app comes back with a new code."""
    code, verifier = portal.code(browser)
    portal.redeem(code, verifier)
    check_refused(portal.redeem(code, verifier), "invalid_grant")
    assert suite.is_open(browser.sid)
    assert portal.tokens(browser)["access_token"]


def test_nobody_is_alarmed_about_a_sign_in_that_is_over(suite: Suite, portal: App, browser: Browser) -> None:
    """A replay after signing out takes nothing from anybody: refused, and no letter."""
    code, verifier = portal.code(browser)
    portal.redeem(code, verifier)
    suite.end_session(browser.sid)
    check_refused(portal.redeem(code, verifier), "invalid_grant")
    assert published(suite, "risk.detected") == [] and letters(suite) == []


def test_nobody_is_alarmed_about_a_code_that_opened_nothing(suite: Suite, portal: App, browser: Browser) -> None:
    """A code that does not fit is no theft yet: its owner may still use it."""
    code, verifier = portal.code(browser)
    check_refused(App(suite, "other").redeem(code, verifier), "invalid_grant")
    check_refused(portal.redeem(code, "w" * 43), "invalid_grant")
    assert published(suite, "risk.detected") == [] and letters(suite) == []
    assert portal.redeem(code, verifier).status_code == 200


@pytest.mark.parametrize(("language", "said"), [("en", "sign in to Sample portal again"), ("es", "Para continuar")])
def test_the_letter_is_calm_and_says_what_to_do(language: str, said: str) -> None:
    """A page that was loaded twice looks the same as a thief: the letter names both, and nothing that opens."""
    link = "https://x.example/account/apps"
    _subject, text = theft.letter(words_of(language), "Pat", "Sample portal", link, "555", theft.CODE_AGAIN)
    for part in (said, link, "555"):
        assert part in text
    assert "token" not in text and "grant" not in text
