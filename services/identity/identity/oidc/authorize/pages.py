"""The authorization endpoint (RFC 6749 §3.1, OIDC Core §3.1.2)."""

from datetime import datetime
from urllib.parse import urlencode

from flask import Response, g, request
from sqlalchemy.orm import Session

from identity.accounts import service as accounts
from identity.accounts.states import Status, may_sign_in
from identity.entitlements import service as entitlements
from identity.oidc import metadata, parameters
from identity.oidc.authorize import response
from identity.oidc.authorize.detours import to_sign_in
from identity.oidc.authorize.inquiry import Detour, Inquiry, Known
from identity.oidc.authorize.order import examine
from identity.oidc.clients import service as clients
from identity.oidc.faults import WRONG_POPULATION, Refused
from identity.oidc.grants.authorization import Authorization, open_grant
from identity.oidc.provider import Provider
from identity.oidc.tokens.reading import id_token_hint
from identity.policies import service as policies
from identity.sessions import door
from identity.sessions.service import SessionView
from identity.terms import service as terms
from shared.auth import open_to_all
from shared.service import Actor
from shared.web.door import context, reading, transaction
from shared.web.shell.render import page


@open_to_all("an app sends its people here; who is there is found out by the rules")
def authorize() -> Response:
    """Answer the app with a code, or lead the person to what they must do first."""
    g.gatehouse_wants_page = True
    if request.method == "POST":
        return _as_get()
    present = door.entered()
    with reading() as session:
        inquiry = _inquiry(session, present)
        try:
            examine(inquiry)
        except Refused as refused:
            return _refusal(inquiry, refused)
        except Detour as detour:
            return _detour(inquiry, detour)
    return response.success(inquiry, _grant(inquiry))


def _as_get() -> Response:
    """A form from another site brings no cookie (SameSite=Lax): ask again in the way that does."""
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    return response.see_other(f"{metadata.AUTHORIZE}?{urlencode(pairs)}")


def _inquiry(session: Session, present: SessionView | None) -> Inquiry:
    place = context()
    provider, now = place.part(Provider), place.clock.now()
    return Inquiry(
        asked=parameters.read(request.args.items(multi=True)),
        length=len(request.query_string),
        now=now,
        issuer=provider.issuer,
        session=present,
        known=Known(
            client=lambda client_id: clients.find(session, client_id),
            population=lambda account_id: _population(session, account_id),
            entitlements=lambda account_id: entitlements.active(session, account_id, now),
            organization_acr=lambda organization_id: policies.organization(session, organization_id).minimum_acr,
            hinted=lambda token, client_id: _hinted(provider, token, client_id),
            terms_due=lambda account_id: _terms_due(session, account_id, now),
        ),
    )


def _hinted(provider: Provider, token: str, client_id: str) -> str | None:
    hint = id_token_hint(provider.ring, provider.issuer, token)
    return hint.subject if hint is not None and hint.client_id == client_id else None


def _population(session: Session, account_id: str) -> str | None:
    account = accounts.get(session, account_id)
    return account.population if account and may_sign_in(Status(account.status)) else None


def _terms_due(session: Session, account_id: str, now: datetime) -> bool:
    account = accounts.get(session, account_id)
    return account is not None and terms.due(session, account_id, account.population, now) is not None


def _grant(inquiry: Inquiry) -> str:
    asked = Authorization(
        client=inquiry.client,
        session=inquiry.person,
        redirect_uri=inquiry.redirect_uri,
        scopes=inquiry.scopes,
        audience=inquiry.audience,
        organization_id=inquiry.organization_id,
        nonce=inquiry.asked.get("nonce"),
        code_challenge=inquiry.asked.get("code_challenge"),
    )
    with transaction(Actor(inquiry.person.account_id, "person")) as work:
        return open_grant(work, asked)


def _refusal(inquiry: Inquiry, refused: Refused) -> Response:
    if not inquiry.may_redirect:
        return _cannot_continue(refused)
    if refused.fault is WRONG_POPULATION and not inquiry.silent:
        return _wrong_door(inquiry, refused)
    return response.failure(inquiry, refused.fault)


def _wrong_door(inquiry: Inquiry, refused: Refused) -> Response:
    """Somebody who has proved who they are is told which portal is theirs; from a user ID alone nobody is (A9)."""
    back = response.failure_url(inquiry, refused.fault) if inquiry.response_mode == "query" else None
    with reading() as session:
        account = accounts.get(session, inquiry.person.account_id)
        portals = clients.portals_of(session, account.population if account else "")
    return page("oidc/wrong_population.html", 403, client_name=inquiry.client.name, back_url=back, portals=portals)


def _cannot_continue(refused: Refused) -> Response:
    """The page for the person, with a folded part for the developer of the app."""
    return page(
        "oidc/cannot_continue.html",
        refused.fault.status,
        code=refused.fault.code,
        error=refused.fault.error,
        description=f"{refused.fault.why} {refused.fault.mend}",
        received=refused.detail,
    )


def _detour(inquiry: Inquiry, detour: Detour) -> Response:
    if inquiry.silent:
        return response.failure(inquiry, detour.silent)
    return to_sign_in(inquiry)
