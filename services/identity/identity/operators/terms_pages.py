"""The page door of the terms of use: every version, and publishing the next one (F10)."""

from datetime import UTC, date, datetime, time

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from marshmallow import ValidationError

from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.record.forms import Day
from identity.operators.roles import Area
from identity.terms import service as terms
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.forms import Errors, PageForm, Text, Values, read_form
from shared.web.shell.moments import EASTERN

blueprint = Blueprint("operators_terms", __name__, url_prefix="/admin/terms")
_LONGEST = 50_000


class NotPast(Day):
    """A day from today on; what was accepted in the past cannot be changed."""

    def read(self, text: str) -> str:
        """The day, checked against the suite's clock."""
        day = super().read(text)
        if day < context().clock.now().astimezone(EASTERN).date().isoformat():
            raise ValidationError(say("Choose today or a later day"))
        return day


class TermsForm(PageForm):
    """The text in every language of the suite, and from when it counts."""

    text_en = Text(empty=say("Enter the text in English"), longest=_LONGEST, multiline=True)
    text_es = Text(empty=say("Enter the text in Spanish"), longest=_LONGEST, multiline=True)
    effective = NotPast(longest=10)


@blueprint.get("")
@staff(Area.TERMS)
def show() -> ResponseReturnValue:
    """Every version, the newest first, and the form for the next one."""
    return _page({}, {})


@blueprint.post("")
@staff(Area.TERMS, acting=True)
def publish() -> ResponseReturnValue:
    """Publish a version; it counts from its day on."""
    values, errors = read_form(TermsForm)
    if errors:
        return _page(values, errors)
    with transaction() as work:
        terms.publish(work, values["text_en"], values["text_es"], _from(values["effective"], work.now))
    return redirect("/admin/terms?done=yes", 303)


def _page(values: Values, errors: Errors) -> ResponseReturnValue:
    with reading() as session:
        versions = terms.versions(session)
    shown = {"versions": versions, "values": values, "errors": errors, "done": request.args.get("done") == "yes"}
    return admin_page("operators/terms.html", 422 if errors else 200, **shown)


def _from(day: str, now: datetime) -> datetime:
    """The day's first moment, or now for an empty answer and for today."""
    return max(now, datetime.combine(date.fromisoformat(day), time(), EASTERN).astimezone(UTC)) if day else now
