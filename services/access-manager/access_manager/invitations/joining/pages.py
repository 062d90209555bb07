"""The page door of the invited person. Looking never changes anything; a button does.

The link in the mail opens a page and no more. Saying yes takes a sign-in with an account whose proved address is the
invited one, so that a forwarded link gives nobody anything.
"""

from flask import Blueprint, Response, redirect, request
from flask.typing import ResponseReturnValue

from access_manager.functions.catalogue import by_category
from access_manager.invitations.joining import identity, service
from access_manager.invitations.models import Invitation
from access_manager.invitations.states import Standing, State, masked, standing
from access_manager.organizations import service as organizations
from access_manager.people import service as people
from shared.auth import ACR_PASSWORD, open_page
from shared.errors import Problem
from shared.web.door import context, reading, transaction
from shared.web.shell import gettext, page
from shared.web.shell.language import language
from shared.web.signin import person, signed_in

blueprint = Blueprint("joining", __name__)
JOIN = "/manage/join"
_MINE = "/manage/mine"
_WHY = "the secret in the link is the proof that a letter arrived, and all it opens is a page"


@blueprint.get(JOIN)
@open_page(_WHY)
def show() -> ResponseReturnValue:
    """Say who invites to what, and the two ways to go on."""
    found = _found()
    if found is not None and found.state == State.ACCEPTED:
        return redirect(_MINE, 303)
    over = _over(found)
    return over or _page("manage/invitation_join.html", found, sent="sent" in request.args)


@blueprint.post(JOIN)
@open_page(_WHY)
def ask() -> ResponseReturnValue:
    """Let a letter go to the invited address; the answer is the same for everybody."""
    found = _found()
    over = _over(found)
    if over or found is None:
        return over or redirect(JOIN, 303)
    with transaction() as work:
        service.ask(work, found, language())
    return redirect(f"{JOIN}?token={request.args['token']}&sent=1", 303)


@blueprint.get(f"{JOIN}/<invitation_id>")
@signed_in(ACR_PASSWORD, ("provider",))
def look(invitation_id: str) -> ResponseReturnValue:
    """Ask the signed-in person for their yes, where the invitation is theirs."""
    with reading() as session:
        found = service.existing(session, invitation_id)
    if found.state == State.ACCEPTED and found.account_id == person().account_id:
        return redirect(_MINE, 303)
    return _over(found) or _foreign(found) or _page("manage/invitation_accept.html", found, errors={})


@blueprint.post(f"{JOIN}/<invitation_id>")
@signed_in(ACR_PASSWORD, ("provider",))
def accept(invitation_id: str) -> ResponseReturnValue:
    """Take the access."""
    with reading() as session:
        found = service.existing(session, invitation_id)
    foreign = _foreign(found)
    if foreign:
        return foreign
    try:
        with transaction() as work:
            service.accept(work, invitation_id, person().account_id, person().name)
    except Problem as problem:
        return _refused(found, problem)
    return redirect(_MINE, 303)


def _found() -> Invitation | None:
    with reading() as session:
        return service.by_secret(session, context().settings.secret_keys, request.args.get("token", ""))


def _refused(found: Invitation, problem: Problem) -> ResponseReturnValue:
    with reading() as session:
        found = service.existing(session, found.id)
    errors = {"": gettext(problem.detail)}
    return _over(found) or _page("manage/invitation_accept.html", found, problem.status, errors=errors)


def _over(found: Invitation | None) -> Response | None:
    """Return the page that says why there is nothing to accept any more and what to do, or None."""
    if found is None:
        return page("manage/invitation_closed.html", 404, why="unknown", organization=None)
    stands = standing(State(found.state), found.expires_at, bounced=False, now=context().clock.now())
    if stands is Standing.PENDING:
        return None
    return _page("manage/invitation_closed.html", found, 410, why=stands.value)


def _foreign(found: Invitation) -> Response | None:
    """Return the page for somebody whose account has not proved the invited address, or None (a forwarded link)."""
    if person().account_id in identity.owners(context().neighbours, found.email):
        return None
    return page("manage/invitation_foreign.html", 403, sent_to=masked(found.email))


def _page(template: str, found: Invitation | None, status: int = 200, **values: object) -> Response:
    if found is None:
        return page(template, status, **values)
    with reading() as session:
        organization = organizations.find(session, found.organization_id)
        inviter = people.name_of(session, found.invited_by)
    groups = by_category(found.functions)
    shown = {"invitation": found, "organization": organization, "inviter": inviter, "groups": groups}
    return page(template, status, **shown, sent_to=masked(found.email), **values)
