"""`secrets`: what a service's keys hold."""

import sys

import click

from shared.cli import as_json_option, open_context, progress, show
from shared.db.floor import FLOOR
from shared.loading import loaded
from shared.service import Context
from shared.verbs.renewing import Renewal, Renewer

_NAMED = 100  # rows that are told by their ids


@click.group("secrets", help="What this service keeps encrypted under its secret_key.")
def secrets() -> None:
    """Group of the verbs about it."""


@secrets.command("reseal", help="Encrypt everything with the newest key, and say whether the older ones are needed.")
@as_json_option
@click.pass_context
def reseal(place: click.Context, as_json: bool) -> None:
    """Exit 1 where an older key is still needed, or where a row opens under none."""
    context = open_context(place)
    try:
        found = _resealed(context)
    finally:
        context.database.close()
    needed = _needed(context, found)
    show([{**_shown(found), "older_keys": needed or "can be removed"}], as_json)
    sys.exit(1 if needed else 0)


def _resealed(context: Context) -> Renewal:
    tables = FLOOR, loaded(f"{context.service.package}.tables:Base").metadata
    with progress(context.service.name) as told:
        found = Renewer(context.database, tables, context.settings.secret_keys).run(told)
    with context.transaction() as work:
        counts = {"resealed": found.renewed, "left": found.left, "unopened": len(found.unopened)}
        work.audit("secrets.resealed", target=context.service.name, after=counts)
    return found


def _needed(context: Context, found: Renewal) -> str:
    """Why the older keys must stay for now, in words; empty where they may go."""
    if found.left:
        return f"still needed: {found.left} left under another key, run this again"
    if found.unopened:
        return "keep them: some rows open under no key that was given"
    why = context.settings.older_keys_needed
    return f"still needed: {why}" if why else ""


def _shown(found: Renewal) -> dict[str, object]:
    return {
        "resealed": found.renewed,
        "under_the_newest_key": found.current,
        "left_under_another_key": found.left,
        "opened_by_no_key": len(found.unopened),
        "rows_opened_by_no_key": found.unopened[:_NAMED],
    }
