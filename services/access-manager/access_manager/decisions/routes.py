"""The AuthZEN door, written directly: no schema library, no ORM, one statement, in the express lane."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import orjson
from flask import Blueprint, Response

from access_manager.decisions import authzen, search
from access_manager.decisions.authzen import Found, Malformed, Search, Semantic, Wanted
from access_manager.decisions.service import evaluate
from access_manager.decisions.tenant import TrialTenant
from shared.auth import admitted, asks_for, open_to_all
from shared.auth.possession import Call
from shared.errors import Problem, bad_request
from shared.service import Context
from shared.web.door import context
from shared.web.express import Asked, Reply, as_response, express, present_asked
from shared.web.shell import words

SCOPE = "access.evaluate"
_OUT = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC
_HEADERS = (("Cache-Control", "no-store"),)
_ENGLISH = ("en", "*")
blueprint = Blueprint("decisions", __name__)


@dataclass(frozen=True, slots=True)
class Asking:
    """One request to the decision point: its body, the client that asks, and the words of the language it reads."""

    place: Context
    body: object
    client_id: str
    say: Callable[[str], str]


def _door(answer: Callable[[Asking], dict[str, object]], refusal: Callable[[Malformed], Problem]) -> Callable[[], Any]:
    """Make a view that admits programs and answers JSON; whoever reads another language than English goes by Flask."""

    def asked_for(place: Context, asked: Asked, say: Callable[[str], str]) -> Reply:
        who = admitted(place, asked.header, Call(asked.method, asked.path), SCOPE)
        try:
            found = answer(Asking(place, _body(asked), who.client_id, say))
        except Malformed as error:
            raise refusal(error) from error
        return Reply(orjson.dumps(found, option=_OUT), headers=_HEADERS)

    def in_their_language() -> Response:
        asked = present_asked()
        return as_response(asked_for(context(), asked, words().gettext), asked)

    def view(place: Context, asked: Asked) -> Reply | None:
        return asked_for(place, asked, str) if _reads_english(asked) else None

    view.__name__, view.__doc__ = answer.__name__, answer.__doc__
    return asks_for(SCOPE)(express(otherwise=in_their_language)(view))


def _evaluation(asking: Asking) -> dict[str, object]:
    """Decide one question (AuthZEN §6)."""
    return _decided(asking, asking.body)


def _evaluations(asking: Asking) -> dict[str, object]:
    """Decide several questions in order, under one of three semantics (AuthZEN §7)."""
    found = authzen.batch(asking.body)
    return _decided(asking, asking.body) if found is None else _in_order(asking, *found)


def _search_subject(asking: Asking) -> dict[str, object]:
    """Who may: one page of the accounts that evaluations would permit now (AuthZEN §8.4)."""
    return _searched(asking, Search.SUBJECT, search.subjects)


def _search_resource(asking: Asking) -> dict[str, object]:
    """Where may they: one page of organizations (AuthZEN §8.5)."""
    return _searched(asking, Search.RESOURCE, search.resources)


def _search_action(asking: Asking) -> dict[str, object]:
    """What may they: one page of functions (AuthZEN §8.6)."""
    return _searched(asking, Search.ACTION, search.actions)


def _no_evaluation(error: Malformed) -> Problem:
    return bad_request("malformed-evaluation", str(error))


def _no_search(error: Malformed) -> Problem:
    return bad_request("malformed-search", str(error))


for path, answering, refusal in (
    ("evaluation", _evaluation, _no_evaluation),
    ("evaluations", _evaluations, _no_evaluation),
    ("search/subject", _search_subject, _no_search),
    ("search/resource", _search_resource, _no_search),
    ("search/action", _search_action, _no_search),
):
    blueprint.post(f"/access/v1/{path}")(_door(answering, refusal))


@blueprint.get("/.well-known/authzen-configuration")
@open_to_all("metadata says where to ask, nothing about anybody (AuthZEN §9)")
def configuration() -> Response:
    """Say which endpoints this decision point has."""
    answer = Response(_metadata(context().settings.public_url), content_type="application/json")
    answer.headers["Cache-Control"] = "public, max-age=300"
    return answer


@cache
def _metadata(origin: str) -> bytes:
    return orjson.dumps(
        {
            "policy_decision_point": origin,
            "access_evaluation_endpoint": f"{origin}/access/v1/evaluation",
            "access_evaluations_endpoint": f"{origin}/access/v1/evaluations",
            **{f"search_{kind}_endpoint": f"{origin}/access/v1/search/{kind}" for kind in Search},
        }
    )


def _reads_english(asked: Asked) -> bool:
    if asked.has_query:
        return False  # ?lang= chooses a language
    wanted = asked.header("Accept-Language") or "*"
    return asked.header("Cookie") is None and wanted.partition(",")[0].partition(";")[0].strip()[:2] in _ENGLISH


def _body(asked: Asked) -> object:
    if asked.media_type != "application/json":
        raise Malformed("send the body as application/json")
    try:
        return orjson.loads(asked.body())
    except orjson.JSONDecodeError as error:
        raise Malformed("the body is not JSON") from error


def _searched(asking: Asking, kind: Search, look: Callable[[Context, Wanted], Found]) -> dict[str, object]:
    wanted = authzen.search(asking.body, kind, asking.client_id)
    if wanted.is_ours:
        return authzen.found(look(asking.place, wanted))
    trial = asking.place.part(TrialTenant)
    return authzen.found(trial.search(cast("Mapping[str, Any]", asking.body), kind, wanted))


def _decided(asking: Asking, body: object) -> dict[str, object]:
    question = authzen.question(body, asking.client_id)
    trial = asking.place.part(TrialTenant)
    if trial.rules and not question.is_ours:
        return {"decision": trial.decide(cast("Mapping[str, Any]", body))}
    answer = evaluate(asking.place, question)
    return authzen.response(answer, asking.say(answer.sentence))


def _in_order(asking: Asking, semantic: Semantic, items: list[dict[str, Any]]) -> dict[str, object]:
    answers: list[dict[str, object]] = []
    for item in items:
        answers.append(_item(asking, item))
        if authzen.is_last(semantic, answers[-1]["decision"] is True):
            break
    return {"evaluations": answers}


def _item(asking: Asking, item: object) -> dict[str, object]:
    try:
        return _decided(asking, item)
    except Malformed as error:
        return authzen.failed(error)
