"""A case as its pages show it: facts in words, contacts masked, the checklist, what the forms begin with."""

from collections.abc import Mapping
from datetime import datetime

from flask import Response
from markupsafe import Markup

from registration.applications.answers import OrganizationKind
from registration.applications.models import Application
from registration.applications.offer import Offer
from registration.applications.offer import current as current_offer
from registration.contacts.addresses import masked_email, masked_mobile
from registration.desk.pages import phrases
from registration.desk.pages.frame import agent, case_address, desk_page
from registration.directory.vault import TinVault
from registration.vetting import business_days, reading
from registration.vetting.cases import Evidence, Ground, ProposalState
from registration.vetting.models import Proposal
from registration.vetting.reading import CaseFile
from shared.errors import Problem
from shared.web import door
from shared.web.forms import Values
from shared.web.shell.install import mask_tin
from shared.web.shell.language import gettext as _
from shared.web.shell.language import language
from shared.web.shell.moments import when

CASE = "case.html"
Errors = Mapping[str, str]
_TWO_ALWAYS = (Ground.MANAGERS_SILENT, Ground.MANAGER_DORMANT)


def case_page(
    case_id: str,
    status: int = 200,
    *,
    template: str = CASE,
    form: str = "",
    typed: Values | None = None,
    errors: Errors | None = None,
    conflict: Problem | None = None,
    revealed: Mapping[str, str] | None = None,
) -> Response:
    """A page about one case as it stands now; `form` is the one that came back, with what was `typed`. Raises 404."""
    file = read(case_id)
    first = file.case.decided_by_name or _("The applicant")
    offer, told = current_offer(door.context()), phrases.conflict(conflict.slug, first) if conflict else None
    values = _begin_with(file, typed)
    shown = {"form": form, "values": values, "errors": errors or {}, "conflict": told}
    tasks = _tasks(file, offer, kind_of(values["organization_kind"]))
    return desk_page(template, status, **shown, **tasks, **_told(file, offer, revealed or {}))


def read(case_id: str) -> CaseFile:
    """A case as it stands now. Raises 404."""
    with door.reading() as session:
        return reading.read_file(session, case_id)


def allowed_ids(case_id: str, kind: str) -> list[str]:
    """The functions that an organization of this kind may be given in this case. Raises 404."""
    offer = current_offer(door.context())
    return [task.id for task in offer.allowed(contracted=read(case_id).contracted, kind=kind_of(kind))]


def kind_of(text: object) -> OrganizationKind:
    """The kind of organization that was chosen; a practice as long as none was."""
    return OrganizationKind(str(text)) if text in set(OrganizationKind) else OrganizationKind.PRACTICE


def _begin_with(file: CaseFile, typed: Values | None) -> Values:
    """What was typed; for the rest what the directory and the application say."""
    application = file.application
    known = {
        "organization_name": file.organization_name,
        "organization_kind": (application and application.organization_kind) or OrganizationKind.PRACTICE,
        "functions": (application and application.functions) or [],
    }
    return {**known, **(typed or {})}


def _told(file: CaseFile, offer: Offer, revealed: Mapping[str, str]) -> dict[str, object]:
    now, next_call = door.context().clock.now(), file.next_call
    return {
        "file": file,
        "about": file.person_name or _("An access manager"),
        "dormant": file.application is None,
        "now": now,
        "days_left": business_days.business_days_left(now, file.case.due_at),
        "state": phrases.state(file.case.state),
        "ground": phrases.ground_sentence(file.case.ground),
        "alerts": [phrases.alert(each) for each in file.alerts],
        "checks": _checklist(file),
        "next_call": next_call.at if next_call else None,
        "letter": next_call is not None and next_call.letter,
        "facts": _facts(file, file.application, offer, revealed) if file.application else _manager_facts(file),
        "beside": _beside(file.application) if file.application else [],
        "hidden": _hidden(file, revealed),
        "verified": [(each.verified_at, phrases.way(each.way)) for each in file.verified],
        "proposal": _proposal(file, file.proposal, offer) if file.proposal else None,
        "turned_down": [_turned_down(each, file) for each in file.proposals if each.state == ProposalState.REJECTED],
        "another_takes_two": not file.may_name_another or file.case.ground in _TWO_ALWAYS,
        "whys": [phrases.why(each) for each in file.why_second],
        **_options(Ground(file.case.ground)),
    }


def _tasks(file: CaseFile, offer: Offer, kind: OrganizationKind) -> dict[str, object]:
    """What may be given, and why the rest is left out."""
    allowed, fitting = offer.allowed(contracted=file.contracted, kind=kind), offer.fitting({kind}).tasks
    reasons = [
        (len(allowed) < len(fitting), _("Some tasks are left out: they need a contract.")),
        (len(fitting) < len(offer.tasks), _("Some tasks are left out: an organization of this kind never has them.")),
    ]
    return {
        "tasks": [(task.id, _(task.task), _(task.sentence)) for task in allowed],
        "withheld": " ".join(sentence for holds, sentence in reasons if holds),
    }


def _options(ground: Ground) -> dict[str, object]:
    return {
        "outcomes": phrases.outcomes(),
        "evidence": phrases.evidence(ground),
        "said": {**phrases.evidence(Ground.FIRST_PERSON), **phrases.evidence(ground)},
        "kinds": list(phrases.kinds().items()),
        "causes": list(phrases.causes().items()),
    }


def _facts(
    file: CaseFile, application: Application, offer: Offer, revealed: Mapping[str, str]
) -> list[tuple[str, object]]:
    entry = file.entry
    wanted = [_(task.task) for task in offer.named(application.functions or [])]
    return [
        (_("Organization, as the applicant says"), application.organization_name),
        (_("Organization, as the directory says"), entry.name if entry else _("Not in the directory")),
        (_("What it is"), phrases.kinds().get(application.organization_kind or "", _("Not given"))),
        (_("Lines of business"), phrases.lines(application.lines)),
        (_("Contract"), _contract(file)),
        (_("TIN"), _tin(file)),
        (_("NPI"), application.npi or _("Not given")),
        (_("E-mail address"), revealed.get("email") or masked_email(application.email or "")),
        (_("Mobile number"), revealed.get("mobile") or masked_mobile(application.mobile or "")),
        (_("Tasks asked for"), " · ".join(wanted)),
        (_("Handed in"), _moment(application.submitted_at)),
    ]


def _manager_facts(file: CaseFile) -> list[tuple[str, object]]:
    """What is known where nobody applied: the organization, and the manager who stays away."""
    entry = file.entry
    return [
        (_("Access manager"), file.person_name or _("Not given")),
        (_("Last sign-in"), _moment(file.case.manager_seen_at) if file.case.manager_seen_at else _("Not known")),
        (_("Organization, as the directory says"), entry.name if entry else _("Not in the directory")),
        (_("Organization, as the portal knows it"), file.known_name or _("Not given")),
        (_("Contract"), _contract(file)),
        (_("TIN"), _tin(file)),
        (_("Opened"), _moment(file.case.opened_at)),
    ]


def _beside(application: Application) -> list[tuple[str, str, str | None]]:
    """What the same person asked for in the same application: organization, number, and the address of its case."""
    with door.reading() as session:
        found = reading.beside(session, application)
    return [(each.organization_name or "", each.number, case_address(case) if case else None) for each, case in found]


def _contract(file: CaseFile) -> str:
    if file.entry is None:
        return _("Unknown: counts as not contracted")
    if file.entry.contracted:
        return _("Contracted")
    if file.entry.claim_submitted:
        return _("Not contracted, has submitted a claim")
    return _("Not contracted, has not submitted a claim")


def _tin(file: CaseFile) -> str | Markup:
    if not file.tin_box:
        return _("No TIN")
    last4 = door.context().part(TinVault).last4(file.tin_box)
    return Markup('<span class="gh-mask">{}</span>').format(mask_tin(last4))


def _hidden(file: CaseFile, revealed: Mapping[str, str]) -> list[tuple[str, str]]:
    """The masked facts that may be shown, with the words of their buttons; none once the case is over."""
    buttons = [("email", _("Show the e-mail address")), ("mobile", _("Show the mobile number"))]
    return [each for each in buttons if each[0] not in revealed] if file.open and file.application else []


def _checklist(file: CaseFile) -> list[tuple[str, bool]]:
    said = {key for call in file.calls for key in call.evidence}
    if file.application is None:
        called, heard = _("Somebody called the number of the directory"), file.may_close_answered
        answered = _("The access manager answered, or the office named another")
        checks = [(called, bool(file.calls)), (answered, heard or file.may_name_another)]
    else:
        called = _("Somebody called the number of the directory, not one from the application")
        proved = _("The office confirmed, or was proved without a call")
        checks = [(called, bool(file.calls)), (proved, file.may_seat)]
    if file.tin_box:
        checks.append((_("The office named the last four digits of the TIN"), Evidence.NAMED_LAST4 in said))
    if file.needs_second and (file.application or file.may_name_another):
        checks.append((_("A second person of the desk was asked"), file.proposal is not None))
    return checks


def _proposal(file: CaseFile, proposal: Proposal, offer: Offer) -> dict[str, object]:
    rows: list[tuple[str, object]] = [
        (_("Why it is right"), proposal.reason),
        (_("Why it takes two"), " ".join(phrases.why(each) for each in proposal.why)),
        (_("Organization"), proposal.organization_name),
        (_("What it is"), phrases.kinds()[proposal.organization_kind]),
        (_("What the access manager may do"), " · ".join(_(task.task) for task in offer.named(proposal.functions))),
        (_("Asked"), _moment(proposal.proposed_at)),
    ]
    if proposal.person_name:
        rows.insert(0, (_("Their e-mail address"), masked_email(proposal.person_email or "")))
    return {
        "id": proposal.id,
        "by": proposal.proposed_by_name,
        "person": proposal.person_name or file.person_name,
        "mine": proposal.proposed_by == agent().id,
        "rows": rows,
    }


def _turned_down(proposal: Proposal, file: CaseFile) -> tuple[datetime | None, str, str]:
    person = proposal.person_name or file.person_name
    what = _("%(name)s did not agree that %(person)s is seated", name=proposal.decided_by_name, person=person)
    return (
        proposal.decided_at,
        what,
        _("%(name)s had asked: %(why)s", name=proposal.proposed_by_name, why=proposal.reason)
        + " "
        + _("Answer: %(note)s", note=proposal.note),
    )


def _moment(instant: datetime | None) -> str:
    return when(instant, language()) if instant else _("Not yet")
