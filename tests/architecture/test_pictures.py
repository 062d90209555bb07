"""The pictures beside the code: every state machine is drawn, and what is drawn is what the code does."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

import access_manager.approvals.flow as approvals
import availability.maintenance.states as maintenance
import identity.accounts.states as accounts
import identity.login.flow as login
import identity.recovery.flow as recovery
import registration.applications.states as applications
import registration.vetting.cases as cases

DRAWN: dict[str, type[StrEnum]] = {
    str(module.__file__): kind
    for module, kind in (
        (approvals, approvals.State),
        (maintenance, maintenance.State),
        (accounts, accounts.Status),
        (login, login.Step),
        (recovery, recovery.Step),
        (applications, applications.State),
        (cases, cases.CaseState),
    )
}
ARROW = re.compile(r"^\s*(\S+) --> ([^\s:]+)(?:: (\w+))?", re.MULTILINE)


def arrows(code: str) -> set[tuple[str, str, str]]:
    """(from, to, first word of the label) of every arrow in the picture beside the file, start and end left out."""
    drawn = ARROW.findall(Path(code).with_suffix(".mermaid").read_text(encoding="utf-8"))
    return {arrow for arrow in drawn if "[*]" not in arrow}


@pytest.mark.parametrize(("code", "kind"), DRAWN.items(), ids=lambda value: getattr(value, "__module__", "picture"))
def test_a_picture_names_every_state_and_no_other(code: str, kind: type[StrEnum]) -> None:
    """Whoever adds a state draws it."""
    assert {name for one, other, _ in arrows(code) for name in (one, other)} == {str(state) for state in kind}


def test_the_ways_of_an_application_are_drawn_as_they_are() -> None:
    """Every arrow is an act from one of its sources, and every act has its arrows."""
    acts = {
        (str(source), str(applications.target(act)), str(act))
        for act in applications.Act
        for source in applications.sources(act)
    }
    drawn = {(one, other) for one, other, _ in arrows(str(applications.__file__))}
    assert drawn == {(one, other) for one, other, _ in acts}
    assert arrows(str(applications.__file__)) <= acts


def test_the_ways_of_an_account_are_drawn_as_they_are() -> None:
    """An arrow leads to a state exactly where the guard of the UPDATE allows it."""
    ways = {(str(source), str(wanted)) for wanted in accounts.Status for source in accounts.sources_of(wanted)}
    assert {(one, other) for one, other, _ in arrows(str(accounts.__file__))} == ways


def test_every_picture_stands_beside_the_code_it_draws() -> None:
    """No picture without a reader of this file, none without code."""
    root = Path(__file__).parents[2] / "services"
    assert {str(picture.with_suffix(".py")) for picture in root.rglob("*.mermaid")} == set(DRAWN)
