"""The API door of clients for operators' programs (scope `clients.manage`)."""

from dataclasses import asdict, replace
from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint

from identity.clients_desk.programs import schemas
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import Client
from identity.oidc.clients.profiles import with_profile
from identity.oidc.failures import recorder
from identity.oidc.failures.dictionary import ENTRIES
from identity.oidc.registration import changing, initial_tokens
from identity.oidc.registration.initial_tokens import Allowance
from shared.auth import insist_program, requires
from shared.errors import not_found, unprocessable
from shared.service import Work
from shared.web.door import context, reading, transaction

blueprint = Blueprint("desk_clients_api", __name__, url_prefix="/api/identity/v1", description="Clients")
_SCOPE = "clients.manage"


@blueprint.get("/clients")
@requires(_SCOPE)
@blueprint.response(200, schemas.ClientsOut)
def show() -> dict[str, Any]:
    """List every client, without secrets."""
    insist_program()
    with reading() as session:
        return {"clients": [described(one) for one in clients.listed(session)]}


@blueprint.post("/clients")
@requires(_SCOPE)
@blueprint.arguments(schemas.ClientIn)
@blueprint.response(201, schemas.ClientWithSecretOut)
def add(body: dict[str, Any]) -> dict[str, Any]:
    """Register a client; 409 for an id in use, 422 with what stands against it."""
    insist_program()
    spec = with_profile(body.pop("profile"), **schemas.plain(body))
    with transaction() as work:
        found = changing.objections(spec, work.context.settings.public_url)
        if found:
            raise unprocessable({"client": found})
        secret = clients.add(work, spec)
        return described(_existing(work, spec.id)) | {"client_secret": secret}


@blueprint.get("/clients/<client_id>")
@requires(_SCOPE)
@blueprint.response(200, schemas.ClientOut)
def one(client_id: str) -> dict[str, Any]:
    """Show one client."""
    insist_program()
    with transaction() as work:
        return described(_existing(work, client_id))


@blueprint.patch("/clients/<client_id>")
@requires(_SCOPE)
@blueprint.arguments(schemas.ClientChangeIn)
@blueprint.response(200, schemas.ClientWithSecretOut)
def change(body: dict[str, Any], client_id: str) -> dict[str, Any]:
    """Change what is named; a secret comes with the answer only where the client had none and needs one now."""
    insist_program()
    with transaction() as work:
        done = changing.change(work, replace(_existing(work, client_id), **schemas.plain(body)))
        return described(_existing(work, client_id)) | {"client_secret": done.secret}


@blueprint.post("/clients/<client_id>/secret")
@requires(_SCOPE)
@blueprint.arguments(schemas.SecretIn)
@blueprint.response(200, schemas.ClientWithSecretOut)
def new_secret(body: dict[str, int], client_id: str) -> dict[str, Any]:
    """Make a new secret; the present one works on for a while, one before that no more."""
    insist_program()
    with transaction() as work:
        secret = clients.rotate_secret(work, client_id, timedelta(hours=body["keep_old_hours"]))
        return described(_existing(work, client_id)) | {"client_secret": secret}


@blueprint.delete("/clients/<client_id>/former-secret")
@requires(_SCOPE)
@blueprint.response(204)
def end_former(client_id: str) -> None:
    """End the former secret before its time."""
    insist_program()
    with transaction() as work:
        changing.end_old_secret(work, client_id)


@blueprint.put("/clients/<client_id>/enabled")
@requires(_SCOPE)
@blueprint.arguments(schemas.SwitchIn)
@blueprint.response(200, schemas.ClientOut)
def switch(body: dict[str, Any], client_id: str) -> dict[str, Any]:
    """Switch a client off or on; off ends what people's sign-ins gave it."""
    insist_program()
    with transaction() as work:
        changing.switch(work, client_id, body["enabled"], body["reason"])
        return described(_existing(work, client_id))


@blueprint.get("/clients/<client_id>/failures")
@requires(_SCOPE)
@blueprint.response(200, schemas.FailuresOut)
def failures(client_id: str) -> dict[str, Any]:
    """Show what went wrong for a client lately, with its meaning."""
    insist_program()
    with transaction() as work:
        _existing(work, client_id)
        return {"failures": told_failures(recorder.of_client(work.session, client_id))}


@blueprint.get("/registration-tokens")
@requires(_SCOPE)
@blueprint.response(200, schemas.InitialTokensOut)
def show_tokens() -> dict[str, Any]:
    """List the initial access tokens that are kept."""
    insist_program()
    with reading() as session:
        return {"tokens": initial_tokens.listed(session)}


@blueprint.post("/registration-tokens")
@requires(_SCOPE)
@blueprint.arguments(schemas.InitialTokenIn)
@blueprint.response(201, schemas.IssuedOut)
def issue_token(body: dict[str, Any]) -> dict[str, str]:
    """Issue an initial access token (RFC 7591 §3)."""
    insist_program()
    uses, days = body.pop("uses"), body.pop("days")
    with transaction() as work:
        token_id, token = initial_tokens.issue(work, Allowance(**schemas.plain(body)), uses, days)
    return {"id": token_id, "initial_access_token": token}


@blueprint.delete("/registration-tokens/<token_id>")
@requires(_SCOPE)
@blueprint.response(204)
def withdraw_token(token_id: str) -> None:
    """Let nobody register with the token any more; 404 where nobody could."""
    insist_program()
    with transaction() as work:
        if not initial_tokens.withdraw(work, token_id):
            raise not_found()


def described(client: Client) -> dict[str, Any]:
    """Return a client as `ClientOut` has it."""
    until = client.previous_secret_until
    lives = until is not None and until > context().clock.now()
    known = {name: value for name, value in asdict(client).items() if not name.endswith("secret_hash")}
    return known | {"secrets": bool(client.secret_hash) + lives, "former_secret_until": until if lives else None}


def told_failures(found: list[recorder.Failure]) -> list[dict[str, Any]]:
    """Return failures with what their codes mean; a code of an earlier release has no words any more."""
    return [asdict(one) | _meaning(one.code) for one in found]


def _meaning(code: str) -> dict[str, str]:
    entry = ENTRIES.get(code)
    return {"error": entry.error, "why": entry.why, "mend": entry.mend} if entry else {}


def _existing(work: Work, client_id: str) -> Client:
    found = clients.find(work.session, client_id)
    if found is None:
        raise not_found(f"There is no client {client_id}.")
    return found
