"""The proof that a revoke holds: what the decision point answered about it since, kept with the frozen row (M5).

It is asked in the transaction that ends the access, of the rows as it leaves them; and about what people decided once
more when the review closes, so that the pack also says where somebody was given the same again meanwhile.
"""

from sqlalchemy import select

from access_manager.decisions.service import as_held
from access_manager.memberships.models import Membership
from access_manager.reviews.models import FEWER, REMOVE, Review, ReviewItem
from shared.service import Work


def ask(work: Work, review: Review, item: ReviewItem, version: int) -> None:
    """Add to the row what is answered now about each function that the review ended.

    `version`: of the membership as it stands, so that an answer can be told from those before and after it.
    """
    work.session.flush()
    answers = as_held(work.session, item.account_id, review.organization_id, item.ended, work.now)
    asked_at = work.now.isoformat().replace("+00:00", "Z")
    told: list[dict[str, object]] = [
        {
            "function": function,
            "asked_at": asked_at,
            "decision": answer.permitted,
            "reason_code": answer.reason.value,
            "membership_version": version,
        }
        for function, answer in answers.items()
    ]
    item.later_decisions = [*item.later_decisions, *told]


def ask_again(work: Work, review: Review) -> None:
    """Ask about every revoke that somebody decided; what lapsed was asked about just now. The organization is held."""
    decided = (
        select(ReviewItem, Membership.version)
        .join(Membership, Membership.id == ReviewItem.membership_id)
        .where(ReviewItem.review_id == review.id, ReviewItem.decision.in_((FEWER, REMOVE)))
        .order_by(ReviewItem.position)
    )
    for item, version in work.session.execute(decided).all():
        ask(work, review, item, version)
