"""The one exit for errors: every Problem and every HTTP error leaves here, as JSON or as a page."""

import structlog
from flask import Flask, Response, current_app, g, jsonify, request
from werkzeug.exceptions import HTTPException

from shared.cache import CacheAway
from shared.errors import Problem, not_found, unavailable
from shared.i18n import say
from shared.web.api import invalid
from shared.web.door import request_id
from shared.web.shell.render import page

_log = structlog.get_logger("exit")
# What the framework refuses by itself, in our words: status → (slug, title, what to do).
FRAMEWORK = {
    400: ("bad-request", say("The request could not be read."), say("Go back, reload the page and try again.")),
    405: ("method-not-allowed", say("This address does not take that."), say("Use the buttons on the page.")),
    413: ("too-large", say("That is too much at once."), say("Send less than 1 MB.")),
    415: ("unsupported-media-type", say("The body is of another kind."), say("Send it as the API description says.")),
}


_OURS = say("Something went wrong on our side.")
_RECORDED = say("It has been recorded. Try again in a moment.")


# Whoever asks here is a program; what nobody owns under them (`/api/nope`) is answered by the default service.
_FOR_PROGRAMS = ("/api/", "/access/", "/gate/", "/oauth/", "/.well-known/", "/scim/", "/ssf/", "/healthz", "/readyz")


def install_exits(app: Flask) -> None:
    """Register the handlers; paths of JSON APIs answer problem details (RFC 9457), all others a page."""

    def answer(problem: Problem) -> Response:
        return problem_response(problem) if _for_a_program() else _page(problem)

    app.register_error_handler(Problem, answer)
    app.register_error_handler(HTTPException, lambda error: answer(_from_http(error)))
    app.register_error_handler(CacheAway, lambda _error: answer(unavailable("cache-away", "Try again in a moment.")))
    app.register_error_handler(Exception, lambda error: answer(_unexpected(error)))


def _for_a_program() -> bool:
    if not request.path.startswith(_FOR_PROGRAMS) or g.get("gatehouse_wants_page", False):
        return False
    # A page under such an address has forms, and so declares their token; what programs call never does.
    view = current_app.view_functions.get(request.endpoint or "")
    return not getattr(view, "gatehouse_csrf", False)


def problem_response(problem: Problem) -> Response:
    """Render problem details."""
    answer = jsonify(problem.body(instance=request.path, request_id=request_id()))
    answer.status_code = problem.status
    answer.content_type = "application/problem+json"
    answer.headers.update(problem.headers)
    answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def reference_of(identifier: str) -> str:
    """The end of a request's id as people read it to each other, `8K2M-93QX`; "" where the caller's has no such end."""
    end = identifier[-8:].upper()
    return f"{end[:4]}-{end[4:]}" if len(end) == 8 and end.isascii() and end.isalnum() else ""


def _page(problem: Problem) -> Response:
    reference = reference_of(request_id())
    # Spelled as people read it out, so that whoever hears it searches for just that, and finds the request's id.
    _log.info("error_page", reference=reference, status=problem.status, problem=problem.slug)
    answer = page("shell/error.html", problem.status, problem=problem, reference=reference)
    answer.headers.update(problem.headers)
    return answer


def _from_http(error: HTTPException) -> Problem:
    status = error.code or 500
    if status == 422:
        return invalid(error)
    if status == 404:
        return not_found()
    allowed = getattr(error, "valid_methods", None)
    headers = {"Allow": ", ".join(sorted(allowed))} if allowed else {}
    slug, title, detail = FRAMEWORK.get(status, ("http-error", error.name, error.description or ""))
    if allowed and _for_a_program():
        detail = f"Send {headers['Allow']}."
    return Problem(status, slug, title, detail, headers)


def _unexpected(error: Exception) -> Problem:
    _log.error("unexpected", exc_info=error)
    return Problem(500, "unexpected", _OURS, _RECORDED)
