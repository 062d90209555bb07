"""What portals show above their pages, and what anybody may look up about the past."""

from tests.service.availability.world import Hours

MESSAGE = {"en": "We install a new release.", "es": "Instalamos una nueva versión."}


def plan(hours: Hours, **wish: object) -> dict[str, object]:
    """Plan or start a maintenance of the website."""
    body = {"calendars": ["website"], "reason": "CHG-4711", "message": MESSAGE, "emergency": True, **wish}
    return hours.post("/maintenance", body, status=201)


def test_the_banner_is_silent_while_there_is_nothing_to_say(hours: Hours) -> None:
    """204, which any portal may read; what begins later than tomorrow is not said yet."""
    hours.at("2026-11-23T10:00")
    plan(hours, starts_at="2026-11-29T11:00:00Z", ends_at="2026-11-29T12:00:00Z")
    answer = hours.client.get("/status/banner")
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert answer.headers["Cache-Control"] == "private, max-age=60"


def test_the_banner_tells_a_day_ahead_and_then_until_when(hours: Hours) -> None:
    """J2: planned within a day, then under way; in the language asked for, and never kept past its next change."""
    hours.at("2026-11-28T10:00")
    plan(hours, starts_at="2026-11-29T11:00:00Z", ends_at="2026-11-29T12:00:00Z")
    soon = hours.client.get("/status/banner").get_data(as_text=True)
    assert "Maintenance is planned" in soon
    assert MESSAGE["en"] in soon
    hours.at("2026-11-29T05:59:30")
    assert hours.client.get("/status/banner").headers["Cache-Control"] == "private, max-age=30"
    hours.at("2026-11-29T06:00")
    now = hours.client.get("/status/banner?lang=es")
    text = now.get_data(as_text=True)
    assert "Hay un mantenimiento en curso" in text
    assert MESSAGE["es"] in text
    assert now.headers["Content-Language"] == "es"
    hours.at("2026-11-29T07:00")
    assert hours.client.get("/status/banner").status_code == 204


def test_the_banner_is_a_fragment_without_anything_that_runs(hours: Hours) -> None:
    """No document around it, no script, no style, no cookie; the operator's reason stays inside."""
    plan(hours)
    answer = hours.client.get("/status/banner")
    text = answer.get_data(as_text=True)
    assert text.startswith("<div")
    for word in ("<html", "<script", "style=", "CHG-4711"):
        assert word not in text
    assert "Set-Cookie" not in answer.headers


def test_words_of_an_operator_are_text_in_a_portals_page(hours: Hours) -> None:
    """Threat 31: what was typed as a message cannot become markup there."""
    plan(hours, message={"en": "<img src=x onerror=alert(1)>"})
    assert "&lt;img src=x" in hours.client.get("/status/banner").get_data(as_text=True)


def test_the_last_90_days_can_be_looked_up(hours: Hours) -> None:
    """J7: what was closed from when until when, as it really was; cancelled plans and older things are not there."""
    hours.at("2026-08-20T10:00")
    old = plan(hours)
    hours.at("2026-08-20T11:00")
    hours.post(f"/maintenance/{old['id']}/end", {"reason": "Done"})
    hours.at("2026-11-20T10:00")
    begun = plan(hours, ends_at="2026-11-20T20:00:00Z")
    hours.at("2026-11-20T10:45")
    hours.post(f"/maintenance/{begun['id']}/end", {"reason": "Done"})
    dropped = plan(hours, starts_at="2026-11-20T18:00:00Z")
    hours.post(f"/maintenance/{dropped['id']}/cancel", {"reason": "Not needed"})
    hours.at("2026-11-21T10:00")
    [found] = dict(hours.client.get("/status/history.json").json or {})["maintenance"]
    assert found == {
        "id": begun["id"],
        "calendars": ["website"],
        "functions": [],
        "clients": [],
        "started_at": "2026-11-20T15:00:00Z",
        "ended_at": "2026-11-20T15:45:00Z",
        "minutes": 45,
        "message": MESSAGE,
    }
    page = hours.client.get("/status/history").get_data(as_text=True)
    assert MESSAGE["en"] in page
    assert "CHG-4711" not in page


def test_a_quiet_past(hours: Hours) -> None:
    """Nothing to show is said in words; what is under way is not past yet."""
    plan(hours)
    page = hours.client.get("/status/history?lang=es").get_data(as_text=True)
    assert "En los últimos 90 días no se cerró nada" in page
    assert 'href="/status/history"' in hours.client.get("/status").get_data(as_text=True)
