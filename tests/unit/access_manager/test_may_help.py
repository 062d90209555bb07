"""Whom an access manager may help to sign in."""

import pytest

from access_manager.rules.managers import may_help
from access_manager.rules.refusals import REFUSALS, Refusal


@pytest.mark.parametrize(
    ("member", "manager", "active", "refusal"),
    [
        ("acc_sam", False, True, None),
        ("acc_sam", True, True, Refusal.RECOVERY_BY_DESK),
        ("acc_sam", False, False, Refusal.NOT_A_MEMBER),
        ("acc_sam", True, False, Refusal.NOT_A_MEMBER),
        ("acc_meg", True, True, Refusal.OWN_RECOVERY),
        ("acc_meg", False, True, Refusal.OWN_RECOVERY),
    ],
)
def test_members_are_helped_managers_and_oneself_are_not(
    member: str, manager: bool, active: bool, refusal: Refusal | None
) -> None:
    """An active member who manages nothing; everybody else has a reason of their own (C4, C6)."""
    assert may_help("acc_meg", member, manager=manager, active=active) is refusal


def test_every_reason_says_who_helps_instead() -> None:
    """A refusal is not a dead end: the desk, or one's own account page."""
    for refusal in (Refusal.RECOVERY_BY_DESK, Refusal.NO_USABLE_ADDRESS):
        assert "support desk" in REFUSALS[refusal][1]
    assert "your account" in REFUSALS[Refusal.OWN_RECOVERY][1]
