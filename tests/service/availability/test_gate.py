"""J4, the gate: 204 or 503, never 401 or 403, always with the instant up to which it holds."""

import pytest

from availability.gate.board import WITHOUT_DATABASE, Board
from shared.errors import Problem
from tests.service.availability.world import Hours


def test_open_says_until_when(hours: Hours) -> None:
    """204 without a body; the answer may be kept for a second, and until the named instant by those who hear events."""
    hours.at("2026-11-29T20:59:59")
    answer = hours.gate()
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["X-Gatehouse-Valid-Until"] == "2026-11-30T02:00:00Z"
    assert answer.headers["Cache-Control"] == "private, max-age=1"


def test_closed_is_a_problem_with_the_next_opening(hours: Hours) -> None:
    """Sunday 21:30: 503, problem details, `next_open` and `Retry-After` on Monday 05:00."""
    hours.at("2026-11-22T21:30:00")
    answer = hours.gate()
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
    assert answer.json["type"] == "/problems/function-closed"
    assert answer.json["reason"] == "function_closed"
    assert answer.json["next_open"] == "2026-11-23T10:00:00Z"
    assert answer.headers["Retry-After"] == str(7 * 3600 + 1800)


def test_retry_after_is_never_zero(hours: Hours) -> None:
    """Half a second before opening, wait one second."""
    hours.at("2026-11-23T04:59:59.500000")
    assert hours.gate().headers["Retry-After"] == "1"


def test_maintenance_without_an_end_names_no_opening(hours: Hours) -> None:
    """Nobody knows when it opens: `next_open` is null, and the proxy asks again in a while."""
    hours.post("/maintenance", {"calendars": ["website"], "emergency": True, "reason": "Disk full"}, status=201)
    answer = hours.gate("claims.submit")
    assert answer.status_code == 503
    assert (answer.json["reason"], answer.json["next_open"]) == ("maintenance", None)
    assert int(answer.headers["Retry-After"]) >= 1


@pytest.mark.parametrize("method", ["get", "head", "post", "put", "patch", "delete", "options"])
def test_every_method_is_answered_alike(hours: Hours, method: str) -> None:
    """A proxy passes the method of the request it asks about; no method needs a token of any kind."""
    path = "/gate/check?function=eligibility.view"
    assert getattr(hours.client, method)(path).status_code == 204


def test_the_query_wins_over_the_header(hours: Hours) -> None:
    """A client cannot talk its way in with a header when the proxy names the function in the query."""
    hours.at("2026-11-22T21:30:00")
    sneaky = {"X-Gatehouse-Function": "eligibility.view"}
    assert hours.gate("precert.submit", **sneaky).status_code == 503
    assert hours.client.get("/gate/check", headers=sneaky).status_code == 204


def test_unknown_and_missing_functions(hours: Hours) -> None:
    """An unknown function is not found; none at all cannot be read. Neither lets anybody pass."""
    assert hours.gate("precert.sumbit").status_code == 404
    answer = hours.client.get("/gate/check")
    assert (answer.status_code, answer.content_type) == (400, "application/problem+json")


@pytest.mark.parametrize(("language", "words"), [("en", "This part is closed now"), ("es", "Esta parte está cerrada")])
def test_browsers_get_a_plain_page(hours: Hours, language: str, words: str) -> None:
    """503 with words, when it opens, and no sign-in prompt of any kind."""
    hours.at("2026-11-22T21:30:00")
    answer = hours.gate("precert.submit", Accept="text/html,application/xhtml+xml", **{"Accept-Language": language})
    text = answer.get_data(as_text=True)
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert words in text
    assert "5:00\u00a0a." in text
    assert "password" not in text
    assert "WWW-Authenticate" not in answer.headers
    assert int(answer.headers["Retry-After"]) > 0


def test_what_the_client_says_about_time_is_ignored(hours: Hours) -> None:
    """Only the server's clock counts."""
    hours.at("2026-11-22T21:30:00")
    claims = {"Date": "Mon, 23 Nov 2026 12:00:00 GMT", "X-Time-Zone": "Asia/Tokyo", "Time-Zone": "UTC"}
    assert hours.gate("precert.submit", **claims).status_code == 503


def test_it_goes_on_while_the_database_is_away(hours: Hours) -> None:
    """What is on the board stays true for a while; the hours themselves do not depend on a database."""
    hours.at("2026-11-22T20:59:59")
    assert hours.gate().status_code == 204
    assert "X-Gatehouse-Stale" not in hours.gate().headers
    with hours.without_database():
        kept = hours.gate()
        assert (kept.status_code, kept.headers["X-Gatehouse-Stale"]) == (204, "true")
        hours.at("2026-11-22T21:00:00")
        assert hours.gate().status_code == 503
        assert not hours.function()["open"]
        assert hours.client.get("/api/availability/v1/functions").headers["X-Gatehouse-Stale"] == "true"
        assert hours.client.get("/status").headers["X-Gatehouse-Stale"] == "true"
    hours.context.part(Board).forget()
    assert "X-Gatehouse-Stale" not in hours.gate().headers


def test_what_is_kept_without_a_database_ends_after_a_quarter_of_an_hour(hours: Hours) -> None:
    """Bounded staleness: then nobody knows, and nobody is told otherwise; it goes on when the database is back."""
    seconds = [0.0]
    board = Board(hours.context, tick=lambda: seconds[0])
    revision = board.read().revision
    with hours.without_database():
        seconds[0] = WITHOUT_DATABASE
        assert (board.read().revision, board.stale) == (revision, True)
        seconds[0] = WITHOUT_DATABASE + 1
        with pytest.raises(Problem) as refused:
            board.read()
        assert (refused.value.status, refused.value.slug) == (503, "schedule-away")
    assert (board.read().revision, board.stale) == (revision, False)
