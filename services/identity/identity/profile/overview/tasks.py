"""What a person may do, as plain tasks. Pure.

The catalogue of functions is access-manager's; identity holds only their names, in its projection of memberships. The
words are the same ones, and a test holds them together; a function that is newer than this list shows its name.
"""

from collections.abc import Iterable

from shared.i18n import say

_TASKS = {
    "eligibility.view": say("See patient eligibility and benefits"),
    "clinical.view": say("See clinical records"),
    "claims.status.view": say("See patient claims"),
    "claims.submit": say("Send claims"),
    "remittance.view": say("See remittances"),
    "payment.manage": say("Manage payment details"),
    "precert.view": say("See precertification requests"),
    "precert.submit": say("Send precertification requests"),
    "fee-schedule.view": say("See fee schedules"),
    "fee-schedule-change.view": say("See coming fee schedule changes"),
    "demographics.update": say("Update the organization’s details"),
    "agreement.copy.request": say("Ask for a copy of the agreement"),
}
KNOWN = frozenset(_TASKS)


def tasks(functions: Iterable[str]) -> list[str]:
    """Return the tasks in the order of the catalogue, catalogue keys of the translations; unknown names come last."""
    held = set(functions)
    return [_TASKS[name] for name in _TASKS if name in held] + sorted(held - KNOWN)
