"""The express lane answers as the framework would: the same headers, ids, refusals and log lines, only sooner."""

import io
from collections.abc import Iterator

import pytest
from flask import Response
from flask.testing import FlaskClient

from shared.auth import open_to_all
from shared.cache import CacheAway
from shared.errors import conflict
from shared.service import Context
from shared.web.express import Asked, Reply, express, install_express
from tests.support.kiosk import Kiosk

QUICK = "/gate/quick"
SECURITY = ("X-Content-Type-Options", "X-Frame-Options", "Content-Security-Policy", "Referrer-Policy", "Cache-Control")
FLASK_S_TURN = "as Flask says it"


def usual() -> Response:
    """The view for what the lane leaves to Flask."""
    return Response(FLASK_S_TURN)


@open_to_all("this is a test of the lane")
@express(otherwise=usual)
def quick(_place: Context, asked: Asked) -> Reply | None:
    """Do what the word of the query says."""
    word = dict(asked.query).get("do", "")
    asked.bring("X-Next", asked.source)
    if word == "conflict":
        raise conflict("too-late", "Somebody was first.")
    if word == "break":
        raise ZeroDivisionError("the secret of the house")
    if word == "cache":
        raise CacheAway
    if word == "kept":
        return Reply(b"{}", headers=(("Cache-Control", "public, max-age=300"),))
    if word == "form":
        return Reply(repr(asked.form()).encode(), content_type="text/plain")
    return None if word == "pass" else Reply(b'{"quick":true}')


@pytest.fixture
def visitor(kiosk: Kiosk) -> Iterator[FlaskClient]:
    """Somebody at a kiosk that has a view in the lane."""
    kiosk.app.add_url_rule(QUICK, "quick", quick, methods=["GET", "POST"])
    install_express(kiosk.app, kiosk.context)
    yield kiosk.browser()


def test_an_answer_of_the_lane_carries_what_every_answer_carries(visitor: FlaskClient) -> None:
    """The headers that keep a browser on our side, and the caller's own request id."""
    answer = visitor.get(QUICK, headers={"X-Request-ID": "req-from-the-gateway"})
    usual_answer = visitor.get(f"{QUICK}?do=pass")
    assert answer.get_json() == {"quick": True}
    assert answer.headers["X-Request-ID"] == "req-from-the-gateway"
    assert [answer.headers[name] for name in SECURITY] == [usual_answer.headers[name] for name in SECURITY]
    assert answer.headers["Content-Length"] == str(len(answer.data))


def test_what_the_lane_leaves_is_answered_by_the_framework(visitor: FlaskClient) -> None:
    """With its body still there to be read."""
    assert visitor.get(f"{QUICK}?do=pass").get_data(as_text=True) == FLASK_S_TURN
    assert visitor.post(f"{QUICK}?do=pass", data={"a": "1"}).get_data(as_text=True) == FLASK_S_TURN


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "DELETE", "TRACE"])
def test_rare_methods_go_the_usual_way(visitor: FlaskClient, method: str) -> None:
    """HEAD has no body, and what the address does not take is 405 (threat 58)."""
    answer = visitor.open(QUICK, method=method)
    assert answer.status_code == (200 if method in {"HEAD", "OPTIONS"} else 405)
    assert answer.data == b"" or method not in {"HEAD", "OPTIONS"}


@pytest.mark.parametrize(("word", "status", "slug"), [("conflict", 409, "too-late"), ("cache", 503, "cache-away")])
def test_refusals_are_problem_details(visitor: FlaskClient, word: str, status: int, slug: str) -> None:
    """RFC 9457, as from any other view."""
    answer = visitor.get(f"{QUICK}?do={word}")
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json()["type"] == f"/problems/{slug}"
    assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"]


def test_what_nobody_foresaw_tells_nothing_of_our_insides(visitor: FlaskClient) -> None:
    """500 once, without a second try of the same work by the framework."""
    answer = visitor.get(f"{QUICK}?do=break")
    assert answer.status_code == 500
    assert "secret of the house" not in answer.get_data(as_text=True)
    assert answer.headers["X-Request-ID"] in answer.get_data(as_text=True)


def test_an_answer_may_say_how_long_it_is_kept(visitor: FlaskClient) -> None:
    """Its own header stands instead of ours, once."""
    assert visitor.get(f"{QUICK}?do=kept").headers.getlist("Cache-Control") == ["public, max-age=300"]


def test_forms_are_read_as_they_came(visitor: FlaskClient) -> None:
    """In order, repetitions and empty values included, so that whoever judges them can."""
    answer = visitor.post(
        f"{QUICK}?do=form", data="a=1&a=2&b=&c=%C3%A9", content_type="application/x-www-form-urlencoded"
    )
    assert answer.get_data(as_text=True) == repr([("a", "1"), ("a", "2"), ("b", ""), ("c", "é")])


@pytest.mark.parametrize("word", ["", "conflict", "break", "cache"])
def test_what_is_brought_goes_with_whatever_answers(visitor: FlaskClient, word: str) -> None:
    """A header for the next request, refusals included; here the address that the request came from."""
    answer = visitor.get(f"{QUICK}?do={word}", environ_overrides={"REMOTE_ADDR": "203.0.113.7"})
    assert answer.headers.getlist("X-Next") == ["203.0.113.7"]


@pytest.mark.parametrize("size", [10, 64 * 1024 + 1])
def test_a_body_is_the_same_in_the_lane_and_in_the_framework(visitor: FlaskClient, size: int) -> None:
    """Larger forms go the usual way and are read by the same function, with the same headers beside them."""
    answer = visitor.post(
        f"{QUICK}?do=form", data=b"a=" + b"x" * size, content_type="application/x-www-form-urlencoded"
    )
    assert answer.get_data(as_text=True) == repr([("a", "x" * size)])
    assert answer.headers.getlist("X-Next") == ["127.0.0.1"]


def test_a_form_without_a_length_is_read_to_its_end(visitor: FlaskClient) -> None:
    """A program that sends in chunks is answered as every other."""
    answer = visitor.post(
        f"{QUICK}?do=form",
        input_stream=io.BytesIO(b"a=1&b=2"),
        headers={"Transfer-Encoding": "chunked", "Content-Type": "application/x-www-form-urlencoded"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.get_data(as_text=True) == repr([("a", "1"), ("b", "2")])


@pytest.mark.parametrize("body", [b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 201)])
def test_a_form_that_cannot_be_read_is_refused(visitor: FlaskClient, body: bytes) -> None:
    """Half a character and a flood of fields are 400, never 500 (threats 49, 57)."""
    answer = visitor.post(f"{QUICK}?do=form", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 400
    assert answer.get_json()["type"] == "/problems/unreadable"


@pytest.mark.parametrize("size", [64 * 1024 + 1, 2 * 1024 * 1024])
def test_a_large_body_is_not_read_in_the_lane(visitor: FlaskClient, size: int) -> None:
    """It goes the usual way, where every body has its limit (threat 57)."""
    answer = visitor.post(f"{QUICK}?do=pass", data=b"a=" + b"x" * size)
    assert answer.get_data(as_text=True) == FLASK_S_TURN


def test_a_body_without_a_length_goes_the_usual_way(kiosk: Kiosk, visitor: FlaskClient) -> None:
    """A chunked body ends where the server says it does, not where a header of the client's does."""
    stream = io.BytesIO(b"do=1")
    answer = visitor.post(
        f"{QUICK}?do=pass",
        input_stream=stream,
        headers={"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.get_data(as_text=True) == FLASK_S_TURN


def test_an_address_that_holds_nul_is_refused_as_everywhere(visitor: FlaskClient) -> None:
    """By the one place that judges addresses."""
    answer = visitor.get(f"{QUICK}?do=a%00b")
    assert answer.get_json()["type"] == "/problems/malformed-address"


def test_the_lane_writes_one_line_and_one_sample(visitor: FlaskClient, capsys: pytest.CaptureFixture[str]) -> None:
    """The route and never the query, under the request's id."""
    before = sample(visitor)
    visitor.get(f"{QUICK}?do=conflict", headers={"X-Request-ID": "req-from-the-gateway"})
    (line,) = [one for one in capsys.readouterr().out.splitlines() if "req-from-the-gateway" in one]
    assert f"route={QUICK}" in line and "status=409" in line and "do=" not in line
    assert sample(visitor) == before + 1


def sample(visitor: FlaskClient) -> float:
    """How many conflicts at the quick address the metrics have counted."""
    wanted = (
        f'gatehouse_http_request_duration_seconds_count{{method="GET",route="{QUICK}",service="kiosk",status="409"}}'
    )
    lines = visitor.get("/metrics").get_data(as_text=True).splitlines()
    return next((float(line.split()[-1]) for line in lines if line.startswith(wanted)), 0.0)
