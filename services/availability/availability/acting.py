"""How the command line acts: as an operator without a name, with a reason, and with problems in words."""

import json
from collections.abc import Callable
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
