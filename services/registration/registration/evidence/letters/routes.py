"""The API door of letters: what is to print, print, cancel. Every act is audited by its use case."""

from flask import Flask
from flask_smorest import Blueprint
from marshmallow import fields, validate

from registration.applications.staff import only_staff
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import service
from registration.evidence.letters.models import LetterState
from registration.evidence.letters.service import LetterFile, Reason
from shared.auth import caller, requires
from shared.web.api import Instant, Shape, register
from shared.web.door import context, reading, transaction

letters = Blueprint("letters_api", __name__, url_prefix="/api/registration/v1/letters")
letters.before_request(only_staff)
SCOPE = "vetting.manage"


class LetterOut(Shape):
    """One letter; its address is the directory's, and there is none where the directory has none."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf([str(each) for each in LetterState]))
    application_id = fields.String(required=True)
    application_number = fields.String(required=True)
    applicant = fields.String(required=True)
    organization_name = fields.String(required=True)
    address = fields.List(fields.String(), required=True)
    asked_at = Instant(required=True)
    prints = fields.Integer(required=True)
    printed_at = Instant(required=True, allow_none=True)
    printed_by = fields.String(required=True, allow_none=True)
    expires_at = Instant(required=True, allow_none=True)


class LettersOut(Shape):
    """The letters of the desk's cases, those to print first."""

    letters = fields.List(fields.Nested(LetterOut), required=True)


class WriteIn(Shape):
    """For which application of the desk a letter is written."""

    application_number = fields.String(required=True, validate=validate.Length(1, 20))


class PrintIn(Shape):
    """How often the letter had been printed when it was looked at: whoever is second prints nothing."""

    prints = fields.Integer(required=True, strict=True, validate=validate.Range(0, 1000))


class PaperOut(Shape):
    """The letter with its key: the only time that the key is told."""

    key = fields.String(required=True)
    text = fields.String(required=True)


class CancelIn(Shape):
    """Why the letter is cancelled."""

    reason = fields.String(required=True, validate=validate.OneOf([str(each) for each in Reason]))


def mount(app: Flask) -> None:
    """Add the views to the app and to its OpenAPI document."""
    register(app, letters)


@letters.get("")
@letters.response(200, LettersOut)
@requires(SCOPE)
def listed() -> dict[str, object]:
    """The letters to print, and those printed whose key is not used."""
    with reading() as session:
        return {"letters": [shown(each) for each in service.listed(session)]}


@letters.post("")
@letters.arguments(WriteIn)
@letters.response(201, LetterOut)
@requires(SCOPE)
def write(body: dict[str, str]) -> dict[str, object]:
    """Write a letter of the desk's own accord, or take the one that waits already."""
    with transaction() as work:
        letter_id = service.write(work, body["application_number"], by=caller().client_id)
    with reading() as session:
        return shown(service.read_file(session, letter_id))


@letters.post("/<letter_id>/print")
@letters.arguments(PrintIn)
@letters.response(200, PaperOut)
@requires(SCOPE)
def print_letter(body: dict[str, int], letter_id: str) -> dict[str, str]:
    """Make the key of a letter and read the letter, once."""
    with transaction() as work:
        hasher = context().part(EvidenceHasher)
        text = service.print_letter(work, hasher, letter_id, prints=body["prints"], by=caller().client_id)
    return {"key": text.key, "text": text.plain()}


@letters.post("/<letter_id>/cancel")
@letters.arguments(CancelIn)
@letters.response(200, LetterOut)
@requires(SCOPE)
def cancel(body: dict[str, str], letter_id: str) -> dict[str, object]:
    """Cancel a letter; its key is dead."""
    with transaction() as work:
        service.cancel(work, letter_id, Reason(body["reason"]), by=caller().client_id)
    with reading() as session:
        return shown(service.read_file(session, letter_id))


def shown(found: LetterFile) -> dict[str, object]:
    """A letter as the API and the command line tell it."""
    letter, application = found.letter, found.application
    columns = ("id", "state", "application_id", "asked_at", "prints", "printed_at", "printed_by", "expires_at")
    return {
        **{name: getattr(letter, name) for name in columns},
        "application_number": application.number,
        "applicant": application.display_name,
        "organization_name": found.organization,
        "address": found.address,
    }
