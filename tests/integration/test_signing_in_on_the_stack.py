"""What is good once is good once for all workers together: codes, keys, links, sent to two of them in one instant."""

import pytest

from identity.mfa import recovery_codes
from identity.passwords.pepper import Pepper, taken_apart
from shared.service import SYSTEM
from tests.support.authenticator import Authenticator
from tests.support.pages import PageVisitor
from tests.support.passkey_script import Script
from tests.support.stack_people import (
    ABROAD,
    SECRET,
    SIX_DIGITS,
    People,
    at_once,
    sign_in,
    sign_out,
    type_code,
)

pytest_plugins = ("tests.support.stack_fixture",)
pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]

TWICE = range(4)  # two browsers at each of two workers


def entered(visitors: list[PageVisitor]) -> list[bool]:
    """Who of them is somebody to the worker that they talk to."""
    for visitor in visitors:
        visitor.open("/account")
    return [visitor.address.endswith("/account") for visitor in visitors]


def secrets_of(visitor: PageVisitor) -> set[str]:
    """What the browser's cookie of a session holds."""
    return {cookie.value or "" for cookie in visitor.cookies.jar if cookie.name.endswith("gh_session")}


def test_one_code_of_an_app_opens_one_sign_in(people: People) -> None:
    """B1, threat 29, ASVS 6.5.1: four browsers send the same code to two workers; the code was good for one."""
    tam = people.someone("tam", totp_secret=SECRET)
    visitors = [sign_in(people.straight(number), tam) for number in TWICE]
    assert [visitor.address.split("?")[0] for visitor in visitors] == [f"{people.world.base_url}/login/prove"] * 4
    code = people.code()
    at_once([lambda one=visitor: type_code(one, code) for visitor in visitors])  # type: ignore[misc]
    assert sorted(entered(visitors)) == [False, False, False, True]


def test_one_recovery_code_opens_one_sign_in(people: People) -> None:
    """B4, threat 30: a copied sheet of codes is worth one sign-in a line, at whichever worker."""
    rae = people.someone("rae", totp_secret=SECRET)
    with people.contexts["identity"].transaction(SYSTEM) as work:
        code = recovery_codes.new_set(work, people.id(rae))[0]
    visitors = [sign_in(people.straight(number), rae) for number in TWICE]
    for visitor in visitors:
        visitor.follow("Use another way")
        visitor.choose("Recovery code")
        visitor.press("Continue")
        visitor.fill("Recovery code", code)
    at_once([lambda one=visitor: one.press("Continue") for visitor in visitors])  # type: ignore[misc]
    assert sorted(entered(visitors)) == [False, False, False, True]


def test_one_sent_code_is_good_once(people: People) -> None:
    """B3, threats 20 and 29: copies of one half-way browser send the mailed code; one of them gets a new secret."""
    pat = people.someone("pat")
    sign_out(sign_in(people.browser(), pat))
    half = sign_in(people.browser(ABROAD), pat)
    assert "/login/verify" in half.address
    code = people.told(pat.email, SIX_DIGITS)
    copies = [people.straight(number, ABROAD, like=half) for number in TWICE]
    for copy in copies:
        copy.open(half.address)
    at_once([lambda one=copy: type_code(one, code) for copy in copies])  # type: ignore[misc]
    assert len(set().union(*map(secrets_of, copies)) - secrets_of(half)) == 1
    assert sorted(entered(copies)) == [False, False, False, True]


def test_one_answer_of_a_passkey_opens_one_sign_in(people: People) -> None:
    """B2, threat 31: the challenge is in Redis, taken by the first worker that asks; the others find none."""
    kay = people.someone("kay")
    script = Script(sign_in(people.straight(0), kay), Authenticator(people.world.base_url, count=None))
    assert script.make().status_code == 200
    browser = people.straight(0)
    browser.open("/login")
    answer = script.device.get(Script(browser, script.device).options())
    copies = [people.straight(number, like=browser) for number in TWICE]
    for copy in copies:
        copy.open("/login")
    at_work = [Script(copy, script.device) for copy in copies]
    told = at_once([lambda one=each: one.send("/login/passkey", answer) for each in at_work])  # type: ignore[misc]
    assert sorted(each.status_code for each in told) == [200, 403, 403, 403]
    assert {each.json()["reason"] for each in told if each.status_code == 403} == {"challenge"}


def test_passwords_are_mixed_with_the_key_of_the_secret_file(people: People) -> None:
    """A1, SP 800-63B-4 §3.1.1.2: the database holds a hash and the name of a key; the key lies in a file, for all."""
    pia = people.someone("pia")
    key = (people.world.stack.place.secrets / "identity_password_pepper").read_bytes()
    query = f"SELECT hash FROM passwords WHERE account_id = '{people.id(pia)}'"
    ((stored,),) = people.world.rows("identity", query)
    assert taken_apart(stored).key_id == Pepper([key]).current is not None
    assert entered([sign_in(people.straight(number), pia) for number in range(2)]) == [True, True]
