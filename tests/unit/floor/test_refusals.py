"""Errors have one exit: problem details for programs, a page for people, and nothing of our insides for either."""

import pytest
from werkzeug.test import TestResponse

from shared import errors
from shared.auth.possession import BOTH_WAYS
from shared.cache import CacheAway
from shared.errors import Problem
from shared.web.exits import reference_of
from tests.support.kiosk import API, Kiosk


def problem(answer: TestResponse) -> dict[str, object]:
    """The problem details of an answer."""
    assert answer.content_type == "application/problem+json"
    return dict(answer.get_json())


def test_an_api_refuses_with_problem_details(kiosk: Kiosk) -> None:
    """RFC 9457: the members, the media type, and the request id that is also in the header."""
    kiosk.fails_with.append(errors.conflict("too-late", "Somebody was first.", decided_by="acc_1"))
    answer = kiosk.post({"name": "a"}, headers={"X-Request-ID": "req-from-the-gateway"})
    assert answer.status_code == 409
    assert problem(answer) == {
        "type": "/problems/too-late",
        "title": "The present state does not allow this.",
        "status": 409,
        "detail": "Somebody was first.",
        "instance": f"{API}/things",
        "request_id": "req-from-the-gateway",
        "decided_by": "acc_1",
    }
    assert answer.headers["X-Request-ID"] == "req-from-the-gateway"
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_page_refuses_with_a_page(kiosk: Kiosk) -> None:
    """In words, with the status and a code that a person can read out."""
    answer = kiosk.browser().get("/kiosk/nowhere")
    assert answer.status_code == 404
    assert answer.mimetype == "text/html"
    assert reference_of(answer.headers["X-Request-ID"]) in answer.get_data(as_text=True)


@pytest.mark.parametrize("path", ["/kiosk/broken", f"{API}/things"])
def test_what_nobody_foresaw_tells_nothing_of_our_insides(kiosk: Kiosk, path: str) -> None:
    """500, the id under which the log knows more, for people its code, and no message, no name, no trace."""
    kiosk.fails_with.append(ZeroDivisionError("the secret of the house"))
    answer = kiosk.post({"name": "a"}) if path.startswith("/api") else kiosk.browser().get(path)
    assert answer.status_code == 500
    said = answer.get_data(as_text=True)
    known = answer.headers["X-Request-ID"]
    assert (known if path.startswith("/api") else reference_of(known)) in said
    assert not any(word in said for word in ("secret of the house", "ZeroDivision", "Traceback", ".py"))


def test_a_request_id_that_is_not_one_is_replaced(kiosk: Kiosk) -> None:
    """What a stranger sends does not get into our logs and headers unchecked."""
    for given in ("", "a" * 200, "with space and more", "ünïcode-but-long"):
        answer = kiosk.browser().get("/healthz", headers={"X-Request-ID": given.encode("utf-8").decode("latin-1")})
        assert answer.headers["X-Request-ID"].startswith("req_")


def test_a_method_that_is_not_there_names_those_that_are(kiosk: Kiosk) -> None:
    """405 with Allow (RFC 9110 §15.5.6)."""
    answer = kiosk.browser().patch(f"{API}/things")
    assert answer.status_code == 405
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_cache_that_is_away_is_a_pause_not_a_crash(kiosk: Kiosk) -> None:
    """503 with Retry-After."""
    kiosk.fails_with.append(CacheAway("connection refused by 10.0.0.7"))
    answer = kiosk.post({"name": "a"})
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "10.0.0.7" not in answer.get_data(as_text=True)


def test_whoever_has_no_token_learns_nothing_from_the_body_s_faults(kiosk: Kiosk) -> None:
    """Authentication is asked before anything is parsed."""
    answer = kiosk.browser().post(f"{API}/things", data=b"{", content_type="text/plain")
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"] == BOTH_WAYS


def test_whoever_has_no_token_learns_both_ways_in(kiosk: Kiosk) -> None:
    """RFC 9449 §7.1: Bearer, and DPoP with the algorithms of proofs; no error, as nothing was refused yet."""
    told = kiosk.browser().get(f"{API}/things").headers["WWW-Authenticate"]
    bearer, _, dpop = told.partition(", ")
    assert (bearer, dpop.partition(" ")[0]) == ("Bearer", "DPoP")
    assert "ES256" in dpop and "none" not in dpop and "error" not in told


def test_a_token_without_the_scope_is_told_which(kiosk: Kiosk) -> None:
    """403 with the scope as a named member."""
    answer = kiosk.browser().post(f"{API}/things", json={"name": "a"}, headers=kiosk.bearer("kiosk.read"))
    assert answer.status_code == 403
    assert problem(answer)["scope"] == "kiosk.write"


@pytest.mark.parametrize(
    ("made", "status", "slug"),
    [
        (errors.bad_request("odd", "Why."), 400, "odd"),
        (errors.unauthorized("who", "Why.", "Bearer"), 401, "who"),
        (errors.forbidden("no", "Why."), 403, "no"),
        (errors.not_found(), 404, "not-found"),
        (errors.conflict("late", "Why."), 409, "late"),
        (errors.precondition_failed("Why."), 412, "changed-meanwhile"),
        (errors.unsupported_media("Why."), 415, "unsupported-media-type"),
        (errors.unprocessable({"b": ["x"], "a": ["y"]}), 422, "validation"),
        (errors.too_many(0), 429, "too-many-requests"),
        (errors.unavailable("away", "Why.", 0), 503, "away"),
    ],
)
def test_the_vocabulary(made: Problem, status: int, slug: str) -> None:
    """Each helper gives its status and its name; waiting times are at least a second."""
    assert (made.status, made.slug) == (status, slug)
    assert made.title
    assert made.headers.get("Retry-After", "1") == "1"


@pytest.mark.parametrize("path", ["/api/nobody/v1/things", "/api/kiosk", "/scim/v2/Users", "/ssf/streams"])
def test_a_program_that_asks_where_nothing_is_gets_problem_details(kiosk: Kiosk, path: str) -> None:
    """Whoever answers under `/api/`: the default service has what nobody claims."""
    answer = kiosk.browser().get(path)
    assert (answer.status_code, problem(answer)["type"]) == (404, "/problems/not-found")


def test_a_program_is_told_which_methods_there_are(kiosk: Kiosk) -> None:
    """405 with `Allow`, and no talk of buttons."""
    answer = kiosk.browser().delete(f"{API}/things")
    assert answer.status_code == 405
    assert problem(answer)["detail"] == f"Send {answer.headers['Allow']}."
