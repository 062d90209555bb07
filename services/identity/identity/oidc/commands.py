"""The administrator's acts on clients and keys, and the one-shot preparation of a deployment."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import click

from identity.oidc import bootstrap
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import FIRST_PARTY, PROFILES, TOKEN_FORMATS, ClientSpec
from identity.oidc.clients.profiles import with_profile
from identity.oidc.keys import service as keys
from identity.oidc.keys.service import TooSoon
from identity.oidc.provider import Provider
from identity.oidc.registration.changing import objections
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem, unprocessable

_HIDDEN = {"secret_hash", "previous_secret_hash"}


@click.group("clients", help="The apps that sign people in through us, and the programs that call our APIs.")
def clients_group() -> None:
    """Group of client commands."""


@clients_group.command("list", help="List every client, without secrets.")
@as_json_option
@click.pass_context
def list_clients(place: click.Context, as_json: bool) -> None:
    """Print what every client is registered with."""
    with open_context(place).reading() as session:
        rows = [asdict(client) for client in clients.listed(session)]
    show([{name: value for name, value in row.items() if name not in _HIDDEN} for row in rows], as_json)


@clients_group.command("add", help="Register a client; its secret, where it has one, is printed once.")
@click.argument("client_id")
@click.option("--name", required=True, help="The name that people see.")
@click.option("--redirect-uri", "redirect_uris", multiple=True, help="Compared character for character.")
@click.option("--post-logout-redirect-uri", "post_logout_redirect_uris", multiple=True)
@click.option("--backchannel-logout-uri", default=None, help="Takes a logout token for each session that ended.")
@click.option("--any-loopback", is_flag=True, default=None, help="Any http loopback address, for trials.")
@click.option("--minimum-acr", default=None, help="urn:gatehouse:acr:1 or urn:gatehouse:acr:2.")
@click.option("--scope", "scopes", multiple=True, required=True)
@click.option("--grant-type", "grant_types", multiple=True)
@click.option("--population", "populations", multiple=True, help="Whom it admits; none means everybody.")
@click.option("--audience", "audiences", multiple=True, help="An API it may ask tokens for.")
@click.option("--signing-alg", default=None, help="Of its ID tokens: ES256 or RS256.")
@click.option("--access-token-format", type=click.Choice(TOKEN_FORMATS), default=None, help="Default: jwt.")
@click.option("--auth-method", "auth_methods", multiple=True)
@click.option("--require-pkce/--no-require-pkce", default=None, help="Default: as the profile says.")
@click.option("--profile", type=click.Choice(PROFILES), default=FIRST_PARTY, show_default=True, help="Sets the rest.")
@click.option("--jwks-uri", default=None, help="Where its public keys are, for private_key_jwt.")
@click.option("--purpose", default=None, help="What a third party wants people's data for; they read it.")
@click.option("--justification", default=None, help="Why it is weaker than the defaults, if it is.")
@as_json_option
@click.pass_context
def add_client(place: click.Context, /, client_id: str, profile: str, as_json: bool, **given: object) -> None:
    """Register a client and print its secret, where it has one."""
    values = {name: value for name, value in given.items() if value not in (None, ())}
    spec = with_profile(profile, id=client_id, **values)
    try:
        with open_context(place).transaction() as work:
            if found := objections(spec, work.context.settings.public_url):
                raise unprocessable({"client": found})
            secret = clients.add(work, spec)
    except Problem as problem:
        raise _told(problem) from problem
    show([{"client_id": client_id, "client_secret": secret}], as_json)


@clients_group.command("rotate-secret", help="Give a client a new secret, printed once; the old one works on a while.")
@click.argument("client_id")
@click.option("--keep-old-hours", type=click.IntRange(0, 24 * 30), default=24, show_default=True)
@as_json_option
@click.pass_context
def rotate_secret(place: click.Context, client_id: str, keep_old_hours: int, as_json: bool) -> None:
    """Rotate the secret of a client."""
    try:
        with open_context(place).transaction() as work:
            secret = clients.rotate_secret(work, client_id, timedelta(hours=keep_old_hours))
    except Problem as problem:
        raise _told(problem) from problem
    show([{"client_id": client_id, "client_secret": secret, "old_secret_hours": keep_old_hours}], as_json)


@click.group("keys", help="The keys that sign tokens.")
def keys_group() -> None:
    """Group of key commands."""


@keys_group.command("list", help="List the keys: next, active, retired.")
@as_json_option
@click.pass_context
def list_keys(place: click.Context, as_json: bool) -> None:
    """Print every key without its secret."""
    with open_context(place).reading() as session:
        show([asdict(key) for key in keys.listing(session)], as_json)


@keys_group.command("rotate", help="Sign with the next keys from now on; old ones verify for another day.")
@click.option("--at-once", is_flag=True, help="Do not wait until caches know the next key (a key was stolen).")
@as_json_option
@click.pass_context
def rotate_keys(place: click.Context, at_once: bool, as_json: bool) -> None:
    """Rotate the keys of every algorithm."""
    context = open_context(place)
    with context.transaction() as work:
        outcome = keys.rotate(work, context.part(Provider).box, at_once=at_once)
    if isinstance(outcome, TooSoon):
        raise click.ClickException(
            f"The next {outcome.algorithm} key is not known everywhere yet: rotate again after {outcome.retry_at}."
        )
    show([asdict(key) for key in outcome], as_json)


@click.command("bootstrap", help="Make signing keys and register the suite's own clients; safe at every start.")
@click.option(
    "--client-secret-file",
    "secret_files",
    multiple=True,
    metavar="CLIENT=PATH",
    help="The secret of registration, access-manager, availability or portal, as its service reads it.",
)
@click.option("--portal-url", default=None, help="Where the sample portal runs, if it does.")
@as_json_option
@click.pass_context
def bootstrap_command(place: click.Context, secret_files: Sequence[str], portal_url: str | None, as_json: bool) -> None:
    """Prepare a deployment."""
    context = open_context(place)
    specs = bootstrap.first_party(context.settings.public_url, portal_url)
    secrets = dict(_secret(entry, specs) for entry in secret_files)
    try:
        with context.transaction() as work:
            prepared = bootstrap.prepare(work, specs, secrets)
    except Problem as problem:
        raise _told(problem) from problem
    show([asdict(prepared)], as_json)


def _secret(entry: str, specs: dict[str, ClientSpec]) -> tuple[str, str]:
    name, _, path = entry.partition("=")
    if name not in specs or not Path(path).is_file():
        raise click.UsageError(f"{entry}: write CLIENT=PATH with one of {', '.join(specs)} and a readable file")
    return name, Path(path).read_text(encoding="utf-8").strip()


def _told(problem: Problem) -> click.ClickException:
    errors = problem.members.get("errors")
    lines = errors.get("client", []) if isinstance(errors, dict) else []
    return click.ClickException("\n".join(lines) or problem.detail)
