"""The API door of access reviews: every act of the pages, under the same rules."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships.authority import insist_manager, lines_of
from access_manager.memberships.doors.acting import manager_call
from access_manager.reviews import deciding, evidence, opening
from access_manager.reviews.deciding import Row, Verdict
from access_manager.reviews.models import FEWER, KEEP, REMOVE, Review, ReviewItem
from shared.auth import requires
from shared.web.api import Instant, Shape
from shared.web.door import actor, context, reading, transaction

blueprint = Blueprint("reviews", __name__, url_prefix="/api/access/v1", description="Reviews of who needs access.")
_OF = "/organizations/<organization_id>/reviews"
_ONE = f"{_OF}/<review_id>"
_LARGEST = 200


class ReviewOut(Schema):
    """A review, and when it closed the SHA-256 of its evidence."""

    review_id = fields.String(required=True, attribute="id")
    organization_id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(("open", "closed")))
    people = fields.Integer(required=True)
    opened_by = fields.String(required=True)
    opened_by_name = fields.String(required=True)
    opened_at = Instant(required=True)
    due_at = Instant(required=True)
    closed_at = Instant(required=True, allow_none=True)
    closed_how = fields.String(required=True, allow_none=True)
    evidence_sha256 = fields.String(required=True, allow_none=True)


class ReviewWithCountsOut(ReviewOut):
    """A review with how many people have which decision; `undecided` are those it still waits for."""

    decisions = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)


class ReviewsOut(Schema):
    """The reviews, the newest first."""

    reviews = fields.List(fields.Nested(ReviewOut), required=True)


class ReviewIn(Shape):
    """The instant at which what nobody confirmed ends: three to ninety days from now."""

    due_at = Instant(required=True)


class ReviewItemOut(Schema):
    """One person of the frozen population: what they held then, what was decided, and what that ended."""

    position = fields.Integer(required=True)
    membership_id = fields.String(required=True)
    account_id = fields.String(required=True)
    name = fields.String(required=True)
    role = fields.String(required=True)
    functions = fields.List(fields.String(), required=True)
    ends_at = Instant(required=True, allow_none=True)
    last_seen_at = Instant(required=True, allow_none=True)
    decision = fields.String(required=True, allow_none=True)
    kept = fields.List(fields.String(), required=True)
    decided_by = fields.String(required=True, allow_none=True)
    decided_by_name = fields.String(required=True)
    decided_at = Instant(required=True, allow_none=True)
    ended = fields.List(fields.String(), required=True)
    enforced_at = Instant(required=True, allow_none=True)


class ReviewListedOut(ReviewItemOut):
    """The same beside the present: `changed` where they hold something else now, `gone` where their access ended."""

    changed = fields.Boolean(required=True)
    gone = fields.Boolean(required=True)


class ReviewItemsOut(Schema):
    """A page of the population; `after` of the next question is the last position here."""

    items = fields.List(fields.Nested(ReviewListedOut), required=True)


class ReviewItemsIn(Schema):
    """Where to go on, and how many."""

    after = fields.Integer(load_default=0, validate=validate.Range(min=0, max=10**9))
    limit = fields.Integer(load_default=50, validate=validate.Range(min=1, max=_LARGEST))


class ReviewVerdictIn(Shape):
    """Keep everything, keep only `functions`, or remove the person."""

    decision = fields.String(required=True, validate=validate.OneOf((KEEP, FEWER, REMOVE)))
    functions = fields.List(
        fields.String(validate=validate.Length(max=100)), load_default=(), validate=validate.Length(max=len(BY_ID))
    )


class ReviewScheduleIn(Shape):
    """Whether a review opens by itself every three months, with two weeks to decide."""

    quarterly = fields.Boolean(required=True, truthy={True}, falsy={False})


class ReviewScheduleOut(Schema):
    """The schedule; `next_at` is when the next review opens by itself."""

    quarterly = fields.Boolean(required=True)
    next_at = Instant(required=True, allow_none=True)


@blueprint.route(_OF)
@requires("access.manage")
@blueprint.response(200, ReviewsOut)
def listed(organization_id: str) -> dict[str, list[Review]]:
    """List the reviews of the organization, the newest first."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        return {"reviews": opening.reviews_of(session, organization_id)}


@blueprint.route(_OF, methods=["POST"])
@manager_call
@blueprint.arguments(ReviewIn)
@blueprint.response(201, ReviewOut)
def open_review(wanted: dict[str, Any], organization_id: str) -> Review:
    """Open a review: who has access at this instant is frozen, and what nobody confirms ends on the due date."""
    with transaction() as work:
        return opening.open_review(work, organization_id, wanted["due_at"])


@blueprint.route(_ONE)
@requires("access.manage")
@blueprint.response(200, ReviewWithCountsOut)
def shown(organization_id: str, review_id: str) -> dict[str, object]:
    """Show one review with its counts."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        found = opening.find(session, organization_id, review_id)
        return {**vars(found), "decisions": deciding.counts(session, review_id)}


@blueprint.route(f"{_ONE}/items")
@requires("access.manage")
@blueprint.arguments(ReviewItemsIn, location="query")
@blueprint.response(200, ReviewItemsOut)
def items(wanted: dict[str, int], organization_id: str, review_id: str) -> dict[str, object]:
    """List the frozen population, in the order of names."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        opening.find(session, organization_id, review_id)
        reach = lines_of(session, actor(), organization_id, context().clock.now())
        found = deciding.rows(session, review_id, reach, wanted["after"], wanted["limit"])
        return {"items": [_listed(each) for each in found]}


@blueprint.route(f"{_ONE}/items/<membership_id>/decision", methods=["POST"])
@manager_call
@blueprint.arguments(ReviewVerdictIn)
@blueprint.response(200, ReviewItemOut)
def decide(wanted: dict[str, Any], organization_id: str, review_id: str, membership_id: str) -> ReviewItem:
    """Decide about one person, once; nobody decides about themself (403 `self-review`)."""
    verdict = Verdict(wanted["decision"], wanted["functions"])
    with transaction() as work:
        return deciding.decide(work, organization_id, review_id, membership_id, verdict)


@blueprint.route(f"{_ONE}/closing", methods=["POST"])
@manager_call
@blueprint.response(200, ReviewOut)
def close(organization_id: str, review_id: str) -> Review:
    """Close a review in which everybody is decided about, before its due date."""
    with transaction() as work:
        return deciding.close(work, organization_id, review_id)


@blueprint.route(f"{_ONE}/evidence")
@requires("access.manage")
@blueprint.response(200, content_type="application/json", description="The evidence, the same bytes each time.")
def evidence_of(organization_id: str, review_id: str) -> Response:
    """Give the evidence: population, decisions, reviewers and what ended. The ETag is its SHA-256."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        opening.insist_whole(session, actor(), organization_id, context().clock.now())
        content = evidence.as_json(session, opening.find(session, organization_id, review_id))
    return Response(content, content_type="application/json", headers={"ETag": f'"{evidence.checksum(content)}"'})


@blueprint.route("/organizations/<organization_id>/review-schedule")
@requires("access.manage")
@blueprint.response(200, ReviewScheduleOut)
def schedule(organization_id: str) -> dict[str, object]:
    """Show whether the organization reviews every quarter."""
    with reading() as session:
        insist_manager(session, actor(), organization_id)
        found = opening.schedule(session, organization_id)
    return {"quarterly": found is not None, "next_at": found.next_at if found else None}


@blueprint.route("/organizations/<organization_id>/review-schedule", methods=["PUT"])
@manager_call
@blueprint.arguments(ReviewScheduleIn)
@blueprint.response(200, ReviewScheduleOut)
def set_schedule(wanted: dict[str, bool], organization_id: str) -> dict[str, object]:
    """Switch the quarterly review on or off."""
    with transaction() as work:
        found = opening.set_schedule(work, organization_id, quarterly=wanted["quarterly"])
        return {"quarterly": found is not None, "next_at": found.next_at if found else None}


def _listed(found: Row) -> dict[str, object]:
    return {**vars(found.item), "changed": found.changed, "gone": found.gone}
