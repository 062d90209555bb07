"""The page door of reviews: open one, decide page by page, close it, take the evidence away.

Nothing is ticked beforehand: a list in which everybody is kept already is signed, not read (decision 0051). Answers are
saved a page at a time, and a page between lists what they change.
"""

from collections.abc import Sequence
from datetime import timedelta

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from access_manager.console.days import end_of, last_day
from access_manager.console.forms import Day
from access_manager.console.frame import CONSOLE, console_page, for_organization
from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import lines_of
from access_manager.memberships.doors.acting import manager_act, manager_page
from access_manager.organizations.models import Organization
from access_manager.reviews import deciding, evidence, opening, rules
from access_manager.reviews.deciding import Verdict
from access_manager.reviews.doors.answers import PREFIX, answer_form, given, save
from access_manager.reviews.models import FEWER, Review
from shared.errors import Problem
from shared.web.door import actor, context, reading, transaction
from shared.web.forms import Choice, Choices, Errors, PageForm, Values, read_form
from shared.web.shell import gettext
from shared.web.signin import person

blueprint = Blueprint("review_pages", __name__)
REVIEWS = f"{CONSOLE}/reviews"
PAGE = 25


class OpenForm(PageForm):
    """The last day on which unconfirmed access still holds."""

    due_on = Day(empty="")


class ScheduleForm(PageForm):
    """Whether a review opens by itself every quarter."""

    quarterly = Choice(options=("on", "off"))


class FewerForm(PageForm):
    """The tasks a person keeps."""

    functions = Choices(options=tuple(BY_ID))


@blueprint.get(REVIEWS)
@manager_page
@for_organization
def reviews(organization: Organization) -> ResponseReturnValue:
    """Show the reviews, the one that is open first, and how to open one."""
    return _list_page(organization)


@blueprint.post(REVIEWS)
@manager_act
@for_organization
def open_one(organization: Organization) -> ResponseReturnValue:
    """Open a review."""
    values, errors = read_form(OpenForm)
    if not errors and not values["due_on"]:
        errors = {"due_on": gettext("Enter the last day")}
    if errors:
        return _list_page(organization, values, errors, 422)
    try:
        with transaction() as work:
            review = opening.open_review(work, organization.id, end_of(values["due_on"]))
    except Problem as problem:
        return _list_page(organization, values, {"due_on": _said(problem)}, problem.status)
    return redirect(f"{REVIEWS}/{review.id}", 303)


@blueprint.post(f"{REVIEWS}/schedule")
@manager_act
@for_organization
def set_schedule(organization: Organization) -> ResponseReturnValue:
    """Switch the quarterly review on or off."""
    values, errors = read_form(ScheduleForm)
    if not errors:
        with transaction() as work:
            opening.set_schedule(work, organization.id, quarterly=values["quarterly"] == "on")
    return redirect(REVIEWS, 303)


@blueprint.get(f"{REVIEWS}/<review_id>")
@manager_page
@for_organization
def review(organization: Organization, review_id: str) -> ResponseReturnValue:
    """Show a page of people to decide about, or of those decided."""
    return _review_page(organization, review_id)


@blueprint.post(f"{REVIEWS}/<review_id>")
@manager_act
@for_organization
def answer(organization: Organization, review_id: str) -> ResponseReturnValue:
    """Show what the answers change; save them once that page is confirmed."""
    with reading() as session:
        opening.find(session, organization.id, review_id)
        shown = given(session, review_id, _reach(session, organization), request.form)
    values, errors = read_form(answer_form(shown))
    answers = {key: value for key, value in values.items() if value}
    if errors or not answers:
        return _review_page(organization, review_id, errors or {"": gettext("Choose an answer first")}, values, 422)
    if "confirmed" not in request.form:
        return _check_page(organization, review_id, answers)
    refused = save(organization.id, review_id, answers)
    if refused:
        return _review_page(organization, review_id, refused, status=409)
    return redirect(f"{REVIEWS}/{review_id}?saved={len(answers)}", 303)


@blueprint.get(f"{REVIEWS}/<review_id>/people/<membership_id>")
@manager_page
@for_organization
def one_person(organization: Organization, review_id: str, membership_id: str) -> ResponseReturnValue:
    """Show one person with the tasks they had, to leave some of them."""
    return _person_page(organization, review_id, membership_id)


@blueprint.post(f"{REVIEWS}/<review_id>/people/<membership_id>")
@manager_act
@for_organization
def keep_fewer(organization: Organization, review_id: str, membership_id: str) -> ResponseReturnValue:
    """Leave a person the ticked tasks."""
    values, errors = read_form(FewerForm)
    if errors:
        return _person_page(organization, review_id, membership_id, errors, 422)
    try:
        with transaction() as work:
            deciding.decide(work, organization.id, review_id, membership_id, Verdict(FEWER, values["functions"]))
    except Problem as problem:
        return _person_page(organization, review_id, membership_id, {"functions": _said(problem)}, problem.status)
    return redirect(f"{REVIEWS}/{review_id}?saved=1", 303)


@blueprint.post(f"{REVIEWS}/<review_id>/close")
@manager_act
@for_organization
def close(organization: Organization, review_id: str) -> ResponseReturnValue:
    """Close a review in which everybody is decided about."""
    try:
        with transaction() as work:
            deciding.close(work, organization.id, review_id)
    except Problem as problem:
        return _review_page(organization, review_id, {"": _said(problem)}, status=problem.status)
    return redirect(f"{REVIEWS}/{review_id}/certificate", 303)


@blueprint.get(f"{REVIEWS}/<review_id>/certificate")
@manager_page
@for_organization
def certificate(organization: Organization, review_id: str) -> ResponseReturnValue:
    """Show what the review came to, to be printed."""
    with reading() as session:
        found = _whole(session, organization, review_id)
        facts = evidence.summary(session, found)
        numbers = deciding.counts(session, review_id)
    return console_page(
        "manage/review_certificate.html", organization, REVIEWS, review=found, counts=numbers, facts=facts
    )


@blueprint.get(f"{REVIEWS}/<review_id>/evidence.<any(json, csv):form>")
@manager_page
@for_organization
def evidence_file(organization: Organization, review_id: str, form: str) -> ResponseReturnValue:
    """Give the evidence as a file."""
    with reading() as session:
        found = _whole(session, organization, review_id)
        content = (evidence.as_csv if form == "csv" else evidence.as_json)(session, found)
    kind = "text/csv; charset=utf-8" if form == "csv" else "application/json"
    name = f'attachment; filename="access-review-{found.opened_at:%Y-%m-%d}.{form}"'
    return Response(content, content_type=kind, headers={"Content-Disposition": name})


def _list_page(
    organization: Organization, values: Values | None = None, errors: Errors | None = None, status: int = 200
) -> ResponseReturnValue:
    now = context().clock.now()
    with reading() as session:
        found = opening.reviews_of(session, organization.id)
        schedule = opening.schedule(session, organization.id)
        current = next((each for each in found if each.state == "open"), None)
        waiting = deciding.undecided(session, current.id) if current else 0
    return console_page(
        "manage/reviews.html",
        organization,
        REVIEWS,
        status=status,
        errors=errors or {},
        current=current,
        waiting=waiting,
        past=[each for each in found if each.state != "open"],
        schedule=schedule,
        due_on=(values or {}).get("due_on") or last_day(now + rules.USUAL + timedelta(days=1)),
    )


def _review_page(
    organization: Organization,
    review_id: str,
    errors: Errors | None = None,
    values: Values | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    decided = request.args.get("show") == "decided"
    after = max(0, request.args.get("after", 0, type=int))
    with reading() as session:
        found = opening.find(session, organization.id, review_id)
        reach = _reach(session, organization)
        people = deciding.rows(session, review_id, reach, min(after, 10**9), PAGE + 1, waiting=not decided)
        numbers = deciding.counts(session, review_id)
    return console_page(
        "manage/review.html",
        organization,
        REVIEWS,
        status=status,
        errors=errors or {},
        values=values or {},
        review=found,
        people=people[:PAGE],
        more=people[PAGE - 1].item.position if len(people) > PAGE else None,
        counts=numbers,
        decided=decided,
        over=context().clock.now() >= found.due_at,
        catalogue=BY_ID,
        me=person().account_id,
        saved=request.args.get("saved", type=int),
        differences=rules.differences,
    )


def _check_page(organization: Organization, review_id: str, answers: dict[str, str]) -> ResponseReturnValue:
    with reading() as session:
        found = opening.find(session, organization.id, review_id)
        people = given(session, review_id, _reach(session, organization), answers)
    chosen = [(row, answers[f"{PREFIX}{row.item.membership_id}"]) for row in people]
    return console_page(
        "manage/review_check.html", organization, REVIEWS, review=found, chosen=chosen, answers=answers, catalogue=BY_ID
    )


def _person_page(
    organization: Organization, review_id: str, membership_id: str, errors: Errors | None = None, status: int = 200
) -> ResponseReturnValue:
    with reading() as session:
        found = opening.find(session, organization.id, review_id)
        [row] = deciding.chosen(session, review_id, _reach(session, organization), [membership_id])
    tasks = [BY_ID[each] for each in row.item.functions if each in BY_ID]
    return console_page(
        "manage/review_person.html",
        organization,
        REVIEWS,
        status=status,
        errors=errors or {},
        review=found,
        row=row,
        tasks=tasks,
        own=row.item.account_id == person().account_id,
    )


def _whole(session: Session, organization: Organization, review_id: str) -> Review:
    opening.insist_whole(session, actor(), organization.id, context().clock.now())
    return opening.find(session, organization.id, review_id)


def _reach(session: Session, organization: Organization) -> Sequence[str]:
    return lines_of(session, actor(), organization.id, context().clock.now())


def _said(problem: Problem) -> str:
    if problem.status == 404:
        raise problem
    return gettext(problem.detail)
