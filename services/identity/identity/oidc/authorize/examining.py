"""An inquiry and its rules, with the house at hand: for the endpoint, the page of consent, and pushed requests."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.states import Status, may_sign_in
from identity.closures import service as closures
from identity.entitlements import service as entitlements
from identity.oidc import parameters
from identity.oidc.apps import consents
from identity.oidc.authorize.inquiry import Detour, Inquiry, Known
from identity.oidc.authorize.order import WHAT_IS_ASKED, WHO_ASKS, examine
from identity.oidc.authorize.pushed import models as pushed
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.faults.fault import Refused
from identity.oidc.parameters import Parameters
from identity.oidc.provider import Provider
from identity.oidc.tokens.reading import id_token_hint
from identity.policies import service as policies
from identity.sessions.service import SessionView
from identity.terms import service as terms
from shared.service import Context
from shared.web.door import context, reading

Outcome = Refused | Detour | None


def of_browser(pairs: Iterable[tuple[str, str]], length: int, present: SessionView | None) -> tuple[Inquiry, Outcome]:
    """Examine the request that a browser brought; return what is known of it and what stands in its way."""
    place = context()
    asked = parameters.read(pairs)
    with reading() as session:
        inquiry = Inquiry(asked, length, place.clock.now(), _issuer(place), present, house(place, session))
        try:
            examine(inquiry)
        except (Refused, Detour) as outcome:
            return inquiry, outcome
    return inquiry, None


def of_client(place: Context, client: Client, asked: Parameters, length: int, proof_jkt: str | None) -> Inquiry:
    """Examine what a client, which has proved who it is, hands in itself; raises Refused.

    `proof_jkt`: the key whose proof came with it. Who will come with it is not known yet.
    """
    now, issuer = place.clock.now(), _issuer(place)
    with place.reading() as session:
        known = house(place, session)
        inquiry = Inquiry(asked, length, now, issuer, None, known, pushing=True, proof_jkt=proof_jkt)
        for rule in (*WHO_ASKS, *WHAT_IS_ASKED):
            rule(inquiry)
    return inquiry


def _issuer(place: Context) -> str:
    return place.part(Provider).issuer


def house(place: Context, session: Session) -> Known:
    """Return what the rules may ask of the rest of the house, for as long as `session` lasts."""
    provider, now = place.part(Provider), place.clock.now()
    return Known(
        client=lambda client_id: _enabled(clients.find(session, client_id)),
        pushed=lambda client_id, uri: pushed.find(session, client_id, uri),
        population=lambda account_id: _population(session, account_id),
        entitlements=lambda account_id: entitlements.active(session, account_id, now),
        organization_acr=lambda organization_id: policies.organization(session, organization_id).minimum_acr,
        hinted=lambda token, client_id: _hinted(provider, token, client_id),
        terms_due=lambda account_id: _terms_due(session, account_id, now),
        consent=lambda account_id, client_id: consents.find(session, account_id, client_id),
        website=lambda: closures.website(session, now),
    )


def _enabled(client: Client | None) -> Client | None:
    return client if client is not None and client.enabled else None


def _hinted(provider: Provider, token: str, client_id: str) -> str | None:
    hint = id_token_hint(provider.ring, provider.issuer, token)
    return hint.subject if hint is not None and hint.client_id == client_id else None


def _population(session: Session, account_id: str) -> str | None:
    account = accounts.get(session, account_id)
    return account.population if account and may_sign_in(Status(account.status)) else None


def _terms_due(session: Session, account_id: str, now: datetime) -> bool:
    account = accounts.get(session, account_id)
    return account is not None and terms.due(session, account_id, account.population, now) is not None
