"""Registration without its doors: what its command line begins with, and what `app.py` hangs the doors on."""

from pathlib import Path

import click

from registration.contacts.hasher import ContactHasher
from registration.directory.vault import TinVault
from registration.evidence.hasher import EvidenceHasher
from registration.settings import RegistrationSettings
from shared.cli import Verbs
from shared.crypto import BlindIndex, SecretBox
from shared.service import Context, Service


def build(context: Context) -> None:
    """Add what lives as long as the process: the vault of TINs and the hasher of contacts."""
    settings = context.settings_as(RegistrationSettings)
    context.add_part(TinVault(SecretBox(settings.secret_keys), BlindIndex(b"tin" + settings.tin_key)))
    context.add_part(ContactHasher(BlindIndex(b"contact" + settings.tin_key)))
    context.add_part(EvidenceHasher(BlindIndex(b"evidence" + settings.tin_key)))


COMMANDS = Verbs(
    {
        "directory": "registration.directory.commands:directory",
        "evidence": "registration.evidence.commands:evidence",
        "letters": "registration.evidence.letters.commands:letters",
        "vetting": "registration.desk.commands:vetting",
    }
)

PARTS = Service(
    name="registration",
    api="registration",
    package="registration",
    folder=Path(__file__).parent.parent,
    settings=RegistrationSettings,
    prefixes=("/register", "/desk", "/api/registration"),
    build=build,
    commands=click.Group("registration", commands=COMMANDS),
    whole="registration.app:SERVICE",
)
