"""The page door of changing: a new client by its profile, and a change that is shown before it is saved."""

from datetime import datetime
from typing import Any

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from identity.clients_desk import fields, showing
from identity.clients_desk.pages.listing import registered
from identity.mfa.assurance import ACR_1
from identity.oidc.clients import service as clients
from identity.oidc.clients.policy import POLICY_FIELDS, PROFILES, Client, ClientSpec
from identity.oidc.clients.profiles import PROFILES as SETS
from identity.oidc.clients.profiles import with_profile
from identity.oidc.registration import changing
from identity.operators.door import staff
from identity.operators.frame import admin_page
from identity.operators.names import NAMES
from identity.operators.roles import Area
from shared.errors import Problem
from shared.i18n import say
from shared.web.door import context, reading, transaction
from shared.web.shell.language import words

blueprint = Blueprint("desk_clients_editing", __name__, url_prefix="/admin")
_IN_USE, _MEANWHILE = say("There is a client with this id already"), say("Somebody changed this client meanwhile")
_NO_ID = say("Enter an id for the client")
_OPTION_NAMES = {**NAMES, ACR_1: say("A password alone is enough")}


@blueprint.get("/new-client")
@staff(Area.CLIENTS, acting=True)
def ask_new() -> ResponseReturnValue:
    """Choose a profile; then the form that fits it."""
    profile = request.args.get("profile", "")
    if profile not in PROFILES:
        options = [(name, showing.PROFILE_NAMES[name], showing.PROFILE_MEANINGS[name]) for name in PROFILES]
        return admin_page("oidc/administration/profiles.html", options=options)
    return _form(with_profile(profile, id="", name=""), {}, new=True)


@blueprint.post("/new-client")
@staff(Area.CLIENTS, acting=True)
def add() -> ResponseReturnValue:
    """Register it; the secret is on this page and on no other."""
    profile = _profile(PROFILES[0])
    blank = with_profile(profile, id=request.form.get("id", "").strip(), name="")
    spec, errors = _read(blank)
    errors |= {} if spec.id else {"id": words().render(_NO_ID)}
    if errors:
        return _form(spec, errors, new=True)
    try:
        with transaction() as work:
            secret = clients.add(work, spec)
    except Problem:  # a rival was quicker with the same id
        return _form(spec, {"id": words().render(_IN_USE)}, new=True)
    return secret_page(spec.id, spec.name, secret, new=True)


@blueprint.get("/clients/<client_id>/edit")
@staff(Area.CLIENTS, acting=True)
def ask(client_id: str) -> ResponseReturnValue:
    """The form with what is registered, or with what another profile would set."""
    client = registered(client_id)
    profile = request.args.get("profile", client.profile)
    if profile not in PROFILES or profile == client.profile:
        return _form(client, {}, seen=_seen(client_id))
    other = ClientSpec(**{**_plain(client), **SETS[profile].sets, "profile": profile})
    return _form(other, {}, seen=_seen(client_id))


@blueprint.post("/clients/<client_id>/edit")
@staff(Area.CLIENTS, acting=True)
def change(client_id: str) -> ResponseReturnValue:
    """Show what it changes; save once that was confirmed."""
    client = registered(client_id)
    spec, errors = _read(client)
    seen = request.form.get("seen", "")
    if seen != _seen(client_id) and not errors:
        errors = {"": words().render(_MEANWHILE)}
    if errors:
        return _form(spec, errors, seen=_seen(client_id))
    if request.form.get("confirmed") != "yes":
        return _shown(client, spec)
    with transaction() as work:
        done = changing.change(work, spec, datetime.fromisoformat(seen))
    return secret_page(client_id, spec.name, done.secret) if done.secret else redirect(_back(client_id, "saved"), 303)


def secret_page(
    client_id: str, name: str, secret: str | None, new: bool = False, until: datetime | None = None
) -> Response:
    """Show a secret once: the answer is kept nowhere, and no address leads to it again."""
    shown: dict[str, Any] = {"client_id": client_id, "name": name, "secret": secret, "new": new, "until": until}
    answer = admin_page("oidc/administration/secret.html", **shown)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _shown(client: Client, spec: ClientSpec) -> ResponseReturnValue:
    told = showing.lines(words(), changing.differences(client, spec))
    kept = [(name, text) for name, text in request.form.items(multi=True) if name in _sent_names()]
    return admin_page("oidc/administration/change.html", client=client, lines=told, kept=kept)


def _read(base: ClientSpec) -> tuple[ClientSpec, dict[str, str]]:
    """Return what the form makes of `base`, and what stands against it by field."""
    profile = _profile(base.profile)
    values, unreadable = fields.read(profile, request.form.to_dict(flat=False))
    spec = ClientSpec(**{**_plain(base), **values, "profile": profile})
    errors = {name: words().render(sentence) for name, sentence in unreadable.items()}
    if not errors:
        errors = fields.by_field(changing.objections(spec, context().settings.public_url), spec, words())
    return spec, errors


def _form(spec: ClientSpec, errors: dict[str, str], *, new: bool = False, seen: str = "") -> ResponseReturnValue:
    asked = fields.asked_of(spec.profile)
    groups = [(group, [one for one in asked if one.group == group]) for group in fields.GROUPS]
    values = {one.name: fields.typed(one, getattr(spec, one.name)) for one in asked} | {"id": spec.id}
    if errors:  # nothing that was typed is lost
        values |= {name: request.form[name] for name in values if _is_text(name) and name in request.form}
    shown: dict[str, Any] = {
        "groups": [pair for pair in groups if pair[1]],
        "values": values,
        "errors": errors,
        "option_names": _OPTION_NAMES,
    }
    shown |= {"new": new, "seen": seen, "profile_names": showing.PROFILE_NAMES, "spec": spec}
    return admin_page("oidc/administration/form.html", 422 if errors else 200, **shown)


def _is_text(name: str) -> bool:
    return name == "id" or fields.BY_NAME[name].kind != fields.SOME


def _sent_names() -> set[str]:
    return {*fields.BY_NAME, "profile", "seen"}


def _profile(otherwise: str) -> str:
    sent = request.form.get("profile", "")
    return sent if sent in PROFILES else otherwise


def _plain(spec: ClientSpec) -> dict[str, Any]:
    return {"id": spec.id, **{name: getattr(spec, name) for name in POLICY_FIELDS}}


def _seen(client_id: str) -> str:
    with reading() as session:
        return changing.changed_at(session, client_id).isoformat()


def _back(client_id: str, done: str) -> str:
    return f"/admin/clients/{client_id}?done={done}"
