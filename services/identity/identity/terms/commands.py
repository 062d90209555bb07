"""The administrator's acts on terms of use, for the command line."""

from datetime import UTC, datetime
from pathlib import Path

import click

from identity.terms import service, telling
from identity.terms.service import TermsVersion
from shared.cli import as_json_option, open_context, show

_TEXT = click.Path(exists=True, dir_okay=False, path_type=Path)
_DAY = click.DateTime(formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%SZ"])


@click.group("terms", help="Terms of use: publish a version, list them, tell others of them again.")
def terms_group() -> None:
    """Group of the commands below."""


@terms_group.command("publish", help="Publish the next version; people are asked for it when it is in force.")
@click.option("--english", type=_TEXT, required=True, help="File with the English text; empty lines part paragraphs.")
@click.option("--spanish", type=_TEXT, required=True, help="File with the Spanish text.")
@click.option("--effective-at", type=_DAY, default=None, help="When it begins to count, in UTC; now if left out.")
@as_json_option
@click.pass_context
def publish(place: click.Context, english: Path, spanish: Path, effective_at: datetime | None, as_json: bool) -> None:
    """Nothing of a version changes once it is published; to correct it, publish the next."""
    texts = english.read_text(encoding="utf-8"), spanish.read_text(encoding="utf-8")
    try:
        with open_context(place).transaction() as work:
            from_when = effective_at.replace(tzinfo=UTC) if effective_at else work.now
            version = service.publish(work, *texts, from_when)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    show([_row(version)], as_json)


@terms_group.command("list", help="List every version, the newest first, without its text.")
@as_json_option
@click.pass_context
def list_terms(place: click.Context, as_json: bool) -> None:
    """Facts only; the text is on the page."""
    with open_context(place).reading() as session:
        show([_row(version) for version in service.versions(session)], as_json)


@terms_group.command("tell-again", help="Tell other services every version and acceptance again, after a restore.")
@click.pass_context
def tell_again(place: click.Context) -> None:
    """The worker does it within seconds; who knows it all already is told in vain."""
    with open_context(place).transaction() as work:
        telling.again(work)


def _row(version: TermsVersion) -> dict[str, object]:
    return {"version": version.version, "effective_at": version.effective_at.isoformat()}
