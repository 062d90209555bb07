"""The page door behind the link in a letter about a change: an older address says yes or no. A look changes nothing."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.contacts import answers
from identity.contacts.answers import Question, Undone
from identity.mfa import service as mfa
from identity.profile.contact_points.forms import AnswerForm
from identity.sessions import service as sessions
from shared.auth import open_page
from shared.service import Work
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, read_form
from shared.web.shell.render import page

blueprint = Blueprint("contact_answers", __name__, url_prefix="/account/contacts")
_WHY = "the secret in the link, which only an older address got, is the proof"


@blueprint.get("/answer")
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Ask who made the change; mail scanners may look as often as they like (threat 33)."""
    return _form(_question(), {})


@blueprint.post("/answer")
@open_page(_WHY)
def submit() -> ResponseReturnValue:
    """Confirm the change, or undo it, sign everybody out and demand a new password."""
    values, errors = read_form(AnswerForm)
    if errors:
        return _form(_question(), errors)
    with transaction() as work:
        done = answers.agree(work, _secret()) if values["answer"] == "yes" else _undo(work)
    answer = values["answer"] if done else None
    return page("profile/contact_answered.html", 200 if done else 410, answer=answer)


def _undo(work: Work) -> Undone | None:
    """Whoever made the change is signed out everywhere, and what they bound since then opens nothing."""
    undone = answers.undo(work, _secret())
    if undone is not None:
        sessions.end_all(work, undone.account_id, "contact_undone")
        mfa.remove_since(work, undone.account_id, undone.since, "contact_undone")
    return undone


def _secret() -> str:
    return request.args.get("token", "")


def _question() -> Question | None:
    with reading() as session:
        return answers.look(session, _secret(), context().clock.now())


def _form(question: Question | None, errors: Errors) -> Response:
    if question is None:
        return page("profile/contact_answered.html", 410, answer=None)
    return page("profile/contact_answer.html", 422 if errors else 200, question=question, errors=errors)
