"""The rules of asking for more, and what the inbox says of an address."""

from datetime import UTC, datetime, timedelta

import pytest

from access_manager.inbox.waiting import same_domain
from access_manager.requests.flow import State, outcome
from access_manager.rules.asking import may_ask, may_give, running
from access_manager.rules.refusals import Refusal

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
HELD = {"eligibility.view"}


@pytest.mark.parametrize(
    ("wanted", "contracted", "through_link", "deciders", "expected"),
    [
        (["claims.submit"], True, False, 1, None),
        (["claims.submit", "eligibility.view"], True, False, 1, None),
        (["eligibility.view"], True, False, 1, Refusal.ALREADY_HELD),
        (["no.such"], True, False, 1, Refusal.UNKNOWN_FUNCTION),
        (["demographics.update"], False, False, 1, Refusal.CONTRACTED_ONLY),
        (["demographics.update"], True, False, 1, None),
        (["claims.submit"], True, True, 1, Refusal.THROUGH_CONNECTION),
        (["claims.submit"], True, False, 0, Refusal.NOBODY_TO_DECIDE),
    ],
)
def test_who_may_ask_for_what(
    wanted: list[str], contracted: bool, through_link: bool, deciders: int, expected: Refusal | None
) -> None:
    """G7: lacking, possible there, not a third party's person, and somebody else to decide."""
    facts = {"through_link": through_link, "deciders": deciders}
    found = may_ask(wanted, HELD, kind="practice", contracted=contracted, **facts)  # type: ignore[arg-type]
    assert found is expected


def test_a_company_s_people_ask_for_nothing_that_is_for_care() -> None:
    """F8: what the organization never holds is not asked for either."""
    facts = {"kind": "vendor", "contracted": True, "through_link": False, "deciders": 1}
    assert may_ask(["precert.view"], HELD, **facts) is Refusal.KIND_WITHHELD  # type: ignore[arg-type]
    assert may_ask(["claims.submit"], HELD, **facts) is None  # type: ignore[arg-type]


def test_nobody_gives_more_than_was_asked() -> None:
    """All or some; the rest has a page of its own."""
    assert may_give(["a", "b"], ["a"]) is None
    assert may_give(["a"], ["a", "b"]) is Refusal.NOT_ASKED


def test_what_has_ended_does_not_run() -> None:
    """At the very instant it is over, by the membership's end or by its own."""
    soon = (NOW + timedelta(seconds=1)).isoformat()
    assert running({"a", "b"}, {"a": NOW.isoformat(), "b": soon}, None, NOW) == {"b"}
    assert running({"a"}, {}, NOW, NOW) == set()
    assert running({"a"}, {}, NOW + timedelta(seconds=1), NOW) == {"a"}


def test_a_decision_is_named_by_what_it_gives() -> None:
    """Everything, a part, nothing."""
    assert outcome(["a", "b"], ["a", "b"]) is State.GRANTED
    assert outcome(["a", "b"], ["b"]) is State.PARTLY
    assert outcome(["a"], []) is State.DENIED


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("pat@lakeside.example", True),
        ("pat@LAKESIDE.example ", True),
        ("pat@elsewhere.example", False),
        ("pat@mail.lakeside.example", False),
        ("pat@gmail.com", None),
        ("", None),
        ("no-address", None),
    ],
)
def test_a_domain_says_something_only_where_not_everybody_can_have_it(email: str, expected: bool | None) -> None:
    """The same as a manager's, another, or nothing at all: a manager with a public address proves nothing."""
    assert same_domain(email, ["meg@lakeside.example", "max@gmail.com"]) is expected
