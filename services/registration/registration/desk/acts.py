"""From checked values, of the API or of a form, to what the use cases take."""

from collections.abc import Mapping

from registration.vetting.cases import CallFacts, CallFault, CallOutcome, Evidence, OrganizationKind
from registration.vetting.service import CallRecord, Seat
from shared.i18n import Message, say

FAULTS: Mapping[CallFault, tuple[str, Message]] = {
    CallFault.NOBODY_NAMED: ("spoke_to", say("Enter the name of the person who confirmed")),
    CallFault.NO_EVIDENCE: (
        "evidence",
        say("To confirm, the office must know the applicant and agree to make them access manager"),
    ),
}


def call_record(values: Mapping[str, object]) -> CallRecord:
    """A call out of checked values."""
    evidence = values["evidence"]
    facts = CallFacts(
        CallOutcome(str(values["outcome"])),
        str(values["spoke_to"]).strip(),
        frozenset(map(Evidence, evidence)) if isinstance(evidence, list) else frozenset(),
    )
    return CallRecord(facts, str(values["number_called"]).strip(), str(values["note"]).strip())


def seat_of(values: Mapping[str, object]) -> Seat:
    """A seat out of checked values."""
    functions = values["functions"]
    return Seat(
        str(values["organization_name"]).strip(),
        OrganizationKind(str(values["organization_kind"])),
        [str(each) for each in functions] if isinstance(functions, list) else [],
    )
