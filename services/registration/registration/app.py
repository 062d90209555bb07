"""Registration put together: the only file that knows all of its rooms."""

from pathlib import Path

import click
from flask import Flask

from registration.applications import pages, proofs
from registration.contacts.hasher import ContactHasher
from registration.desk import routes as desk_routes
from registration.desk.commands import vetting
from registration.desk.pages import doors as desk_pages
from registration.directory import routes as organization_routes
from registration.directory.commands import directory
from registration.directory.vault import TinVault
from registration.evidence import pages as evidence_pages
from registration.evidence.commands import evidence
from registration.evidence.hasher import EvidenceHasher
from registration.evidence.letters import desk_pages as letter_desk_pages
from registration.evidence.letters import pages as letter_pages
from registration.evidence.letters import routes as letter_routes
from registration.evidence.letters.commands import letters
from registration.housekeeping import JOBS
from registration.settings import RegistrationSettings
from registration.submission import pages as submission_pages
from registration.submission import routes as submission_routes
from registration.submission import status_pages
from registration.subscriptions import SUBSCRIPTIONS
from shared.crypto import BlindIndex, SecretBox
from shared.service import Context, Service
from shared.web.signin import install_signin

_DOORS = (
    pages,
    proofs,
    submission_pages,
    status_pages,
    desk_pages,
    submission_routes,
    desk_routes,
    organization_routes,
    evidence_pages,
    letter_pages,
    letter_desk_pages,
    letter_routes,
)


def build(context: Context) -> None:
    """Add what lives as long as the process: the vault of TINs and the hasher of contacts."""
    settings = context.settings_as(RegistrationSettings)
    context.add_part(TinVault(SecretBox(settings.secret_keys), BlindIndex(b"tin" + settings.tin_key)))
    context.add_part(ContactHasher(BlindIndex(b"contact" + settings.tin_key)))
    context.add_part(EvidenceHasher(BlindIndex(b"evidence" + settings.tin_key)))


def mount(app: Flask, context: Context) -> None:
    """Hang every door on the app."""
    install_signin(app, "/register")
    for door in _DOORS:
        door.mount(app)


COMMANDS = click.Group("registration", commands=[directory, evidence, letters, vetting])

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
