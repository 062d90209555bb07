"""How refresh tokens turn over: by the policy of each client, without a gap that a thief fits through (E12)."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pydantic import SecretStr

from identity.oidc.grants import theft
from identity.words import words_of
from tests.service.identity_oidc.granting import audited, mails, portal_with, published
from tests.service.identity_oidc.suite import KEEP, App, Browser, Suite
from tests.service.identity_oidc.test_attacks_on_codes import check_refused


def test_in_its_grace_a_token_is_answered_again_with_the_same_successor(suite: Suite, browser: Browser) -> None:
    """E12: an answer that got lost on the way is asked for once more; the family does not fork (ASVS 10.4.5)."""
    portal = portal_with(suite, refresh_grace_seconds=10)
    lost = portal.tokens(browser)["refresh_token"]
    first = portal.refresh(lost).json()
    suite.clock.advance(timedelta(seconds=10))
    again = portal.refresh(lost)
    assert again.status_code == 200
    assert again.json()["refresh_token"] == first["refresh_token"] != lost
    assert again.json()["access_token"] != first["access_token"]
    assert portal.refresh(first["refresh_token"]).status_code == 200


def test_after_its_grace_a_second_use_ends_the_family(suite: Suite, browser: Browser) -> None:
    """E12, threat 15: a second late, and everything of that sign-in is gone."""
    portal = portal_with(suite, refresh_grace_seconds=10)
    stolen = portal.tokens(browser)["refresh_token"]
    owner = portal.refresh(stolen).json()
    suite.clock.advance(timedelta(seconds=11))
    assert "GH-OIDC-051" in check_refused(portal.refresh(stolen), "invalid_grant")
    check_refused(portal.refresh(owner["refresh_token"]), "invalid_grant")
    assert portal.introspect(owner["access_token"]) == {"active": False}


def test_grace_ends_when_the_successor_is_used(suite: Suite, browser: Browser) -> None:
    """E12, threat 15: whoever used the successor has received it; the predecessor is then in other hands."""
    portal = portal_with(suite, refresh_grace_seconds=60)
    stolen = portal.tokens(browser)["refresh_token"]
    second = portal.refresh(stolen).json()
    third = portal.refresh(second["refresh_token"]).json()
    check_refused(portal.refresh(stolen), "invalid_grant")
    check_refused(portal.refresh(third["refresh_token"]), "invalid_grant")


def test_a_thief_within_the_grace_is_found_out_at_the_next_turn(suite: Suite, browser: Browser) -> None:
    """E12, threat 15: both hold the same successor, so the second of them to use it late ends both."""
    portal = portal_with(suite, refresh_grace_seconds=10)
    copied = portal.tokens(browser)["refresh_token"]
    owner, thief = portal.refresh(copied).json(), portal.refresh(copied).json()
    assert owner["refresh_token"] == thief["refresh_token"]
    went_on = portal.refresh(thief["refresh_token"]).json()
    suite.clock.advance(timedelta(minutes=5))
    check_refused(portal.refresh(owner["refresh_token"]), "invalid_grant")
    check_refused(portal.refresh(went_on["refresh_token"]), "invalid_grant")


def test_in_grace_two_who_submit_at_once_are_both_served(suite: Suite, browser: Browser) -> None:
    """E12: ten windows of one app refresh together; all go on with one and the same token."""
    portal = portal_with(suite, refresh_grace_seconds=10)
    token = portal.tokens(browser)["refresh_token"]
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: portal.refresh(token), range(10)))
    assert {answer.status_code for answer in answers} == {200}
    (successor,) = {answer.json()["refresh_token"] for answer in answers}
    assert portal.refresh(successor).status_code == 200


def test_grace_is_for_the_client_s_own_mistakes_only(suite: Suite, browser: Browser) -> None:
    """Threat 15: another client that shows the token within the grace ends the family."""
    portal = portal_with(suite, refresh_grace_seconds=60)
    token = portal.tokens(browser)["refresh_token"]
    successor = portal.refresh(token).json()["refresh_token"]
    check_refused(App(suite, "other").refresh(token), "invalid_grant")
    check_refused(portal.refresh(successor), "invalid_grant")


def test_the_successor_is_found_again_after_our_key_was_rotated(suite: Suite, browser: Browser) -> None:
    """A key of ours that is rotated between the two requests breaks no retry."""
    portal = portal_with(suite, refresh_grace_seconds=60)
    token = portal.tokens(browser)["refresh_token"]
    successor = portal.refresh(token).json()["refresh_token"]
    rotated = {"secret_key": SecretStr(f"{'n' * 40} {KEEP}")}
    suite.context.settings = suite.context.settings.model_copy(update=rotated)
    again = portal.refresh(token)
    assert again.status_code == 200 and again.json()["refresh_token"] == successor


def test_a_client_that_keeps_its_token_gets_no_other(suite: Suite, browser: Browser) -> None:
    """E12: with `keep` the token stays good for the whole life of its grant (FAPI 2.0 Security Profile §5.3.2.1)."""
    portal = portal_with(suite, refresh_rotation="keep")
    token = portal.tokens(browser)["refresh_token"]
    for _ in range(3):
        answer = portal.refresh(token)
        assert answer.status_code == 200 and "refresh_token" not in answer.json()
        suite.clock.advance(timedelta(minutes=5))
    suite.end_session(browser.sid)
    check_refused(portal.refresh(token), "invalid_grant")


def test_a_token_that_was_rotated_stays_used_when_the_policy_changes(suite: Suite, browser: Browser) -> None:
    """Threat 15: an operator who chooses `keep` later does not bring used tokens back."""
    portal = portal_with(suite)
    used = portal.tokens(browser)["refresh_token"]
    successor = portal.refresh(used).json()["refresh_token"]
    portal_with(suite, refresh_rotation="keep")
    check_refused(portal.refresh(used), "invalid_grant")
    check_refused(portal.refresh(successor), "invalid_grant")


@pytest.mark.parametrize("hours", [1, 12])
def test_the_family_ends_when_the_client_s_policy_says(suite: Suite, browser: Browser, hours: int) -> None:
    """However often it is refreshed, the absolute end stays where it was (ASVS 10.4.8)."""
    portal = portal_with(suite, grant_hours=hours)
    token = portal.tokens(browser)["refresh_token"]
    for _ in range(hours * 6 - 1):
        suite.clock.advance(timedelta(minutes=10))
        answer = portal.refresh(token)
        assert answer.status_code == 200, answer.text
        token = answer.json()["refresh_token"]
    suite.clock.advance(timedelta(minutes=10))
    assert "GH-OIDC-052" in check_refused(portal.refresh(token), "invalid_grant")


@pytest.mark.parametrize("how", ["replayed", "foreign"])
def test_a_token_in_two_hands_is_told_to_its_person_and_to_the_listeners(
    suite: Suite, portal: App, browser: Browser, pat: str, how: str
) -> None:
    """E12: one letter to every address, one event, one audit entry; nothing in them opens anything (threat 15)."""
    tokens = portal.tokens(browser)
    stolen = tokens["refresh_token"]
    portal.refresh(stolen)
    thief = portal if how == "replayed" else App(suite, "other")
    for _ in range(3):
        check_refused(thief.refresh(stolen), "invalid_grant")
    (told,) = published(suite, "risk.detected")
    reason = {"replayed": theft.REPLAYED, "foreign": theft.FOREIGN}[how]
    assert (told.data["account_id"], told.data["session_id"], told.data["reasons"]) == (pat, browser.sid, [reason])
    (letter,) = [one for one in mails(suite) if "Sample portal" in one.subject]
    assert (letter.channel, letter.recipient) == ("email", "pat@lakeside.example")
    assert [entry["reason"] for entry in audited(suite, "grant.revoked")] == [reason]
    assert stolen not in f"{told.data} {letter} {audited(suite, 'grant.revoked')}"


def test_nobody_is_alarmed_about_a_sign_in_that_is_over(suite: Suite, portal: App, browser: Browser) -> None:
    """A replay after signing out takes nothing from anybody: refused, and no letter."""
    stolen = portal.tokens(browser)["refresh_token"]
    portal.refresh(stolen)
    suite.end_session(browser.sid)
    check_refused(portal.refresh(stolen), "invalid_grant")
    assert published(suite, "risk.detected") == []
    assert [one for one in mails(suite) if "Sample portal" in one.subject] == []


def test_the_letter_says_what_happened_and_what_to_do_in_plain_words() -> None:
    """Which app, what we did, what to do next, and whom to call; no word that a thief could use."""
    subject, text = theft.letter(words_of("en"), "Pat", "Sample portal", "https://x.example/account/apps", "555")
    assert subject == "We disconnected Sample portal from your account"
    for said in ("Pat,", "sign in to Sample portal again", "https://x.example/account/apps", "555"):
        assert said in text
    assert "token" not in text and "grant" not in text
