"""The page of consent: who asks, what for, what they would learn, and how to take it back (ASVS 10.7.1)."""

from contextlib import suppress
from urllib.parse import urlsplit

from flask import Response, g, request

from identity.accounts import service as accounts
from identity.entitlements import service as entitlements
from identity.oidc import metadata
from identity.oidc.apps import consents, sentences
from identity.oidc.authorize import examining
from identity.oidc.authorize.detours import return_path
from identity.oidc.authorize.inquiry import Detour, Inquiry, Way
from identity.oidc.authorize.pages import refusal
from identity.oidc.authorize.response import see_other
from identity.oidc.faults.asking import CONSENT_DENIED
from identity.oidc.faults.fault import Refused
from identity.sessions import door
from shared.auth import open_page
from shared.service import Actor
from shared.web.door import reading, transaction
from shared.web.security import allow_form_action
from shared.web.shell.render import page


@open_page("the request in the address is examined as at the authorization endpoint, which answers for all but this")
def consent() -> Response:
    """Ask for consent, or take the answer; whoever is not to be asked goes on at the authorization endpoint."""
    g.gatehouse_wants_page = True
    inquiry, outcome = examining.of_browser(request.args.items(multi=True), len(request.query_string), door.entered())
    if inquiry.silent or not isinstance(outcome, Detour) or outcome.way is not Way.CONSENT:
        return see_other(f"{metadata.AUTHORIZE}?{request.query_string.decode('latin-1')}")
    # Whoever switched persons in another window has not read this page.
    answered = request.method == "POST" and request.form.get("account") == inquiry.person.account_id
    decision = request.form.get("decision") if answered else None
    if decision == "allow":
        return _allow(inquiry)
    return refusal(inquiry, Refused(CONSENT_DENIED)) if decision == "deny" else _ask(inquiry)


def _allow(inquiry: Inquiry) -> Response:
    """Remember the yes and go on: the authorization endpoint asks every rule once more."""
    account_id = inquiry.person.account_id
    with transaction(Actor(account_id, "person")) as work:
        consents.give(work, account_id, inquiry.client.id, inquiry.topics)
    return see_other(return_path(inquiry))


def _ask(inquiry: Inquiry) -> Response:
    with suppress(ValueError):  # an app with a scheme of its own is reached by a link, not by the form
        allow_form_action(inquiry.redirect_uri)
    with reading() as session:
        account = accounts.existing(session, inquiry.person.account_id)
        held = entitlements.active(session, account.id, inquiry.now)
    working_for = next((one for one in held if one.organization["id"] == inquiry.organization_id), None)
    return page(
        "oidc/consent.html",
        client=inquiry.client,
        site=_site(inquiry.redirect_uri),
        account=account,
        organization=working_for.organization["name"] if working_for else None,
        told=sentences.told(inquiry.topics),
        may=sentences.done(inquiry.topics),
    )


def _site(redirect_uri: str) -> str | None:
    """Where the answer goes, which is proven; an app says of itself what it likes, and one on a device has no site."""
    parts = urlsplit(redirect_uri)
    return parts.hostname if parts.scheme == "https" else None
