"""The answers of one page: a radio button pair for each person, read as one form, saved one decision at a time.

Each decision is a transaction of its own: one that is refused (somebody was quicker) does not undo the others.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from marshmallow import Schema
from sqlalchemy.orm import Session

from access_manager.reviews import deciding
from access_manager.reviews.deciding import Row, Verdict
from access_manager.reviews.models import KEEP, REMOVE
from shared.errors import Problem
from shared.web.door import reading, transaction
from shared.web.forms import Choice, Errors, PageForm
from shared.web.shell import gettext

PREFIX = "d-"
_MOST = 50


def given(session: Session, review_id: str, reach: Sequence[str], names: Iterable[str]) -> list[Row]:
    """Return the people that a form answers about; raises 404 for somebody who is not in the review."""
    ids = [name.removeprefix(PREFIX) for name in names if name.startswith(PREFIX)]
    return deciding.chosen(session, review_id, reach, ids[:_MOST])


def answer_form(people: Collection[Row]) -> type[Schema]:
    """Return the form of a page: for each person keep or remove, or nothing yet."""
    fields = {f"{PREFIX}{row.item.membership_id}": Choice(options=(KEEP, REMOVE)) for row in people}
    return PageForm.from_dict(dict(fields), name="AnswerForm")


def save(organization_id: str, review_id: str, answers: Mapping[str, str]) -> Errors:
    """Save each answer; return a sentence for each that was refused, under the name of its field."""
    refused: Errors = {}
    for name, decision in answers.items():
        membership_id = name.removeprefix(PREFIX)
        try:
            with transaction() as work:
                deciding.decide(work, organization_id, review_id, membership_id, Verdict(decision))
        except Problem as problem:
            if problem.status == 404:
                raise
            refused[""] = " ".join(filter(None, [refused.get(""), _sentence(review_id, membership_id, problem)]))
    return refused


def _sentence(review_id: str, membership_id: str, problem: Problem) -> str:
    with reading() as session:
        name = deciding.row(session, review_id, membership_id).item.name
    return gettext("%(person)s: %(sentence)s", person=name, sentence=gettext(problem.detail))
