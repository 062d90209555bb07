"""The catalogue: every function a portal can have, and the profiles that bundle them (domain.md §1).

A function is data. Its `task` is what a checkbox says, its `sentence` what it means; both are catalogue keys of the
translations. `calendar` names the opening hours it keeps, `contracted_only` that only a contracted organization may
hold it, `sensitive` that using it takes a second factor.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Function:
    """One thing a portal can do."""

    id: str
    category: str
    task: str
    sentence: str
    calendar: str = "website"
    contracted_only: bool = False
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """A named bundle of functions: a shortcut for assigning, not a permission of its own."""

    id: str
    name: str
    functions: tuple[str, ...]


_PATIENTS, _CLAIMS, _PAYMENTS = "Patients", "Claims", "Payments"
_PRECERTIFICATION, _ORGANIZATION = "Precertification", "Contract and organization"
# What those may hold themselves who give no care; registration asks applicants of these kinds for nothing else.
_OF_COMPANIES = {"billing_company": {_PATIENTS, _CLAIMS, _PAYMENTS}, "vendor": {_PATIENTS, _CLAIMS}}

FUNCTIONS: tuple[Function, ...] = (
    Function(
        "eligibility.view",
        _PATIENTS,
        "See patient eligibility and benefits",
        "Look up whether a patient is covered, and for what.",
    ),
    Function(
        "clinical.view",
        _PATIENTS,
        "See clinical records",
        "Read care summaries and clinical documents that were shared about a patient.",
        sensitive=True,
    ),
    Function(
        "claims.status.view",
        _CLAIMS,
        "See patient claims",
        "Follow a claim from the day it arrives to the day it is paid.",
    ),
    Function("claims.submit", _CLAIMS, "Send claims", "Send new and corrected claims for the organization."),
    Function(
        "remittance.view",
        _PAYMENTS,
        "See remittances",
        "Read what was paid for each claim, and why amounts differ.",
    ),
    Function(
        "payment.manage",
        _PAYMENTS,
        "Manage payment details",
        "Set up electronic payment and change the bank account the organization is paid to.",
        sensitive=True,
    ),
    Function(
        "precert.view",
        _PRECERTIFICATION,
        "See precertification requests",
        "Follow requests for approval before a treatment, with their decisions.",
        calendar="precertification",
    ),
    Function(
        "precert.submit",
        _PRECERTIFICATION,
        "Send precertification requests",
        "Ask for approval before a treatment, and add documents to a request.",
        calendar="precertification",
    ),
    Function("fee-schedule.view", _ORGANIZATION, "See fee schedules", "Look up what the payer pays for a service."),
    Function(
        "fee-schedule-change.view",
        _ORGANIZATION,
        "See coming fee schedule changes",
        "Read announced changes of fees before they take effect.",
        contracted_only=True,
    ),
    Function(
        "demographics.update",
        _ORGANIZATION,
        "Update the organization’s details",
        "Change addresses, telephone numbers and practitioners of the organization.",
        contracted_only=True,
        sensitive=True,
    ),
    Function(
        "agreement.copy.request",
        _ORGANIZATION,
        "Ask for a copy of the agreement",
        "Have a copy of the signed provider agreement sent to the organization.",
        contracted_only=True,
    ),
)

BY_ID: Mapping[str, Function] = MappingProxyType({function.id: function for function in FUNCTIONS})

PROFILES: tuple[Profile, ...] = (
    Profile("front_desk", "Front desk", ("eligibility.view", "claims.status.view", "precert.view")),
    Profile(
        "billing",
        "Billing",
        ("eligibility.view", "claims.status.view", "claims.submit", "remittance.view", "fee-schedule.view"),
    ),
    Profile(
        "clinician",
        "Clinician",
        ("eligibility.view", "clinical.view", "claims.status.view", "precert.view", "precert.submit"),
    ),
    Profile("full_access", "Full access", tuple(function.id for function in FUNCTIONS)),
)


def in_order(functions: Iterable[str]) -> tuple[str, ...]:
    """Return the known ones of `functions` once each, in the order of the catalogue."""
    wanted = set(functions)
    return tuple(function.id for function in FUNCTIONS if function.id in wanted)


def unknown(functions: Iterable[str]) -> tuple[str, ...]:
    """Return the ids that the catalogue does not have, sorted."""
    return tuple(sorted(set(functions) - BY_ID.keys()))


def entitled(*, kind: str, contracted: bool) -> tuple[str, ...]:
    """Return what an organization may hold itself, whoever grants it: the one rule of every form and every grant.

    Everything, less what its kind never holds (F8) and, without a contract, the contracted-only ones (F6).
    """
    withheld = unfit(BY_ID, kind=kind)
    return tuple(each.id for each in FUNCTIONS if each.id not in withheld and (contracted or not each.contracted_only))


def beyond(functions: Iterable[str], *, kind: str, contracted: bool) -> tuple[str, ...]:
    """Return which of `functions` the organization may not hold, in the order of the catalogue."""
    return in_order(set(functions) - set(entitled(kind=kind, contracted=contracted)))


def unfit(functions: Iterable[str], *, kind: str) -> tuple[str, ...]:
    """Return which of `functions` an organization of this kind never holds itself, in the order of the catalogue (F8).

    A billing company and a vendor work for others: what they do there beyond this, the provider connects them to.
    """
    if kind not in _OF_COMPANIES:
        return ()
    found = (BY_ID[each] for each in in_order(functions))
    return tuple(each.id for each in found if each.sensitive or each.category not in _OF_COMPANIES[kind])


def by_category(functions: Iterable[str]) -> list[tuple[str, list[Function]]]:
    """Group known functions under their category, both in the order of the catalogue."""
    groups: dict[str, list[Function]] = {}
    for each in in_order(functions):
        groups.setdefault(BY_ID[each].category, []).append(BY_ID[each])
    return list(groups.items())
