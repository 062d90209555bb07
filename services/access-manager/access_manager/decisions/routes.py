"""The AuthZEN door, written directly: no schema library, no ORM, one statement (performance.md §2, rule 3)."""

from collections.abc import Callable
from functools import cache
from typing import Any

import orjson
from flask import Blueprint, Response, request

from access_manager.decisions import authzen, search
from access_manager.decisions.authzen import Found, Malformed, Search, Semantic, Wanted
from access_manager.decisions.service import evaluate
from shared.auth import open_to_all, requires
from shared.errors import bad_request
from shared.service import Context
from shared.web.door import context
from shared.web.shell import words

blueprint = Blueprint("decisions", __name__)
_OUT = orjson.OPT_UTC_Z | orjson.OPT_NAIVE_UTC


@blueprint.post("/access/v1/evaluation")
@requires("access.evaluate")
def evaluation() -> Response:
    """Decide one question (AuthZEN §6)."""
    try:
        return _json(_decided(_body()))
    except Malformed as error:
        raise bad_request("malformed-evaluation", str(error)) from error


@blueprint.post("/access/v1/evaluations")
@requires("access.evaluate")
def evaluations() -> Response:
    """Decide several questions in order, under one of three semantics (AuthZEN §7)."""
    try:
        body = _body()
        found = authzen.batch(body)
        return _json(_decided(body) if found is None else _in_order(*found))
    except Malformed as error:
        raise bad_request("malformed-evaluation", str(error)) from error


@blueprint.post("/access/v1/search/subject")
@requires("access.evaluate")
def search_subject() -> Response:
    """Who may: one page of the accounts that evaluations would permit now (AuthZEN §8.4)."""
    return _searched(Search.SUBJECT, search.subjects)


@blueprint.post("/access/v1/search/resource")
@requires("access.evaluate")
def search_resource() -> Response:
    """Where may they: one page of organizations (AuthZEN §8.5)."""
    return _searched(Search.RESOURCE, search.resources)


@blueprint.post("/access/v1/search/action")
@requires("access.evaluate")
def search_action() -> Response:
    """What may they: one page of functions (AuthZEN §8.6)."""
    return _searched(Search.ACTION, search.actions)


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


def _body() -> object:
    if request.mimetype != "application/json":
        raise Malformed("send the body as application/json")
    try:
        return orjson.loads(request.get_data(cache=False))
    except orjson.JSONDecodeError as error:
        raise Malformed("the body is not JSON") from error


def _searched(kind: Search, look: Callable[[Context, Wanted], Found]) -> Response:
    try:
        wanted = authzen.search(_body(), kind)
    except Malformed as error:
        raise bad_request("malformed-search", str(error)) from error
    return _json(authzen.found(look(context(), wanted)))


def _decided(body: object) -> dict[str, object]:
    answer = evaluate(context(), authzen.question(body))
    return authzen.response(answer, words().gettext(answer.sentence))


def _in_order(semantic: Semantic, items: list[dict[str, Any]]) -> dict[str, object]:
    answers: list[dict[str, object]] = []
    for item in items:
        answers.append(_item(item))
        if authzen.is_last(semantic, answers[-1]["decision"] is True):
            break
    return {"evaluations": answers}


def _item(item: object) -> dict[str, object]:
    try:
        return _decided(item)
    except Malformed as error:
        return authzen.failed(error)


def _json(body: dict[str, object]) -> Response:
    answer = Response(orjson.dumps(body, option=_OUT), content_type="application/json")
    answer.headers["Cache-Control"] = "no-store"
    return answer
