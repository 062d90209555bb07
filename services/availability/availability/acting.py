"""How the command line acts: as an operator without a name, with a reason, with instants, and problems in words."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import click

from shared.errors import Problem
from shared.service import Actor, Context, Work

OPERATOR = Actor("command-line", "system", "staff")
Done = TypeVar("Done")
reason_option = click.option("--reason", required=True, help="Why; kept in the audit.")


def acting(context: Context, act: Callable[[Work], Done]) -> Done:
    """Run a use case in a transaction; a Problem becomes an error of the command."""
    try:
        with context.transaction(OPERATOR) as work:
            return act(work)
    except Problem as refused:
        faults = refused.members.get("errors")
        raise click.ClickException(json.dumps(faults) if faults else refused.detail) from refused


class InstantType(click.ParamType[datetime]):
    """An instant with its offset, RFC 3339."""

    name = "instant"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read it; a time without a zone would be a guess."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail("write it like 2026-11-29T05:00:00-05:00", param, ctx)
        if found.tzinfo is None:
            self.fail("add the offset, for example -05:00", param, ctx)
        return found


INSTANT = InstantType()
