"""The vocabulary of AuthZEN: what is read, what is ignored, what is malformed."""

from typing import Any

import pytest

from access_manager.decisions.authzen import Malformed, Question, Semantic, batch, is_last, question

WHOLE: dict[str, Any] = {
    "subject": {"type": "account", "id": "acc_1"},
    "action": {"name": "claims.submit"},
    "resource": {"type": "organization", "id": "org_1"},
}


def test_a_question_is_subject_action_and_resource() -> None:
    """Members nobody declared are ignored, at every level."""
    extra = {**WHOLE, "foo": 1, "subject": {**WHOLE["subject"], "properties": {"a": 1}, "x": None}, "context": {}}
    assert question(WHOLE) == question(extra) == Question("acc_1", "claims.submit", "org_1")


def test_another_kind_of_subject_or_resource_is_nobody_and_nowhere() -> None:
    """Types we do not know lead to a denial, not to an error."""
    other = {**WHOLE, "subject": {"type": "user", "id": "u"}, "resource": {"type": "record", "id": "r"}}
    assert question(other) == Question("", "claims.submit", "", is_ours=False)


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "text",
        {},
        {**WHOLE, "subject": None},
        {**WHOLE, "subject": "acc_1"},
        {**WHOLE, "subject": {"type": "account"}},
        {**WHOLE, "subject": {"id": "acc_1"}},
        {**WHOLE, "subject": {"type": "account", "id": 7}},
        {**WHOLE, "subject": {"type": "account", "id": ""}},
        {**WHOLE, "subject": {"type": "account", "id": "a\x00b"}},
        {**WHOLE, "subject": {**WHOLE["subject"], "properties": []}},
        {**WHOLE, "action": {}},
        {**WHOLE, "action": {"name": None}},
        {**WHOLE, "action": {"name": "x" * 257}},
        {**WHOLE, "resource": {"type": "organization"}},
        {**WHOLE, "context": "text"},
    ],
)
def test_what_is_missing_or_of_another_type_is_malformed(body: object) -> None:
    """Each required member is needed, as text."""
    with pytest.raises(Malformed):
        question(body)


def test_a_batch_merges_items_over_defaults() -> None:
    """An item's member replaces the default whole."""
    found = batch({**WHOLE, "evaluations": [{}, {"action": {"name": "precert.view"}}]})
    assert found is not None
    semantic, items = found
    assert semantic is Semantic.EXECUTE_ALL
    assert [question(item).function for item in items] == ["claims.submit", "precert.view"]


@pytest.mark.parametrize("body", [WHOLE, {**WHOLE, "evaluations": []}, {**WHOLE, "evaluations": None}])
def test_without_items_a_batch_is_a_single_question(body: dict[str, Any]) -> None:
    """AuthZEN §7.1: then the request is an evaluation."""
    assert batch(body) is None


@pytest.mark.parametrize(
    "body",
    [
        {**WHOLE, "evaluations": {}},
        {**WHOLE, "evaluations": ["x"]},
        {**WHOLE, "evaluations": [{}] * 101},
        {**WHOLE, "evaluations": [{}], "options": "all"},
        {**WHOLE, "evaluations": [{}], "options": {"evaluations_semantic": "some"}},
        {**WHOLE, "evaluations": [{}], "options": {"evaluations_semantic": 7}},
    ],
)
def test_a_batch_of_another_shape_is_malformed(body: dict[str, Any]) -> None:
    """Not a list of objects, too long, or an unknown semantic."""
    with pytest.raises(Malformed):
        batch(body)


@pytest.mark.parametrize(
    ("semantic", "permitted", "last"),
    [
        (Semantic.EXECUTE_ALL, False, False),
        (Semantic.EXECUTE_ALL, True, False),
        (Semantic.DENY_ON_FIRST_DENY, False, True),
        (Semantic.DENY_ON_FIRST_DENY, True, False),
        (Semantic.PERMIT_ON_FIRST_PERMIT, True, True),
        (Semantic.PERMIT_ON_FIRST_PERMIT, False, False),
    ],
)
def test_each_semantic_knows_where_it_stops(semantic: Semantic, permitted: bool, last: bool) -> None:
    """The answer that stops the batch is still given."""
    assert is_last(semantic, permitted) is last
