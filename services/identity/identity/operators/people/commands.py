"""Acts on accounts for the command line: whoever has a shell on the service holds them all."""

from dataclasses import asdict
from typing import Any

import click

from identity.accounts import service as accounts
from identity.accounts.models import Account
from identity.operators.people import portrait, search, service
from identity.operators.people.acts import WORDS, Act
from identity.operators.people.forms import LONGEST_REASON
from identity.operators.people.schemas import StandingOut, standing
from identity.operators.people.service import AIMS, Refused
from identity.operators.record.reading import Filters, entries
from shared.cli import as_json_option, open_context, show
from shared.service import Context

_REASON = click.option("--reason", required=True, help="Kept with the account and in the audit.")


def commands() -> list[click.Command]:
    """Return the commands that belong under `identity accounts`: find, standing, and one for each act."""
    return [find, show_standing, history, recover, *(_command(act) for act in Act if act is not Act.RECOVER)]


@click.command("find", help="Find accounts by user ID, e-mail address, mobile, support code or id.")
@click.argument("who")
@as_json_option
@click.pass_context
def find(place: click.Context, who: str, as_json: bool) -> None:
    """Print what was found, without addresses."""
    context = open_context(place)
    with context.reading() as session:
        show([asdict(found) for found in search.find(session, who, context.clock.now())], as_json)


@click.command("standing", help="Show everything about an account: state, sessions, factors, sign-ins, codes sent.")
@click.argument("name")
@as_json_option
@click.pass_context
def show_standing(place: click.Context, name: str, as_json: bool) -> None:
    """Print what staff see; nothing secret, no address in full."""
    context = open_context(place)
    with context.reading() as session:
        account = _named(accounts.find_by_user_id(session, name) or accounts.get(session, name))
        show([_told(context, session, account)], as_json)


@click.command("history", help="Show what the audit says of an account, the newest first.")
@click.argument("name")
@click.option("--action", default="", help="A whole name, or its first part: account, session, credential.")
@click.option("--limit", type=click.IntRange(1, 1000), default=100, show_default=True)
@as_json_option
@click.pass_context
def history(place: click.Context, name: str, action: str, limit: int, as_json: bool) -> None:
    """Print entries as they were written; `identity audit export` gives the whole record with its seals."""
    with open_context(place).reading() as session:
        account = _named(accounts.find_by_user_id(session, name) or accounts.get(session, name))
        found = entries(session, Filters(action=action, target=account.id), limit=limit)
        show([asdict(entry) for entry in found], as_json)


@click.command("recover", help="Start a recovery for somebody who proved who they are; a link goes to them alone.")
@click.argument("name")
@click.option("--evidence", required=True, help="How the person proved who they are; kept in the audit.")
@click.option("--aim", type=click.Choice(AIMS), default=AIMS[0], show_default=True, help="What they have lost.")
@as_json_option
@click.pass_context
def recover(place: click.Context, name: str, evidence: str, aim: str, as_json: bool) -> None:
    """Nothing secret is printed: the link is in the mail (ASVS 6.4.6)."""
    _run(place, Act.RECOVER, name, evidence, as_json, aim=aim)


def _command(act: Act) -> click.Command:
    @click.command(act.value, help=f"{WORDS[act].title}. {WORDS[act].meaning}")
    @click.argument("name")
    @_REASON
    @as_json_option
    @click.pass_context
    def command(place: click.Context, name: str, reason: str, as_json: bool) -> None:
        _run(place, act, name, reason, as_json)

    return command


def _run(place: click.Context, act: Act, name: str, reason: str, as_json: bool, **more: str) -> None:
    if not reason.strip() or not reason.isprintable() or len(reason) > LONGEST_REASON:
        raise click.UsageError(f"Give the reason in one line of at most {LONGEST_REASON} characters.")
    context = open_context(place)
    with context.transaction() as work:
        account = _named(accounts.find_by_user_id(work.session, name) or accounts.get(work.session, name))
        outcome = service.perform(work, act, account, reason.strip(), **more)
        if isinstance(outcome, Refused):
            raise click.ClickException(str(outcome.why))
        found = {"account_id": account.id, "act": act.value, "status": account.status, "done": str(outcome.message)}
        found |= {"sent_to": outcome.masked} if outcome.masked else {}
    show([found], as_json)


def _told(context: Context, session: Any, account: Account) -> dict[str, Any]:
    picture = portrait.of_account(session, account, context.clock.now())
    return dict(StandingOut().dump(standing(picture)))


def _named(account: Account | None) -> Account:
    if account is None:
        raise click.ClickException("There is no account with this user ID or id.")
    return account
