"""Policies: the defaults are the standard's, the bounds keep every opt-in inside it."""

import ast
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.mfa import assurance
from identity.policies import bounds, rules
from identity.policies.rules import OrganizationPolicy, Policies


def test_the_defaults_follow_the_standard() -> None:
    """SP 800-63B-4: 15 characters alone, 8 with a second factor, no expiry, at most 100 failures; ASVS 6.1.1 6.2.10."""
    policies = Policies()
    assert (policies.password_shortest, policies.password_shortest_with_factor) == (15, 8)
    assert policies.password_max_age_days is None
    assert (policies.delay_failures, policies.lock_failures, policies.disable_failures) == (5, 10, 100)
    assert 15 <= policies.lock_minutes <= 30


def test_old_habits_are_off_unless_somebody_asks_for_them() -> None:
    """E-mail codes for nobody, text messages neither for staff nor for access managers."""
    policies = Policies()
    assert policies.email_factor_populations == frozenset()
    assert "staff" not in policies.sms_populations
    assert not policies.sms_for_managers


def test_every_policy_has_a_name_for_people_and_bounds_that_hold_its_default() -> None:
    """Nothing can be decided that the page does not show."""
    assert list(bounds.BOUNDS) == [one.name for one in fields(Policies)]
    assert [name for name in bounds.BOUNDS if bounds.fault(name, getattr(rules.DEFAULTS, name))] == []
    assert [name for name in bounds.BOUNDS if bounds.departs(name, rules.default_of(name))] == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password_shortest", 14),
        ("password_shortest_with_factor", 7),
        ("password_max_age_days", 1),
        ("lock_minutes", 14),
        ("lock_minutes", 31),
        ("lock_failures", 101),
        ("disable_failures", 101),
        ("email_factor_populations", ["staff"]),
        ("sms_populations", ["everybody"]),
        ("sms_populations", "provider"),
        ("sms_for_managers", 1),
        ("lock_failures", True),
        ("lock_failures", "10"),
        ("lock_failures", None),
        ("risk_weights", {"new_device": 10}),
        ("risk_weights", {**rules.DEFAULTS.risk_weights, "new_device": -1}),
        ("risk_weights", 7),
        ("member_id_pattern", "(a+)+b"),
        ("member_id_pattern", "[z-a]"),
        ("member_id_pattern", "A" * 61),
        ("security_questions", True),
    ],
)
def test_no_value_leaves_the_standard(name: str, value: object) -> None:
    """An opt-in goes as far as SP 800-63B-4 lets it, and no further; e-mail codes are never for staff."""
    assert bounds.fault(name, value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("password_max_age_days", 90),
        ("password_max_age_days", None),
        ("lock_minutes", 30),
        ("email_factor_populations", ["member"]),
        ("sms_populations", []),
        ("member_id_pattern", "W[0-9]{9}"),
        ("risk_weights", {**rules.DEFAULTS.risk_weights, "new_device": 0}),
    ],
)
def test_what_the_domain_lets_an_operator_choose_fits(name: str, value: object) -> None:
    """The opt-ins of domain §5."""
    assert bounds.fault(name, value) is None


def test_stored_values_come_back_in_the_types_of_the_code() -> None:
    """JSON has lists; the code has sets. Names that nobody knows any more are left out, missing weights are default."""
    policies = rules.with_values(
        {"email_factor_populations": ["member"], "risk_weights": {"new_device": 1}, "gone": 3, "lock_minutes": 20}
    )
    assert policies.email_factor_populations == frozenset({"member"})
    assert policies.risk_weights == {**rules.DEFAULTS.risk_weights, "new_device": 1}
    assert policies.lock_minutes == 20


def test_a_set_departs_by_its_members_and_not_by_their_order() -> None:
    """What the browser sends first is of no account."""
    assert not bounds.departs("sms_populations", ["provider", "member", "employer", "member"])
    assert bounds.departs("sms_populations", ["provider"])


def test_a_justification_says_something() -> None:
    """20 characters that are not blanks around nothing, and not a book."""
    assert bounds.unjustified(" " * 40)
    assert bounds.unjustified("because")
    assert bounds.unjustified("x" * 1001)
    assert bounds.unjustified("The auditors asked for it in 2026") is None


def test_an_organization_may_be_held_to_more_and_never_to_less() -> None:
    """Idle 5–60 minutes, life 1–24 hours, levels above the first; B5."""
    assert bounds.organization_faults(OrganizationPolicy(5, 24, "phr", {"payment.manage": "phr"})) == {}
    bad = OrganizationPolicy(61, 25, "urn:gatehouse:acr:1", {"payment.manage": "none"})
    assert set(bounds.organization_faults(bad)) == {"idle_minutes", "life_hours", "minimum_acr", "function_acr"}
    assert bounds.organization_faults(OrganizationPolicy(function_acr={"Drop Table": "phr"}))
    assert bounds.organization_departures(OrganizationPolicy()) == {}


def test_levels_are_those_that_tokens_carry() -> None:
    """A policy demands levels; it makes none."""
    assert set(bounds.LEVELS) < set(assurance.SUPPORTED)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=8,
)


@given(name=st.sampled_from(rules.NAMES), value=JSON)
def test_whatever_json_holds_is_judged_and_never_a_fault(name: str, value: object) -> None:
    """Threat 49: a sentence or None; and what passes can be stored, read back and judged again."""
    if bounds.fault(name, value) is None:
        stored = bounds.stored(value)
        read = getattr(rules.with_values({name: json.loads(json.dumps(stored))}), name)
        assert rules.plain(read) == stored
        assert bounds.fault(name, read) is None


@given(st.text(max_size=60))
def test_a_pattern_that_passes_is_quick_to_match(pattern: str) -> None:
    """Threat 57: what the bounds let through matches a long user ID in no time, whatever it says."""
    if bounds.fault("member_id_pattern", pattern) is None:
        assert re.fullmatch(pattern, "A" * 10_000) is None or len(pattern) > 0


@pytest.mark.parametrize("pattern", ["[A-Z]{3}[0-9]{9}", "W\\d{9}", "[A-Za-z]{2}\\d{6}-\\d{2}"])
def test_usual_shapes_of_card_numbers_can_be_written(pattern: str) -> None:
    """Letters, digits, classes, counts and hyphens are enough for them."""
    assert bounds.fault("member_id_pattern", pattern) is None


@pytest.mark.parametrize(
    "pattern", ["", "123456789", "(a|b)", "a*", "a+", "a{2,}", ".*", "^a$", "\\w{3}", "[^a]", "[a-z", "a{999}", "ä"]
)
def test_no_pattern_is_taken_that_could_be_slow_or_somebody_s_number(pattern: str) -> None:
    """No groups, no stars, no alternatives; and never a bare number, which would be a person's (domain §1)."""
    assert bounds.fault("member_id_pattern", pattern)


def test_levels_are_made_of_methods_alone() -> None:
    """Domain §5: no deviation raises assurance, because what computes it reads no policy."""
    tree = ast.parse(Path(assurance.__file__).read_text(encoding="utf-8"))
    modules = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [module for module in modules if "policies" in module]
    assert assurance.acr(("pwd", "email")) == assurance.ACR_1
