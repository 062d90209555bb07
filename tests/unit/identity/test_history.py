"""A person's history in plain words: all that happens to an account has a sentence, or a reason to have none."""

import re
from datetime import UTC, datetime

import pytest

from deploy.docs.house import python_files
from identity.profile.trail import history

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
BROWSER = ("Chrome on Windows", "Columbus, Ohio", "192.0.2.10")
_AUDITED = re.compile(r"audit\(\s*\"([a-z_]+\.[a-z_]+)\"")
# What is told already by a line of its own, or is nobody's business but the operator's.
SILENT = {
    "sign_in.judged": "its sign-in is a line with these very reasons",
    "sign_in.refused": "the refused sign-in is a line",
    "sign_in.verified": "the verified sign-in is a line",
    "session.started": "the sign-in is a line",
    "session.settled": "the verified sign-in is a line",
    "sessions.ended": "each session that ended is a line",
    "session.organization_chosen": "daily work",
    "device.added": "the sign-in from it is a line",
    "code.sent": "what the code was for is a line",
    "account.invited": "before anybody had the account",
    "account.renewed": "before anybody had the account",
    "account.closed": "nobody can read it any more",
    "account.looked_up": "the desk's own work",
    "notice.bounced": "shown where the address is",
    "recovery.reminded": "a letter says it",
}
ELSEWHERE = (
    "audit.",
    "client.",
    "grant.",
    "key.",
    "keys.",
    "policy.",
    "registration.",
    "signal_stream.",
    "terms.published",
    "token.",
)


def audited() -> set[str]:
    """Every action that identity writes to the audit by name."""
    files = [file for file in python_files("services") if "identity" in file.parts]
    return {action for file in files for action in _AUDITED.findall(file.read_text(encoding="utf-8"))}


def test_what_happens_to_an_account_is_told_or_has_a_reason_not_to_be() -> None:
    """Who adds an act to the audit decides what its person reads."""
    about_accounts = {action for action in audited() if not action.startswith(ELSEWHERE)}
    assert about_accounts - set(history.ACTIONS) - set(SILENT) == set()
    assert set(SILENT) & set(history.ACTIONS) == set()


@pytest.mark.parametrize(
    ("outcome", "verdict", "title"),
    [
        ("signed_in", "allow", "Signed in"),
        ("signed_in", "verify", "Right password, but the check that followed was not finished"),
        ("verified", "verify", "Signed in, after a check"),
        ("refused", "allow", "Wrong password"),
        ("denied", "deny", "Right password, but the sign-in was refused"),
        ("of an earlier release", "allow", "Tried to sign in"),
    ],
)
def test_an_attempt_says_what_became_of_it(outcome: str, verdict: str, title: str) -> None:
    """Plain event names, and the sentence of every sign that fired; signs of earlier releases are left out."""
    found = history.sign_in(NOW, outcome, verdict, ("new_device", "gone"), BROWSER)
    assert (found.title, found.label, len(found.reasons)) == (title, "Chrome on Windows", 1)


@pytest.mark.parametrize(
    ("after", "title"),
    [
        ({"kind": "password"}, "Password changed"),
        ({"kind": "passkey", "change": "added"}, "Passkey added"),
        ({"kind": "passkey", "change": "removed"}, "Passkey removed"),
        ({"kind": "recovery_set", "change": "replaced"}, "New recovery codes made"),
    ],
)
def test_a_changed_means_is_named(after: dict[str, object], title: str) -> None:
    """Which means, and whether it came or went."""
    found = history.act(NOW, "credential.changed", after, None, by_another=False)
    assert found is not None
    assert found.title == title


def test_what_no_sentence_names_is_not_shown() -> None:
    """A kind that this release does not know leaves no half line."""
    assert history.act(NOW, "credential.changed", {"kind": "seal"}, None, by_another=False) is None
    assert history.act(NOW, "credential.changed", None, None, by_another=False) is None


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("signed_out", "Signed out"),
        ("timed_out", "Sign-in ended after time without use"),
        ("switched_person", "Signed out, because somebody else signed in there"),
        (None, "Signed out"),
    ],
)
def test_an_end_says_why(reason: str | None, title: str) -> None:
    """By the person, by time, or by the next person at a shared computer."""
    found = history.act(NOW, "session.ended", None, reason, by_another=False)
    assert found is not None
    assert found.title == title
