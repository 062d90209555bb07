"""Clients for the command line, beside those of `oidc.commands`; and who may register an app of their own."""

import json
from dataclasses import asdict, replace
from typing import Any

import click

from identity.clients_desk.programs.routes import told_failures
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import POLICY_FIELDS, Client
from identity.oidc.failures import recorder
from identity.oidc.registration import changing, initial_tokens
from identity.oidc.registration.initial_tokens import PROFILES, Allowance
from identity.oidc.scopes import PERSONAL
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem

_HIDDEN = {"secret_hash", "previous_secret_hash"}


def of_clients() -> list[click.Command]:
    """Return the commands that belong under `identity clients`."""
    return [show_client, set_field, disable, enable, end_former, failures]


@click.command("show", help="Show what a client is registered with, without secrets.")
@click.argument("client_id")
@as_json_option
@click.pass_context
def show_client(place: click.Context, client_id: str, as_json: bool) -> None:
    """Print one client."""
    with open_context(place).reading() as session:
        show([_plain(_named(clients.find(session, client_id)))], as_json)


@click.command("set", help="Change one field of a client. VALUE is JSON: true, 300, null, '[\"openid\"]'; else text.")
@click.argument("client_id")
@click.argument("field", type=click.Choice([name for name in POLICY_FIELDS if name != "enabled"]))
@click.argument("value")
@click.option("--justification", default=None, help="Why it is weaker than the defaults, if it is.")
@as_json_option
@click.pass_context
def set_field(
    place: click.Context, client_id: str, field: str, value: str, justification: str | None, as_json: bool
) -> None:
    """Refuse, in words, what may not be registered."""
    given = {field: _read(value), **({"justification": justification} if justification else {})}
    try:
        with open_context(place).transaction() as work:
            client = _named(clients.find(work.session, client_id))
            done = changing.change(work, replace(client, **given))
    except Problem as problem:
        raise told(problem) from problem
    except TypeError as error:
        raise click.ClickException(f"{field}: this is no value for it") from error
    new = {"client_secret": done.secret} if done.secret else {}
    show([{"client_id": client_id, "changed": sorted(done.fields), **new}], as_json)


@click.command("disable", help="Switch a client off; what people's sign-ins gave it ends.")
@click.argument("client_id")
@click.option("--reason", required=True, help="Kept in the audit.")
@as_json_option
@click.pass_context
def disable(place: click.Context, client_id: str, reason: str, as_json: bool) -> None:
    """Switch off."""
    _switch(place, client_id, False, reason, as_json)


@click.command("enable", help="Switch a client on; its people sign in anew.")
@click.argument("client_id")
@click.option("--reason", required=True, help="Kept in the audit.")
@as_json_option
@click.pass_context
def enable(place: click.Context, client_id: str, reason: str, as_json: bool) -> None:
    """Switch on."""
    _switch(place, client_id, True, reason, as_json)


@click.command("end-former-secret", help="End the former secret of a client before its time.")
@click.argument("client_id")
@as_json_option
@click.pass_context
def end_former(place: click.Context, client_id: str, as_json: bool) -> None:
    """End it."""
    try:
        with open_context(place).transaction() as work:
            ended = changing.end_old_secret(work, client_id)
    except Problem as problem:
        raise told(problem) from problem
    show([{"client_id": client_id, "ended": ended}], as_json)


@click.command("failures", help="Show what went wrong for a client lately, and what to do.")
@click.argument("client_id")
@as_json_option
@click.pass_context
def failures(place: click.Context, client_id: str, as_json: bool) -> None:
    """Print the failures, the newest first."""
    with open_context(place).reading() as session:
        _named(clients.find(session, client_id))
        show(told_failures(recorder.of_client(session, client_id)), as_json)


@click.group("registration-tokens", help="Who may register an app of their own (RFC 7591).")
def registration_tokens() -> None:
    """Group of the commands below."""


@registration_tokens.command("list", help="List the initial access tokens, without the tokens.")
@as_json_option
@click.pass_context
def list_tokens(place: click.Context, as_json: bool) -> None:
    """Print them."""
    with open_context(place).reading() as session:
        show([asdict(one) for one in initial_tokens.listed(session)], as_json)


@registration_tokens.command("issue", help="Issue an initial access token, printed once.")
@click.option("--label", required=True, help="Whom it is for.")
@click.option("--purpose", required=True, help="What the app wants people's data for; people read it.")
@click.option("--profile", type=click.Choice(PROFILES), default=PROFILES[0], show_default=True)
@click.option("--scope", "scopes", multiple=True, help="Default: every scope that speaks of a person.")
@click.option("--population", "populations", multiple=True, help="Whom the apps admit; none means everybody.")
@click.option("--uses", type=int, default=1, show_default=True)
@click.option("--days", type=int, default=14, show_default=True)
@as_json_option
@click.pass_context
def issue(place: click.Context, /, uses: int, days: int, as_json: bool, **given: Any) -> None:
    """Print the token; it is kept as a hash only."""
    given["scopes"] = given["scopes"] or PERSONAL
    try:
        with open_context(place).transaction() as work:
            token_id, token = initial_tokens.issue(work, Allowance(**given), uses, days)
    except Problem as problem:
        raise told(problem) from problem
    show([{"id": token_id, "initial_access_token": token}], as_json)


@registration_tokens.command("withdraw", help="Let nobody register with a token any more.")
@click.argument("token_id")
@as_json_option
@click.pass_context
def withdraw(place: click.Context, token_id: str, as_json: bool) -> None:
    """Withdraw it; what it registered stays."""
    with open_context(place).transaction() as work:
        if not initial_tokens.withdraw(work, token_id):
            raise click.ClickException("No token of this id can be used.")
    show([{"id": token_id, "withdrawn": True}], as_json)


def told(problem: Problem) -> click.ClickException:
    """Return a refusal as a shell says it: sentence by sentence."""
    errors = problem.members.get("errors")
    sentences = [line for lines in errors.values() for line in lines] if isinstance(errors, dict) else []
    return click.ClickException("\n".join(sentences) or problem.detail)


def _switch(place: click.Context, client_id: str, enabled: bool, reason: str, as_json: bool) -> None:
    if not reason.strip() or not reason.isprintable() or len(reason) > 200:
        raise click.UsageError("Give the reason in one line of at most 200 characters.")
    try:
        with open_context(place).transaction() as work:
            changed = changing.switch(work, client_id, enabled, reason.strip())
    except Problem as problem:
        raise told(problem) from problem
    show([{"client_id": client_id, "enabled": enabled, "changed": changed}], as_json)


def _plain(client: Client) -> dict[str, Any]:
    return {name: value for name, value in asdict(client).items() if name not in _HIDDEN}


def _named(client: Client | None) -> Client:
    if client is None:
        raise click.ClickException("There is no client with this id.")
    return client


def _read(text: str) -> Any:
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return tuple(found) if isinstance(found, list) else found
