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
from identity.clients_desk import departures
from identity.clients_desk import doors as clients_desk
from identity.codes import routes as code_routes
from identity.codes import service as codes
from identity.contacts import changes as contact_changes
from identity.devices import service as devices
from identity.devices.places import Places
from identity.login.pages import (
    closed,
    enrol,
    nudge,
    organization,
    passkey,
    passkey_enrol,
    password,
    prove,
    renew,
    shared_computer,
    terms,
    verify,
)
from identity.methods import app_pages, code_pages, passkey_pages, password_pages, sent_pages
from identity.methods import pages as method_pages
from identity.oidc import app as oidc
from identity.oidc.commands import clients_group
from identity.operators import doors as operators
from identity.operators.governance.departures import Departures
from identity.operators.people.service import Recoveries
from identity.passwords.blocklist import BreachFile, read_blocklist
from identity.passwords.hasher import Hasher
from identity.passwords.pepper import Pepper
from identity.profile import close_pages, language_pages
from identity.profile.contact_points import answer_pages
from identity.profile.contact_points import pages as contact_pages
from identity.profile.overview import pages as profile_pages
from identity.profile.trail import device_pages, not_me_pages
from identity.profile.trail import pages as activity_pages
from identity.recovery import answering as recovery_answers
from identity.recovery import routes as recovery_routes
from identity.recovery import service as recovery
from identity.recovery.pages import endings as recovery_endings
from identity.recovery.pages import proofs as recovery_proofs
from identity.recovery.pages import starting as recovery_pages
from identity.risk import alarms
from identity.risk import service as risk
from identity.sessions import pages as session_pages
from identity.sessions import routes as session_routes
from identity.sessions import service as sessions
from identity.settings import IdentitySettings
from identity.signals.delivery import housekeeping as signal_housekeeping
from identity.signals.delivery import routes as signal_polling
from identity.signals.delivery.courier import JOBS as SIGNALS
from identity.signals.delivery.courier import Courier as SignalCourier
from identity.signals.streams import doors as signals
from identity.signals.streams.commands import signals_group
from identity.subscriptions import SUBSCRIPTIONS
from identity.terms import telling as terms_telling
from identity.terms.commands import terms_group
from identity.throttle.limits import Limits
from identity.throttle.throttle import Throttle
from shared.crypto import SecretBox
from shared.service import Context, Job, Service
from shared.web.api import register

_PAGES = (
    # signing in, step by step; then out
    activation_pages.blueprint,
    password.blueprint,
    closed.blueprint,
    shared_computer.blueprint,
    passkey.blueprint,
    verify.blueprint,
    prove.blueprint,
    enrol.blueprint,
    passkey_enrol.blueprint,
    passkey_enrol.scripts,
    renew.blueprint,
    organization.blueprint,
    terms.blueprint,
    nudge.blueprint,
    session_pages.blueprint,
    # getting back in
    recovery_pages.blueprint,
    recovery_proofs.blueprint,
    recovery_endings.blueprint,
    # one's own account
    profile_pages.blueprint,
    method_pages.blueprint,
    password_pages.blueprint,
    passkey_pages.blueprint,
    passkey_pages.scripts,
    app_pages.blueprint,
    sent_pages.blueprint,
    code_pages.blueprint,
    device_pages.blueprint,
    activity_pages.blueprint,
    not_me_pages.blueprint,
    contact_pages.blueprint,
    answer_pages.blueprint,
    language_pages.blueprint,
    close_pages.blueprint,
    # the payer's staff
    *operators.PAGES,
    *clients_desk.PAGES,
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
            pepper=Pepper(settings.pepper_keys),
        )
    )
    context.add_part(read_blocklist())
    context.add_part(BreachFile(Path(settings.breach_file) if settings.breach_file else None))
    context.add_part(SecretBox(settings.secret_keys))
    context.add_part(Places(settings.place_file, settings.network_file))
    codes = Limits(delay_from=_CODE_TRIES, rest_at=_CODE_TRIES, source_a_minute=None)
    context.add_part(Throttle(context.cache, context.clock, Limits(), codes))
    context.add_part(Recoveries(recovery.start_by_desk))
    context.add_part(Departures(departures.of_clients))
    oidc.build(context)
    context.add_part(SignalCourier(context))


def mount(app: Flask, context: Context) -> None:
    """Hang every door on the app."""
    for blueprint in _PAGES:
        app.register_blueprint(blueprint)
    register(app, account_routes.blueprint)
    register(app, code_routes.blueprint)
    register(app, recovery_routes.blueprint)
    register(app, session_routes.blueprint)
    for api in (*operators.APIS, *clients_desk.APIS):
        register(app, api)
    oidc.mount(app, context)
    signals.add(app)
    signal_polling.add(app)


def _commands() -> click.Group:
    group = click.Group("identity")
    group.add_command(accounts_group)
    group.add_command(terms_group)
    group.add_command(signals_group)
    operators.add_commands(group, accounts_group)
    oidc.commands(group)
    clients_desk.add_commands(group, clients_group)
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
        "/.well-known/ssf-configuration",
        "/ssf",
        "/",
    ),
    build=build,
    mount=mount,
    subscriptions=SUBSCRIPTIONS,
    jobs=(
        Job("end-rests-of-accounts", timedelta(minutes=1), accounts.end_rests),
        Job("end-timed-out-sessions", timedelta(minutes=1), sessions.end_timed_out),
        Job("forget-ended-sessions", timedelta(hours=1), sessions.forget_ended),
        Job("forget-unseen-devices", timedelta(hours=6), devices.forget_unseen),
        Job("forget-old-sign-ins", timedelta(hours=6), risk.forget_old),
        Job("tell-of-unknown-browsers", timedelta(minutes=1), alarms.tell),
        Job("forget-old-contact-points", timedelta(hours=6), contact_changes.forget_old),
        Job("answer-recoveries", timedelta(0), recovery_answers.answer),
        Job("forget-old-recoveries", timedelta(hours=6), recovery.forget_old),
        Job("forget-old-codes", timedelta(hours=6), codes.forget_old),
        Job("forget-old-activation-links", timedelta(hours=6), activation.forget_old_links),
        Job("tell-of-terms", timedelta(seconds=10), terms_telling.catch_up, terms_telling.is_behind),
        *oidc.JOBS,
        *SIGNALS,
        *signal_housekeeping.JOBS,
    ),
    commands=_commands(),
)
