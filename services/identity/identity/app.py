"""Identity, put together: the only file that knows all its rooms."""

from datetime import timedelta
from pathlib import Path

import click
from flask import Flask

from identity.accounts import service as accounts
from identity.activation import pages as activation_pages
from identity.activation import routes as account_routes
from identity.activation import service as activation
from identity.activation.commands import accounts_group
from identity.login.pages import organization, password, second
from identity.oidc import app as oidc
from identity.passwords.blocklist import read_blocklist
from identity.passwords.hasher import Hasher
from identity.profile import pages as profile_pages
from identity.recovery import pages as recovery_pages
from identity.sessions import pages as session_pages
from identity.sessions import service as sessions
from identity.settings import IdentitySettings
from identity.subscriptions import SUBSCRIPTIONS
from identity.throttle.throttle import Limits, Throttle
from shared.crypto import SecretBox
from shared.service import Context, Job, Service
from shared.web.api import register

_PAGES = (
    profile_pages.blueprint,
    password.blueprint,
    second.blueprint,
    organization.blueprint,
    activation_pages.blueprint,
    session_pages.blueprint,
    recovery_pages.blueprint,
)
_CODE_TRIES = 5  # guesses at a six-digit code before a rest (threat 29)


def build(context: Context) -> None:
    """Make the long-lived objects: hasher, blocklist, secret box, throttle; then those of oidc."""
    settings = context.settings_as(IdentitySettings)
    context.add_part(
        Hasher(
            memory_kib=settings.hash_memory_kib,
            passes=settings.hash_passes,
            slots=settings.hash_slots,
            queue=settings.hash_queue,
        )
    )
    context.add_part(read_blocklist())
    context.add_part(SecretBox(settings.secret_keys))
    rest = timedelta(minutes=settings.lock_minutes)
    limits = Limits(rest_at=settings.lock_failures, rest=rest)
    codes = Limits(delay_from=_CODE_TRIES, rest_at=_CODE_TRIES, rest=rest)
    context.add_part(Throttle(context.cache, context.clock, limits, codes))
    oidc.build(context)


def mount(app: Flask, context: Context) -> None:
    """Hang every door on the app."""
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    register(app, account_routes.blueprint)
    oidc.mount(app, context)


def _commands() -> click.Group:
    group = click.Group("identity")
    group.add_command(accounts_group)
    oidc.commands(group)
    return group


SERVICE = Service(
    name="identity",
    api="identity",
    package="identity",
    folder=Path(__file__).parent.parent,
    settings=IdentitySettings,
    prefixes=(
        "/account",
        "/login",
        "/logout",
        "/recover",
        "/admin",
        "/oauth",
        "/api/identity",
        "/.well-known/openid-configuration",
        "/.well-known/oauth-authorization-server",
        "/",
    ),
    build=build,
    mount=mount,
    subscriptions=SUBSCRIPTIONS,
    jobs=(
        Job("end-rests-of-accounts", timedelta(minutes=1), accounts.end_rests),
        Job("end-timed-out-sessions", timedelta(minutes=1), sessions.end_timed_out),
        Job("forget-ended-sessions", timedelta(hours=1), sessions.forget_ended),
        Job("forget-old-activation-links", timedelta(hours=6), activation.forget_old_links),
        *oidc.JOBS,
    ),
    commands=_commands(),
)
