"""What staff may do to whom, what a spreadsheet may compute, and that every act has words."""

import ast
import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.app import SERVICE
from identity.operators.governance import showing
from identity.operators.names import NAMES, name
from identity.operators.people.acts import WORDS, Act, Standing, offered, refusal
from identity.operators.record import sentences
from identity.operators.roles import Area, Role, may
from identity.policies import rules
from shared import spreadsheet
from shared.i18n import translations

WELL = Standing("active", "provider", resting=False, reset_required=False, own=False)
ENGLISH = translations("en")


@pytest.mark.parametrize(
    ("role", "areas"),
    [
        (Role.OPERATOR, set(Area)),
        (Role.DESK, {Area.HOME, Area.ACCOUNTS}),
        (Role.AUDITOR, {Area.HOME, Area.AUDIT, Area.READ_POLICIES, Area.READ_CLIENTS}),
        ("clerk", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_a_role_holds_its_areas_and_no_others(role: str | None, areas: set[Area]) -> None:
    """O1: an unknown role, or none, holds nothing."""
    assert {area for area in Area if may(role, area)} == areas


@pytest.mark.parametrize(
    ("status", "acts"),
    [
        ("invited", {Act.CLOSE}),
        ("pending", {Act.SUSPEND, Act.CLOSE, Act.REQUIRE_RESET, Act.END_SESSIONS, Act.RECOVER}),
        ("active", {Act.SUSPEND, Act.CLOSE, Act.REQUIRE_RESET, Act.END_SESSIONS, Act.RECOVER}),
        ("suspended", {Act.REINSTATE, Act.CLOSE, Act.REQUIRE_RESET, Act.END_SESSIONS}),
        ("closed", set()),
    ],
)
def test_each_state_has_its_acts(status: str, acts: set[Act]) -> None:
    """Nothing is offered that would be refused, and a closed account is closed for good."""
    standing = replace(WELL, status=status)
    assert set(offered(Role.OPERATOR, standing)) == acts
    assert {act for act in Act if refusal(act, None, standing) is None} == acts


def test_a_resting_account_can_be_woken_and_only_then() -> None:
    """Unlocking means ending a rest (A2)."""
    assert Act.UNLOCK in offered(Role.DESK, replace(WELL, resting=True))
    assert Act.UNLOCK not in offered(Role.OPERATOR, WELL)


def test_the_desk_unlocks_and_recovers_people_outside_the_staff() -> None:
    """O1; an operator's account in the desk's hands would make an operator of the desk (threat 36)."""
    resting = replace(WELL, resting=True)
    assert set(offered(Role.DESK, resting)) == {Act.UNLOCK, Act.RECOVER}
    assert offered(Role.DESK, replace(resting, population="staff")) == []


@pytest.mark.parametrize("role", [Role.AUDITOR, "clerk", ""])
def test_nobody_else_does_anything(role: str) -> None:
    """Read only, or nothing."""
    assert offered(role, replace(WELL, resting=True)) == []


def test_nobody_acts_on_their_own_account() -> None:
    """Not even to unlock it."""
    assert offered(Role.OPERATOR, replace(WELL, resting=True, own=True)) == []


def test_a_password_that_is_required_already_is_not_required_again() -> None:
    """One demand at a time."""
    assert Act.REQUIRE_RESET not in offered(Role.OPERATOR, replace(WELL, reset_required=True))


def test_every_act_says_what_it_does_and_what_it_did() -> None:
    """Title, meaning, button and outcome for each; what takes something away is marked as grave."""
    assert set(WORDS) == set(Act)
    assert {act for act, words in WORDS.items() if words.grave} == {
        Act.SUSPEND,
        Act.CLOSE,
        Act.REQUIRE_RESET,
        Act.END_SESSIONS,
    }


def test_every_act_that_identity_audits_has_words() -> None:
    """An auditor reads sentences; a new act brings its own (D4)."""
    folder = SERVICE.folder / "identity"
    written = {action for file in folder.rglob("*.py") for action in audited(file)}
    assert len(written) > 30
    assert written - set(sentences.ACTS) == set()


@given(st.text(max_size=30))
def test_no_cell_begins_what_a_spreadsheet_computes(text: str) -> None:
    """Threat 45, ASVS 1.2.10: whatever is typed, the cell is text, and nothing of it is lost."""
    (row,) = csv.reader(io.StringIO("".join([*spreadsheet.rows((), [(text,)])][1:]), newline=""))
    assert row[0][:1] not in set("=+-@\t\r\n|%＝＋－＠")
    assert row[0].removeprefix("'") == text.replace("\0", "").removeprefix("'")


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1", "|calc", "%0a=1"])
def test_known_tricks_are_quoted(text: str) -> None:
    """An apostrophe before the first sign (threat 45)."""
    assert spreadsheet.harmless(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "Left the practice", "2026-11-23", "'=1", "a=b"])
def test_plain_text_stays_as_it_is(text: str) -> None:
    """Nothing is quoted for nothing."""
    assert spreadsheet.harmless(text) == text


def test_a_row_keeps_its_columns() -> None:
    """Quotes, commas and line breaks inside of cells; None is an empty cell (RFC 4180)."""
    lines = "".join(spreadsheet.rows(("a", "b", "c"), [('say "hi", twice', None, "two\nlines")]))
    assert list(csv.reader(io.StringIO(lines.removeprefix("\ufeff"), newline="")))[1] == [
        'say "hi", twice',
        "",
        "two\nlines",
    ]


@pytest.mark.parametrize(
    ("policy", "sent", "meant"),
    [
        ("lock_minutes", {"value": [" 20 "]}, 20),
        ("lock_minutes", {"value": ["twenty"]}, "twenty"),
        ("lock_minutes", {"value": ["٢٠"]}, "٢٠"),
        ("lock_minutes", {}, ""),
        ("password_max_age_days", {"value": [""]}, None),
        ("sms_for_managers", {"value": ["yes"]}, True),
        ("sms_for_managers", {}, ""),
        ("sms_populations", {}, []),
        ("sms_populations", {"value": ["member", "staff"]}, ["member", "staff"]),
        ("member_id_pattern", {"value": ["W[0-9]{9}"]}, "W[0-9]{9}"),
    ],
)
def test_a_form_means_a_value(policy: str, sent: dict[str, list[str]], meant: object) -> None:
    """What is no number stays text, so that the bounds say what is wrong with it."""
    assert showing.read(policy, sent) == meant


def test_points_are_read_for_every_sign() -> None:
    """A sign left out of the form is a fault, not a zero."""
    sent = {f"points_{sign}": ["7"] for sign in rules.DEFAULTS.risk_weights}
    assert showing.read("risk_weights", sent) == dict.fromkeys(rules.DEFAULTS.risk_weights, 7)
    assert "" in dict(showing.read("risk_weights", {})).values()  # type: ignore[call-overload]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "never"),
        (True, "yes"),
        (False, "no"),
        ([], "nobody"),
        (frozenset({"staff", "member"}), "member, staff"),
        ({"payment.manage": "phr"}, "payment.manage a passkey"),
        (15, "15"),
    ],
)
def test_values_are_shown_in_words(value: object, words: str) -> None:
    """No brackets, no quotes, no True."""
    assert showing.shown(ENGLISH, value) == words


def test_only_what_differs_is_shown_of_points() -> None:
    """A deviation of one point among nine is one line."""
    assert showing.differing({"a": 1, "b": 2}, {"a": 1, "b": 3}) == {"b": 2}
    assert showing.differing(20, 15) == 20


def test_names_of_things_fall_back_to_themselves() -> None:
    """What nobody named is shown as it is."""
    assert name(ENGLISH, "sms") == NAMES["sms"]
    assert name(ENGLISH, "telepathy") == "telepathy"


def audited(file: Path) -> set[str]:
    """The acts that a file writes to the audit, by the first argument of `….audit("…")`."""
    calls = [node for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    found = [
        call.args[0]
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "audit" and call.args
    ]
    return {str(first.value) for first in found if isinstance(first, ast.Constant)}
