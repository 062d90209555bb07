"""Registration put together: the only file that knows all of its rooms."""

from pathlib import Path

import click
from flask import Flask

from registration.applications import pages, proofs
from registration.contacts.hasher import ContactHasher
from registration.desk import pages as desk_pages
from registration.desk import routes as desk_routes
from registration.directory import routes as organization_routes
from registration.directory.commands import directory
from registration.directory.vault import TinVault
from registration.housekeeping import JOBS
from registration.settings import RegistrationSettings
from registration.submission import pages as submission_pages
from registration.submission import routes as submission_routes
from registration.subscriptions import SUBSCRIPTIONS
from shared.crypto import BlindIndex, SecretBox
from shared.service import Context, Service
from shared.web.signin import install_signin


def build(context: Context) -> None:
    """Add what lives as long as the process: the vault of TINs and the hasher of contacts."""
    settings = context.settings_as(RegistrationSettings)
    context.add_part(TinVault(SecretBox(settings.secret_keys), BlindIndex(b"tin" + settings.tin_key)))
    context.add_part(ContactHasher(BlindIndex(b"contact" + settings.tin_key)))


def mount(app: Flask, context: Context) -> None:
    """Hang every door on the app."""
    install_signin(app, "/register")
    for door in (pages, proofs, submission_pages, desk_pages, submission_routes, desk_routes, organization_routes):
        door.mount(app)


COMMANDS = click.Group("registration", commands=[directory])

SERVICE = Service(
    name="registration",
    api="registration",
    package="registration",
    folder=Path(__file__).parent.parent,
    settings=RegistrationSettings,
    prefixes=("/register", "/desk", "/api/registration"),
    build=build,
    mount=mount,
    subscriptions=SUBSCRIPTIONS,
    jobs=JOBS,
    commands=COMMANDS,
)
