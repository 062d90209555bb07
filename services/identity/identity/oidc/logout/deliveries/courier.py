"""Carrying logout tokens to apps: what is due to whom, one attempt, and the job that looks."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from identity.oidc.logout.deliveries import service
from identity.oidc.logout.deliveries.models import APPS_WITH_DUE, DEBTS, DUE_OF_APP
from identity.oidc.logout.deliveries.schedule import LONGEST, judged
from identity.oidc.logout.deliveries.token import LOGOUT_TYPE, claims_of_logout
from identity.oidc.outbound import courier
from identity.oidc.outbound.fetcher import Line
from identity.oidc.outbound.patience import Attempt, Outcome, asked_for
from identity.oidc.provider import Provider
from shared.service import Context, Job


def _apps(context: Context) -> Sequence[str]:
    with context.database.connection() as connection:
        return connection.execute(APPS_WITH_DUE, {"now": context.clock.now()}).scalars().all()


def _due(session: Session, client_id: str, now: datetime, most: int) -> Sequence[str]:
    return session.execute(DUE_OF_APP.limit(most), {"now": now, "client": client_id}).scalars().all()


def _post(context: Context, line: Line, delivery: Row[Any]) -> Attempt:
    provider = context.part(Provider)
    client = provider.clients.find(delivery.client_id)
    if client is None or not client.enabled or client.backchannel_logout_uri is None:
        return Attempt(Outcome.NOBODY, "the app has no address for it any more")
    claims = claims_of_logout(
        provider.issuer, client.id, delivery.id, delivery.account_id, delivery.session_id, context.clock.now()
    )
    token = provider.ring.sign(claims, typ=LOGOUT_TYPE, algorithm=client.signing_alg)
    said = line.post_form(client.backchannel_logout_uri, {"logout_token": token})
    asked = asked_for(said.status, said.retry_after, context.clock.now())
    return Attempt(judged(said.status), f"answered {said.status}", asked)


# The order of sign-outs says nothing to an app: each is a lane of its own.
_ERRAND = courier.Errand(
    "sign-outs", DEBTS, LONGEST, _apps, _due, lambda delivery: str(delivery.id), _post, service.note
)


class Courier(courier.Courier):
    """One process's way out for logout tokens."""

    def __init__(self, context: Context) -> None:
        super().__init__(context, context.part(Provider).fetcher, _ERRAND)


JOBS = (Job("tell-apps-of-sign-outs", timedelta(0), lambda context: context.part(Courier).run()),)
