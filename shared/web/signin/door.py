"""The declaration of a page that needs somebody signed in, and the doors that belong to a sign-in."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from shared.auth.acr import ACR_PASSWORD, satisfies
from shared.auth.declared import Access, View, declare, open_page
from shared.auth.stepup import refuse_held
from shared.crypto import sha256
from shared.errors import forbidden
from shared.service import Actor
from shared.web.addresses import way_back
from shared.web.door import context, reading, transaction
from shared.web.signin import journey, rows, vouching
from shared.web.signin.rows import Person
from shared.web.signin.vouching import Left, Over


def signed_in(
    acr: str = ACR_PASSWORD, population: Sequence[str] = (), fresh: timedelta | None = None, *, unheld: bool = False
) -> Callable[[View], View]:
    """The page needs a signed-in person at `acr`; of one of `population`; whose sign-in is not older than `fresh`.

    `unheld`: and whose way of signing in is not held back after a recovery (B6).
    """
    detail = f"{acr} {','.join(population) or 'everyone'}" + (f" within {fresh}" if fresh else "")
    detail += ", nothing held back" if unheld else ""
    return declare(Access("person", detail, lambda: _enforce(acr, population, fresh, unheld=unheld), csrf=True))


def person() -> Person:
    """Return who is signed in; only in views that declare `signed_in`."""
    return cast("Person", g.gatehouse_person)


def install_signin(app: Flask, prefix: str) -> None:
    """Add `<prefix>/callback`, `/signout` and `/session`; the service's client must have the callback registered."""
    app.config[journey.PREFIX] = prefix
    blueprint = Blueprint("signin", __name__)
    blueprint.add_url_rule(f"{prefix}/callback", view_func=journey.callback, methods=["GET"])
    blueprint.add_url_rule(f"{prefix}/signout", view_func=_signout, methods=["POST"])
    blueprint.add_url_rule(f"{prefix}/session", view_func=_left, methods=["GET"])
    blueprint.add_url_rule(f"{prefix}/session", view_func=_keep, methods=["POST"])
    app.register_blueprint(blueprint)
    app.context_processor(lambda: _shell_values(prefix))


def _shell_values(prefix: str) -> dict[str, object]:
    """What the page shell shows of who is signed in, and of when that ends."""
    found: Person | None = g.get("gatehouse_person")
    if found is None:
        return {}
    ended = {"minutes": int(found.idle.total_seconds() // 60), "back": way_back()}
    return {
        "person_name": found.name,
        "signout_url": f"{prefix}/signout",
        "session_url": f"{prefix}/session",
        "session_seconds": _seconds(found.leaves_at),
        "session_ended_url": f"{context().settings.public_url}/logout/idle?{urlencode(ended)}",
    }


def _enforce(
    acr: str, population: Sequence[str], fresh: timedelta | None, *, unheld: bool
) -> ResponseReturnValue | None:
    found, now = _in_use(), context().clock.now()
    if found is None:
        return journey.start(acr, None)
    too_old = fresh is not None and now - found.auth_time > fresh
    if too_old or not satisfies(found.acr, acr):
        return journey.start(acr, fresh if too_old else None)
    if population and found.population not in population:
        raise forbidden("wrong-population", "Your account is for another portal of the payer.")
    if unheld:
        refuse_held(found.restricted_until, now)
    g.gatehouse_person = found
    g.gatehouse_actor = Actor(found.account_id, "person", found.population)
    return None


def _in_use() -> Person | None:
    """Return who is signed in; once a minute identity is told, and may say that it is over."""
    found = looked_up()
    if found is None or context().clock.now() - found.last_seen_at <= rows.SAMPLE:
        return found
    return found if _use(found) else None


def looked_up() -> Person | None:
    """Return who has a session here, strong or weak, for doors that ask nobody to sign in."""
    with reading() as session:
        return rows.find(session, request.cookies.get(journey.cookie_name(), ""), context().clock.now())


def _use(found: Person) -> bool:
    """Tell identity and note it here; False where identity says that it is over, and then it is over here too."""
    left = vouching.use(context(), found.sid)
    with transaction() as work:
        if isinstance(left, Over):
            rows.drop(work, found.session_key)
            return False
        rows.note_use(work, found.session_key, left)
    return True


@open_page("a script asks how long the sign-in lasts; without one the answer is: not at all")
def _left() -> ResponseReturnValue:
    found = looked_up()
    said = vouching.look(context(), found.sid) if found is not None else None
    if found is None or isinstance(said, Over):
        return jsonify(seconds=0)
    # People at work in another app of the suite are at work: identity knows of all of them.
    leaves_at = max(found.leaves_at, min(said.idles_at, said.ends_at)) if isinstance(said, Left) else found.leaves_at
    return jsonify(seconds=_seconds(leaves_at))


@open_page("a script says that somebody is still there; without a sign-in nothing happens")
def _keep() -> ResponseReturnValue:
    found = looked_up()
    if found is not None and _use(found):
        found = looked_up()
        return jsonify(seconds=_seconds(found.leaves_at) if found else 0)
    return jsonify(seconds=0)


@open_page("signing out must work with a session that is already over")
def _signout() -> ResponseReturnValue:
    """End our session and let identity end its own (RP-initiated logout)."""
    place = context()
    with transaction() as work:
        id_token = rows.drop(work, sha256(request.cookies.get(journey.cookie_name(), "")))
    hint = {"id_token_hint": id_token} if id_token is not None else {}
    query = urlencode({**hint, "client_id": place.service.name})
    answer = redirect(f"{place.settings.public_url}/oauth/logout?{query}", 303)
    answer.delete_cookie(journey.cookie_name(), path="/", secure=place.settings.secure)
    return answer


def _seconds(leaves_at: datetime) -> int:
    return max(0, int((leaves_at - context().clock.now()).total_seconds()))
