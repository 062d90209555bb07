"""What an operator asks of reviews on the command line. Decisions are the managers': an operator certifies nobody."""

from datetime import datetime

import click

from access_manager.console.days import end_of
from access_manager.reviews import deciding, evidence, opening
from access_manager.reviews.models import Review
from shared.cli import as_json_option, open_context, show


@click.group("reviews", help="Reviews of who still needs access.")
def reviews_group() -> None:
    """Group of verbs about reviews."""


@reviews_group.command("list", help="List the reviews of an organization, the newest first.")
@click.argument("organization_id")
@as_json_option
@click.pass_context
def list_reviews(place: click.Context, organization_id: str, as_json: bool) -> None:
    """Print one row per review."""
    with open_context(place).reading() as session:
        show([_review(each) for each in opening.reviews_of(session, organization_id)], as_json)


@reviews_group.command("show", help="Show one review with how many people have which decision.")
@click.argument("organization_id")
@click.argument("review_id")
@as_json_option
@click.pass_context
def show_review(place: click.Context, organization_id: str, review_id: str, as_json: bool) -> None:
    """Print the review with its counts."""
    with open_context(place).reading() as session:
        found = opening.find(session, organization_id, review_id)
        show([{**_review(found), "decisions": deciding.counts(session, review_id)}], as_json)


@reviews_group.command("open", help="Open a review; what nobody confirms ends when the DUE day ends, Eastern time.")
@click.argument("organization_id")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The last day, as 2027-01-31.")
@click.pass_context
def open_review(place: click.Context, organization_id: str, due: datetime) -> None:
    """Print the id of the review."""
    with open_context(place).transaction() as work:
        click.echo(opening.open_review(work, organization_id, end_of(due.date())).id)


@reviews_group.command("close", help="Close a review in which everybody is decided about.")
@click.argument("organization_id")
@click.argument("review_id")
@click.pass_context
def close_review(place: click.Context, organization_id: str, review_id: str) -> None:
    """Print the SHA-256 of the evidence."""
    with open_context(place).transaction() as work:
        click.echo(deciding.close(work, organization_id, review_id).evidence_sha256)


@reviews_group.command("evidence", help="Write the evidence of a review: the same bytes each time.")
@click.argument("organization_id")
@click.argument("review_id")
@click.option("--format", "form", type=click.Choice(("json", "csv")), default="json")
@click.pass_context
def write_evidence(place: click.Context, organization_id: str, review_id: str, form: str) -> None:
    """Write it to standard output."""
    write = evidence.as_csv if form == "csv" else evidence.as_json
    with open_context(place).reading() as session:
        content = write(session, opening.find(session, organization_id, review_id))
    click.echo(content, nl=False)


@reviews_group.command("schedule", help="Let a review open by itself every quarter, or not.")
@click.argument("organization_id")
@click.argument("quarterly", type=click.Choice(("on", "off")))
@click.pass_context
def set_schedule(place: click.Context, organization_id: str, quarterly: str) -> None:
    """Print when the next one opens."""
    with open_context(place).transaction() as work:
        found = opening.set_schedule(work, organization_id, quarterly=quarterly == "on")
        click.echo(found.next_at.isoformat() if found else "off")


def _review(found: Review) -> dict[str, object]:
    return {
        "review_id": found.id,
        "state": found.state,
        "people": found.people,
        "opened_at": found.opened_at,
        "due_at": found.due_at,
        "closed_at": found.closed_at,
        "closed_how": found.closed_how,
        "evidence_sha256": found.evidence_sha256,
    }
