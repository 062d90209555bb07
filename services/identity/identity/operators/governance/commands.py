"""Policies for the command line."""

import json
from dataclasses import asdict
from typing import Any

import click

from identity.operators.governance import departures, holding
from identity.operators.governance.routes import described
from identity.policies import rules, service
from identity.policies.rules import OrganizationPolicy
from shared.cli import as_json_option, open_context, show
from shared.errors import Problem

_WHY = click.option("--justification", default="", help="Why it departs from the default: 20 characters at least.")


@click.group("policies", help="What is decided about signing in, and why where it departs from the default.")
def policies_group() -> None:
    """Group of the commands below."""


@policies_group.command("list", help="List every policy with its value and its default.")
@as_json_option
@click.pass_context
def list_policies(place: click.Context, as_json: bool) -> None:
    """Print them all."""
    with open_context(place).reading() as session:
        current = service.current(session)
    show([described(name, current) for name in rules.NAMES], as_json)


@policies_group.command("deviations", help="List what departs from the defaults, with justification, who and when.")
@as_json_option
@click.pass_context
def deviations(place: click.Context, as_json: bool) -> None:
    """Print every departure."""
    context = open_context(place)
    with context.reading() as session:
        found = asdict(departures.all_of(context, session))
    show([*found["deviations"], *found["clients"]], as_json)


@policies_group.command("set", help="Change a policy. VALUE is JSON: 20, true, null, '[\"member\"]'; else it is text.")
@click.argument("name")
@click.argument("value")
@_WHY
@as_json_option
@click.pass_context
def set_policy(place: click.Context, name: str, value: str, justification: str, as_json: bool) -> None:
    """Refuse, in words, what is out of bounds or not justified."""
    context = open_context(place)
    try:
        with context.transaction() as work:
            service.set_policy(work, name, _read(value), justification)
            found = described(name, service.current(work.session))
    except Problem as problem:
        raise _told(problem) from problem
    show([found], as_json)


@policies_group.command("reset", help="Return a policy to its default.")
@click.argument("name", type=click.Choice(rules.NAMES))
@as_json_option
@click.pass_context
def reset(place: click.Context, name: str, as_json: bool) -> None:
    """The default needs no justification."""
    context = open_context(place)
    with context.transaction() as work:
        service.set_policy(work, name, rules.default_of(name), "")
        found = described(name, service.current(work.session))
    show([found], as_json)


@policies_group.command("organization", help="Show what an organization is held to, or set it whole.")
@click.argument("organization_id")
@click.option("--idle-minutes", type=int, default=None, help="A sign-in ends after so long without use.")
@click.option("--life-hours", type=int, default=None, help="Longest life of a sign-in.")
@click.option("--minimum-acr", default=None, help="Least level for any token.")
@click.option("--function-acr", multiple=True, metavar="FUNCTION=LEVEL", help="Least level for one function.")
@click.option("--as-everybody", is_flag=True, help="Take every rule of its own away.")
@_WHY
@as_json_option
@click.pass_context
def organization(place: click.Context, /, organization_id: str, as_json: bool, **given: Any) -> None:
    """Without any value, show; with one, set the whole policy to what is given."""
    context, wanted = open_context(place), _organization(given)
    try:
        if wanted != rules.NO_POLICY or given["as_everybody"]:
            with context.transaction() as work:
                holding.hold(work, organization_id, wanted, given["justification"])
        with context.reading() as session:
            found = service.organization(session, organization_id)
    except Problem as problem:
        raise _told(problem) from problem
    show([{"organization_id": organization_id, **asdict(found)}], as_json)


def _organization(given: dict[str, Any]) -> OrganizationPolicy:
    pairs = [text.partition("=") for text in given["function_acr"]]
    levels = {function: level for function, _, level in pairs}
    return OrganizationPolicy(given["idle_minutes"], given["life_hours"], given["minimum_acr"], levels)


def _read(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _told(problem: Problem) -> click.ClickException:
    errors = problem.members.get("errors")
    lines = [f"{name}: {line}" for name, found in errors.items() for line in found] if isinstance(errors, dict) else []
    return click.ClickException("\n".join(lines) or problem.detail)
