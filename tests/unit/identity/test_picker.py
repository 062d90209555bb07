"""Which ways of proving it is you are offered, in which order, to whom; which one may go; who is reminded."""

from datetime import UTC, datetime, timedelta

import pytest

from identity.mfa import picker
from identity.mfa.assurance import ACR_1, ACR_2, ACR_PHR, acr, joined
from identity.mfa.picker import APP, EMAIL, PASSKEY, RECOVERY_CODES, SMS, Method
from identity.policies.rules import Policies

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ALL = (RECOVERY_CODES, EMAIL, SMS, APP, PASSKEY)


def method(kind: str, *, usable: bool = True, used: int = 0) -> Method:
    """A method that was last used so many minutes ago."""
    return Method(f"{kind}_{used}", kind, "", NOW - timedelta(days=9), NOW - timedelta(minutes=used), usable)


def kinds(methods: list[Method]) -> list[str]:
    """What is offered, in order."""
    return [one.kind for one in methods]


def test_the_strongest_comes_first() -> None:
    """Passkey, app, text message, e-mail, recovery codes; of two alike the one used last."""
    assert kinds(picker.in_order(map(method, ALL))) == [PASSKEY, APP, SMS, EMAIL, RECOVERY_CODES]
    old, lately = method(APP, used=500), method(APP, used=5)
    assert picker.in_order([old, lately]) == [lately, old]


@pytest.mark.parametrize(
    ("population", "manages", "policies", "sent"),
    [
        ("provider", False, Policies(), {SMS}),
        ("provider", True, Policies(), set()),
        ("staff", False, Policies(), set()),
        ("provider", True, Policies(sms_for_managers=True), {SMS}),
        ("provider", False, Policies(sms_populations=frozenset()), set()),
        ("provider", False, Policies(email_factor_populations=frozenset({"provider"})), {SMS, EMAIL}),
        ("provider", True, Policies(email_factor_populations=frozenset({"provider"})), set()),
        ("staff", False, Policies(email_factor_populations=frozenset({"staff"})), set()),
    ],
)
def test_codes_that_are_sent_are_a_matter_of_policy(
    population: str, manages: bool, policies: Policies, sent: set[str]
) -> None:
    """Domain §5: text messages not for staff and managers; e-mail only where switched on, and never for those two."""
    found = picker.allowed(policies, population, manages=manages)
    assert found - {PASSKEY, APP, RECOVERY_CODES} == sent
    assert found >= {PASSKEY, APP, RECOVERY_CODES}


def test_only_what_works_and_is_allowed_is_offered() -> None:
    """A disabled app and a withdrawn kind are not shown while there is a better one."""
    mine = [method(APP), method(SMS), method(RECOVERY_CODES), method(PASSKEY, usable=False)]
    assert kinds(picker.offered(mine, {APP, PASSKEY, RECOVERY_CODES})) == [APP, RECOVERY_CODES]


def test_somebody_whose_only_factor_was_withdrawn_can_still_get_in() -> None:
    """A new manager with a phone only must be able to sign in and set up something better."""
    mine = [method(SMS), method(RECOVERY_CODES)]
    assert kinds(picker.offered(mine, {APP, PASSKEY, RECOVERY_CODES})) == [SMS, RECOVERY_CODES]


def test_a_code_by_mail_is_offered_only_where_no_level_must_be_reached() -> None:
    """SP 800-63B-4 §3.1.3.1: e-mail is no second factor."""
    mine = [method(APP), method(EMAIL)]
    assert kinds(picker.offered(mine, {APP, EMAIL})) == [APP]
    assert kinds(picker.offered(mine, {APP, EMAIL}, weak_too=True)) == [APP, EMAIL]


def test_where_a_passkey_is_demanded_nothing_else_is_offered_to_who_has_one() -> None:
    """Another way would lead back to the same question; who has none proves what they have, then makes one."""
    assert kinds(picker.offered([method(APP), method(PASSKEY)], ALL, strongest_only=True)) == [PASSKEY]
    assert kinds(picker.offered([method(APP)], ALL, strongest_only=True)) == [APP]


@pytest.mark.parametrize(
    ("mine", "last"),
    [
        ([method(APP)], True),
        ([method(APP), method(RECOVERY_CODES)], True),
        ([method(APP), method(EMAIL)], True),
        ([method(APP), method(PASSKEY, usable=False)], True),
        ([method(APP), method(SMS)], False),
        ([method(APP), method(APP, used=9)], False),
    ],
)
def test_the_last_second_factor_stays(mine: list[Method], last: bool) -> None:
    """Recovery codes, e-mail and what is switched off do not count as another one."""
    assert picker.is_last(mine, mine[0].id) is last


def test_what_is_no_factor_may_always_go() -> None:
    """Recovery codes and addresses for codes are no factors; an id of nobody is the last of nothing."""
    mine = [method(APP), method(RECOVERY_CODES), method(EMAIL)]
    assert not any(picker.is_last(mine, one.id) for one in mine[1:])
    assert not picker.is_last(mine, "aut_of_others")


@pytest.mark.parametrize(
    ("mine", "days", "due"),
    [
        ([APP], None, True),
        ([APP], 29, False),
        ([APP], 30, True),
        ([], None, False),
        ([RECOVERY_CODES], None, False),
        ([APP, RECOVERY_CODES], None, False),
        ([PASSKEY, APP], None, False),
        ([APP, EMAIL], None, True),
    ],
)
def test_who_has_one_way_only_is_reminded_once_a_month(mine: list[str], days: int | None, due: bool) -> None:
    """A reminder after the first factor, then every 30 days, until there is a second way."""
    nudged = None if days is None else NOW - timedelta(days=days)
    assert picker.nudge_due(list(map(method, mine)), nudged, NOW) is due


@pytest.mark.parametrize(
    ("amr", "level"),
    [
        (("pwd",), ACR_1),
        (("pwd", "email"), ACR_1),
        (("email", "otp"), ACR_1),
        (("sms", "otp"), ACR_1),
        (("pwd", "sms"), ACR_2),
        (("pwd", "otp"), ACR_2),
        (("hwk",), ACR_1),
        (("hwk", "user"), ACR_PHR),
        (("swk", "user"), ACR_PHR),
        (("pwd", "swk"), ACR_PHR),
    ],
)
def test_the_level_follows_from_the_methods_alone(amr: tuple[str, ...], level: str) -> None:
    """Threat 24, ASVS 6.3.3: two of a kind are one factor, e-mail is none, a passkey with its person is strongest."""
    assert acr(amr) == level
    assert ("mfa" in joined(amr)) is (level != ACR_1)
