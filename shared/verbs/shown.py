"""`config`: the settings a service would run with."""

import click

from shared.cli import as_json_option, show
from shared.config import load, unsafe_values
from shared.service import Service


@click.group("config", help="The settings this service would run with.")
def config() -> None:
    """Group of the verbs about settings."""


@config.command("show", help="Print every setting, secrets hidden, and what is unsafe about them.")
@as_json_option
@click.pass_obj
def show_settings(service: Service, as_json: bool) -> None:
    """Exit 2 for settings with which no service starts."""
    settings = load(service.settings)
    show([{**settings.shown(), "unsafe": unsafe_values(settings)}], as_json)
