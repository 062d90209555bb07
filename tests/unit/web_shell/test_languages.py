"""Two languages: how one is chosen, that the switch is a plain link, and that no sentence is left untranslated."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import shared
from shared.i18n import SHARED_CATALOGUE, Message, best_language, say, translations
from shared.web.shell.language import language_links
from shared.web.shell.moments import ago, until, when
from tests.support.catalogues import broken, keys, literals, spanish, spoken, translated
from tests.unit.web_shell.conftest import Open
from tests.unit.web_shell.gallery import HERE

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
FLOOR = Path(shared.__file__).parent


def test_the_browser_s_wish_is_heard(see: Open) -> None:
    """`Accept-Language` decides where nothing else does; regional variants count."""
    assert see("/gallery/form", **{"Accept-Language": "fr, es-MX;q=0.8, en;q=0.5"}).get("lang") == "es"
    assert see("/gallery/form", **{"Accept-Language": "fr"}).get("lang") == "en"


def test_the_switch_is_a_link_that_is_remembered(client: FlaskClient, see: Open) -> None:
    """Following the link answers in Spanish and sets a cookie for the next pages; English is one link away."""
    link = see("/gallery/form").cssselect("footer [hreflang=es]")[0].get("href")
    answer = client.get(f"/gallery/form{link}")
    assert "Unirse a un consultorio" in answer.get_data(as_text=True)
    assert answer.headers["Content-Language"] == "es"
    assert see("/gallery/help").get("lang") == "es"
    assert see("/gallery/help?lang=en").get("lang") == "en"


def test_the_switch_keeps_the_page_and_its_query(see: Open) -> None:
    """Everything else in the query stays, twice-given names and all."""
    link = see("/gallery/form?state=a%26b&tag=1&tag=2&lang=en").cssselect("footer [hreflang=es]")[0].get("href")
    assert link == "?state=a%26b&tag=1&tag=2&lang=es"


@pytest.mark.parametrize("path", ["//evil.example/x", "/%5cevil.example", "/gallery/form?next=https://evil.example"])
def test_the_switch_cannot_lead_away(app: Flask, path: str) -> None:
    """The link is a bare query, so no path and no parameter can make it point to another site."""
    with app.test_request_context(path):
        assert all(link.href.startswith("?") for link in language_links())


def test_a_page_that_only_posts_switches_at_the_front_door(client: FlaskClient) -> None:
    """A link back to an address that cannot be read would be a dead end."""
    page = client.get("/gallery/form").get_data(as_text=True)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post("/gallery/only-post", data={"csrf_token": token}).get_data(as_text=True)
    assert 'href="/?lang=es"' in answer


def test_an_unknown_language_changes_nothing(client: FlaskClient) -> None:
    """Only languages on offer are set as a cookie."""
    answer = client.get("/gallery/form?lang=xx%0d%0aSet-Cookie:evil")
    assert "gatehouse_language" not in str(answer.headers.getlist("Set-Cookie"))


def test_the_service_s_words_win_over_the_floor_s() -> None:
    """Both have "Help"; the service's own is shown. What it lacks comes from the floor, then from English."""
    words = translations("es", HERE / "locale")
    assert words.gettext("Help") == "Ayuda del consultorio"
    assert words.gettext("Sign out") == "Cerrar sesión"
    assert words.gettext("Never translated %(x)s", x=1) == "Never translated 1"


def test_numbers_take_the_form_that_fits() -> None:
    """One request, two requests, in both languages."""
    spanish, english = translations("es", HERE / "locale"), translations("en", HERE / "locale")
    assert [words.ngettext("%(n)s request", "%(n)s requests", n) for words in (spanish, english) for n in (1, 2)] == [
        "1 solicitud",
        "2 solicitudes",
        "1 request",
        "2 requests",
    ]


def test_a_sentence_said_where_no_language_is_known_is_translated_later() -> None:
    """`say` reads as English and keeps its key."""
    sentence = say("Use %(longest)s characters or fewer", longest=40)
    assert isinstance(sentence, Message)
    assert sentence == "Use 40 characters or fewer"
    assert translations("es").render(sentence) == "Use 40 caracteres o menos"


def test_an_empty_sentence_stays_empty() -> None:
    """gettext's empty key is the catalogue's header; it never reaches a page."""
    assert translations("es").gettext("") == ""


@pytest.mark.parametrize(
    ("instant", "style", "english", "spanish"),
    [
        (
            NOW,
            "full",
            "Monday, November 23, 2026 at 5:00\u00a0a.m. Eastern",
            "lunes, 23 de noviembre de 2026, a las 5:00\u00a0a.\u00a0m., hora del Este",
        ),
        (NOW, "short", "Nov 23, 2026, 5:00\u00a0a.m. Eastern", "23 nov 2026, 5:00\u00a0a.\u00a0m., hora del Este"),
        (NOW, "date", "Monday, November 23, 2026", "lunes, 23 de noviembre de 2026"),
        (NOW + timedelta(hours=7), "time", "12:00\u00a0p.m. Eastern", "12:00\u00a0p.\u00a0m., hora del Este"),
        (datetime(2026, 7, 5, 1, 30, tzinfo=UTC), "short", "Jul 4, 2026, 9:30\u00a0p.m. Eastern", None),
    ],
)
def test_times_are_eastern_and_say_so(instant: datetime, style: str, english: str, spanish: str | None) -> None:
    """The zone is always named, and the day is the Eastern day."""
    assert when(instant, "en", style) == english
    if spanish is not None:
        assert when(instant, "es", style) == spanish


MIDNIGHT = datetime(2026, 12, 5, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("instant", "style", "english", "spanish"),
    [
        (MIDNIGHT, "full", "the end of Friday, December 4, 2026", "el final del viernes, 4 de diciembre de 2026"),
        (MIDNIGHT, "short", "the end of Dec 4, 2026", "el final del 4 dic 2026"),
        (datetime(2026, 7, 1, 4, tzinfo=UTC), "short", "the end of Jun 30, 2026", "el final del 30 jun 2026"),
        (datetime(2026, 11, 2, 5, tzinfo=UTC), "short", "the end of Nov 1, 2026", "el final del 1 nov 2026"),
        (
            MIDNIGHT - timedelta(seconds=1),
            "short",
            "Dec 4, 2026, 11:59\u00a0p.m. Eastern",
            "el 4 dic 2026, 11:59\u00a0p.\u00a0m., hora del Este",
        ),
        (
            MIDNIGHT + timedelta(hours=1),
            "full",
            "Saturday, December 5, 2026 at 1:00\u00a0a.m. Eastern",
            "el sábado, 5 de diciembre de 2026, a la 1:00\u00a0a.\u00a0m., hora del Este",
        ),
    ],
    ids=["a day", "a day in short", "in summer", "the day the clocks change", "a second before", "an hour after"],
)
def test_what_ends_with_a_day_names_its_last_day(instant: datetime, style: str, english: str, spanish: str) -> None:
    """Whoever asked for a last day of December 4 reads of December 4, never of a midnight that is another day."""
    assert until(instant, "en", style) == english
    assert until(instant, "es", style) == spanish


@pytest.mark.parametrize("said", [when, until])
def test_a_time_without_a_zone_is_refused(said: Callable[[datetime], str]) -> None:
    """A naive time is a guess, and guesses are not printed."""
    with pytest.raises(ValueError, match="zone"):
        said(NOW.replace(tzinfo=None))


def test_distances_read_both_ways() -> None:
    """Past and future, in both languages."""
    assert ago(NOW - timedelta(hours=3), NOW) == "3 hours ago"
    assert ago(NOW + timedelta(days=2), NOW) == "in 2 days"
    assert ago(NOW - timedelta(hours=3), NOW, "es") == "hace 3 horas"
    assert (ago(NOW, NOW), ago(NOW, NOW, "es")) == ("just now", "ahora mismo")


def test_lookup_follows_the_order_of_wishes() -> None:
    """First wish that is on offer; else the first on offer."""
    assert best_language([None, "xx", "es_MX", "en"], ["en", "es"]) == "es"
    assert best_language([], ["en", "es"]) == "en"


def test_every_sentence_of_the_floor_is_there_in_spanish() -> None:
    """Nothing missing, nothing fuzzy, nothing empty, and placeholders agree."""
    assert set(spoken(FLOOR)) - translated(spanish(SHARED_CATALOGUE)) == set()
    assert broken(spanish(SHARED_CATALOGUE)) == []


def test_the_catalogue_holds_nothing_that_is_not_said() -> None:
    """A sentence that was reworded takes its old translation with it. Problems are said as plain literals."""
    assert keys(spanish(SHARED_CATALOGUE)) - set(spoken(FLOOR)) - literals(FLOOR) == set()
