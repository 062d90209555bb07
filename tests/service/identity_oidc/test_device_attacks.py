"""Threat 54: codes that are guessed, sent to people, copied, or asked about too often."""

from datetime import timedelta

import pytest

from identity.oidc.clients.policy import DEVICE_CODE
from identity.oidc.grants import theft
from tests.service.identity_oidc.granting import Granted, audited, mails, published, register, television
from tests.service.identity_oidc.screens import PAGE, allowed, begin, poll, question, send, type_code
from tests.service.identity_oidc.suite import Browser, Suite, claims_of
from tests.service.identity_oidc.test_attacks_on_codes import check_refused


@pytest.fixture
def screen(suite: Suite) -> Granted:
    """A device with a secret."""
    return television(suite)


def test_an_address_with_the_code_fills_in_and_answers_nothing(screen: Granted, browser: Browser) -> None:
    """Threat 54: whoever is sent the complete address still reads, sends the code on, and is asked (§3.3.1)."""
    begun = begin(screen)
    page = browser.http.get(begun["verification_uri_complete"]).text
    assert f'value="{begun["user_code"]}"' in page and "in front of you" in page
    assert "Television" not in page
    assert check_refused(poll(screen, begun), "authorization_pending")


@pytest.mark.parametrize("said", ["", "perhaps"])
def test_no_answer_is_no_yes(suite: Suite, screen: Granted, browser: Browser, said: str) -> None:
    """A form without a button, or with another one, asks again and opens nothing."""
    begun = begin(screen)
    answer = send(browser, question(browser, begun), answer=said)
    assert answer.status_code == 422 and "Say whether the device may use your account" in answer.text
    check_refused(poll(screen, begun), "authorization_pending")


def test_a_form_of_another_site_answers_nothing(suite: Suite, screen: Granted, browser: Browser) -> None:
    """Threat 54: without the page's own token neither the code nor the answer is taken."""
    begun = begin(screen)
    refused = browser.http.post(PAGE, data={"user_code": begun["user_code"]})
    assert refused.status_code == 403 and refused.headers["Content-Type"].startswith("text/html")
    path = question(browser, begun)
    assert browser.http.post(path, data={"answer": "allow"}).status_code == 403
    check_refused(poll(screen, begun), "authorization_pending")


def test_attack_54_a_device_that_asks_too_fast_is_slowed_down(suite: Suite, screen: Granted) -> None:
    """E13: each question too early makes the pause five seconds longer, and only patience is answered (§3.5)."""
    begun = begin(screen)
    check_refused(poll(screen, begun), "authorization_pending")
    for second in (1, 2, 3):
        suite.clock.advance(timedelta(seconds=1))
        assert "GH-OIDC-111" in check_refused(poll(screen, begun), "slow_down"), second
    suite.clock.advance(timedelta(seconds=19))
    check_refused(poll(screen, begun), "slow_down")
    suite.clock.advance(timedelta(seconds=25))
    check_refused(poll(screen, begun), "authorization_pending")


def test_attack_54_guessing_codes_is_throttled(suite: Suite, screen: Granted, browser: Browser) -> None:
    """E13: five codes that nobody waits for, then a wait, in which the right one is not taken either (§5.1)."""
    begun = begin(screen)
    wrong = next(one for one in ("BBBB-BBBB", "CCCC-CCCC") if one != begun["user_code"])
    seen = [type_code(browser, wrong).status_code for _ in range(3)]
    assert seen == [422, 422, 422]
    for _ in range(10):
        suite.clock.advance(timedelta(minutes=1))
        last = type_code(browser, wrong)
    assert last.status_code == 429 and int(last.headers["Retry-After"]) > 0
    assert type_code(browser, begun["user_code"]).status_code == 429


def test_attack_54_devices_of_one_s_own_buy_no_guesses(suite: Suite, screen: Granted, browser: Browser) -> None:
    """A right code between the wrong ones gives nothing back but itself."""
    statuses = []
    for _ in range(8):
        statuses.append(type_code(browser, "BBBB-BBBB").status_code)
        statuses.append(type_code(browser, begin(screen)["user_code"]).status_code)
        suite.clock.advance(timedelta(seconds=40))
    assert 429 in statuses


def test_attack_54_a_code_in_the_hands_of_another_client(suite: Suite, screen: Granted, browser: Browser) -> None:
    """Refused like an unknown one, and still good for the device it was made for."""
    begun = begin(screen)
    allowed(browser, begun)
    other = register(suite, "radio", grant_types=(DEVICE_CODE,))
    assert "GH-OIDC-114" in check_refused(poll(other, begun), "invalid_grant")
    check_refused(poll(screen, {"device_code": "nobody-has-this"}), "invalid_grant")
    assert poll(screen, begun).status_code == 200


@pytest.mark.parametrize("thief", ["itself", "radio"])
def test_attack_54_a_code_is_good_once(suite: Suite, screen: Granted, browser: Browser, pat: str, thief: str) -> None:
    """A second use means it was copied, whoever asks: all of it is revoked, and told like a code in two hands.

    Threat 5, RFC 6749 §4.1.2: one letter, one event, one entry, however often it comes again.
    """
    begun = begin(screen)
    allowed(browser, begun)
    tokens = poll(screen, begun).json()
    other = screen if thief == "itself" else register(suite, thief, grant_types=(DEVICE_CODE,))
    for _ in range(3):
        assert "GH-OIDC-115" in check_refused(poll(other, begun), "invalid_grant")
    assert screen.introspect(tokens["access_token"]) == {"active": False}
    check_refused(screen.refresh(tokens["refresh_token"]), "invalid_grant")
    (told,) = published(suite, "risk.detected")
    assert (told.data["account_id"], told.data["reasons"]) == (pat, [theft.CODE_AGAIN])
    assert sum("It was used twice" in one.body for one in mails(suite)) == 1
    assert [entry["reason"] for entry in audited(suite, "grant.revoked")] == [theft.CODE_AGAIN]
    assert begun["device_code"] not in f"{told.data} {mails(suite)} {audited(suite, 'grant.revoked')}"


def test_attack_54_the_user_code_opens_nothing_at_the_token_endpoint(screen: Granted, browser: Browser) -> None:
    """What stands on a screen in a waiting room is no secret."""
    begun = begin(screen)
    allowed(browser, begun)
    check_refused(poll(screen, {"device_code": begun["user_code"]}), "invalid_grant")


def test_the_first_who_types_a_code_is_the_one_who_answers(suite: Suite, screen: Granted, browser: Browser) -> None:
    """Threat 54: a second person who types it learns nothing and answers nothing, by code or by address."""
    begun = begin(screen)
    path = question(browser, begun)
    sam = suite.browser(suite.person("sam"))
    assert type_code(sam, begun["user_code"]).status_code == 422
    nothing = sam.http.get(path)
    assert nothing.status_code == 404 and nothing.headers["Content-Type"].startswith("text/html")
    assert send(browser, path, answer="allow").status_code == 303
    assert poll(screen, begun).status_code == 200


@pytest.mark.parametrize("ending", ["session", "account", "membership"])
def test_attack_53_a_device_dies_with_what_it_stands_on(
    suite: Suite, screen: Granted, browser: Browser, pat: str, ending: str
) -> None:
    """Allowed and not yet fetched: after signing out or closing the account there is nothing to fetch (G4)."""
    begun = begin(screen)
    allowed(browser, begun)
    if ending == "session":
        suite.end_session(browser.sid)
    elif ending == "account":
        with suite.context.database.transaction() as session:
            session.connection().exec_driver_sql("UPDATE accounts SET status = 'closed' WHERE id = ?", (pat,))
    else:
        suite.membership(pat, status="removed", sequence=2)
        assert "org" not in claims_of(poll(screen, begun).json()["access_token"])
        return
    assert "GH-OIDC-052" in check_refused(poll(screen, begun), "invalid_grant")


@pytest.mark.parametrize("typed", ["", "WDJB", "AEIO-UAEI", "WDJB-MJHT-X", "12345678", "<b>", "\x00", "ＷＤＪＢ"])
def test_what_is_no_code_is_said_so_and_costs_no_guess(browser: Browser, typed: str) -> None:
    """422 with the sentence beside the field, and what was typed still in it; never a fault of ours."""
    for _ in range(12):
        answer = type_code(browser, typed)
        assert answer.status_code in (400, 422) and "<b>" not in answer.text
