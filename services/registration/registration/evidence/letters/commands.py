"""The command line of letters: `registration letters list|write|print|cancel`."""

import click

from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import service
from registration.evidence.letters.routes import shown
from registration.evidence.letters.service import Reason
from shared.cli import as_json_option, open_context, show

_BY = "command line"


@click.group("letters", help="Letters with a key, for applicants who prove their organization by mail.")
def letters() -> None:
    """Group of the letters' commands."""


@letters.command("list", help="List the letters of the desk's cases, those to print first.")
@as_json_option
@click.pass_context
def list_letters(place: click.Context, as_json: bool) -> None:
    """The letters to print, and those printed whose key is not used."""
    with open_context(place).reading() as session:
        show([shown(each) for each in service.listed(session)], as_json)


@letters.command("write", help="Write a letter for an application of the desk, or take the one that waits already.")
@click.argument("application_number")
@as_json_option
@click.pass_context
def write(place: click.Context, application_number: str, as_json: bool) -> None:
    """The letter, not printed yet."""
    context = open_context(place)
    with context.transaction() as work:
        letter_id = service.write(work, application_number, by=_BY)
    with context.reading() as session:
        show([shown(service.read_file(session, letter_id))], as_json)


@letters.command("print", help="Make the key of a letter and print the letter; the key is never shown again.")
@click.argument("letter_id")
@click.option("--again", is_flag=True, help="Print a letter that was printed already; the earlier paper is dead.")
@as_json_option
@click.pass_context
def print_letter(place: click.Context, letter_id: str, again: bool, as_json: bool) -> None:
    """The letter on standard output, ready for a printer."""
    context = open_context(place)
    with context.transaction() as work:
        prints = service.read_file(work.session, letter_id).letter.prints if again else 0
        text = service.print_letter(work, context.part(EvidenceHasher), letter_id, prints=prints, by=_BY)
    show([{"key": text.key, "text": text.plain()}] if as_json else text.plain(), as_json)


@letters.command("cancel", help="Cancel a letter; its key is dead.")
@click.argument("letter_id")
@click.option("--reason", required=True, type=click.Choice([str(each) for each in Reason]))
@as_json_option
@click.pass_context
def cancel(place: click.Context, letter_id: str, reason: str, as_json: bool) -> None:
    """The letter as it stands afterwards."""
    context = open_context(place)
    with context.transaction() as work:
        service.cancel(work, letter_id, Reason(reason), by=_BY)
    with context.reading() as session:
        show([shown(service.read_file(session, letter_id))], as_json)
