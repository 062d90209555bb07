"""People read what a function does, in their language; nobody reads its id (experience: plain words)."""

from pathlib import Path

import httpx

from access_manager.functions.catalogue import FUNCTIONS
from availability.calendars.document import default_document
from availability.status.tasks import TaskNames
from deploy.docs.house import service
from shared.i18n import translations
from tests.service.availability.world import Hours, service_on

LOCALE = service("availability").folder / "availability" / "locale"
CLOSES = {"functions": ["precert.submit"], "reason": "Something broke", "emergency": True}


class Catalogue:
    """Access-manager, which answers or does not; with how often it was asked."""

    def __init__(self) -> None:
        self.answers = [
            httpx.Response(200, json={"functions": [{"id": one.id, "task": one.task} for one in FUNCTIONS]})
        ]
        self.asked = 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """The next answer; the last one stays."""
        self.asked += 1
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


class Ticks:
    """A clock for waiting that only the test moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Seconds."""
        return self.now


def test_the_form_for_maintenance_speaks_of_tasks(hours: Hours) -> None:
    """What an operator chooses reads like what a manager assigns, in both languages; the ids are values only."""
    hours.sign_in()
    english = hours.client.get("/hours/maintenance/new").get_data(as_text=True)
    spanish = hours.client.get("/hours/maintenance/new?lang=es").get_data(as_text=True)
    for one in FUNCTIONS:
        assert f">{one.task}<" in english
        assert f">{translations('es', LOCALE).gettext(one.task)}<" in spanish
        assert f">{one.id}<" not in english + spanish
    assert "Exchange files between systems (EDI)" in english


def test_everybody_reads_what_is_closed_in_plain_words(hours: Hours) -> None:
    """The public page, the fragment for portals, the calendar feed and the operators' list."""
    hours.sign_in()
    hours.post("/maintenance", CLOSES, status=201)
    for page in ("/status", "/status/banner", "/status/calendar.ics", "/hours"):
        said = hours.client.get(page).get_data(as_text=True).replace("\r\n ", "")
        assert "Send precertification requests" in said, page
        assert ">precert.submit" not in said, page
    assert "Enviar solicitudes de precertificación" in hours.client.get("/status?lang=es").get_data(as_text=True)


def test_programs_go_on_reading_ids(hours: Hours) -> None:
    """A name may be reworded, an id never."""
    hours.post("/maintenance", CLOSES, status=201)
    (told,) = dict(hours.client.get("/status.json").json or {})["maintenance"]
    assert told["functions"] == ["precert.submit"]


def test_every_task_has_a_spanish_name() -> None:
    """A task that is added or reworded in the catalogue is noticed here."""
    spoken = translations("es", LOCALE)
    assert [one.task for one in FUNCTIONS if spoken.gettext(one.task) == one.task] == []


def test_every_function_of_a_new_installation_has_a_name(hours: Hours) -> None:
    """The default schedule names nothing that people read as an id."""
    names = hours.context.part(TaskNames).read()
    assert [one for one in default_document()["functions"] if one not in names] == []


def test_hours_are_told_while_access_manager_is_away(tmp_path: Path) -> None:
    """Ids at worst, and one question in half a minute however many pages are read; the names come when it is back."""
    catalogue, ticks = Catalogue(), Ticks()
    catalogue.answers.insert(0, httpx.Response(503))
    with service_on(f"sqlite:///{tmp_path}/availability.sqlite", catalogue) as hours:
        names = TaskNames(hours.context, ticks)
        assert names.read().get("precert.submit") is names.read().get("precert.submit") is None
        assert catalogue.asked == 1
        ticks.now += 30
        assert names.read()["precert.submit"] == "Send precertification requests"
        catalogue.answers = [httpx.Response(200, json=["nothing", "that", "we", "know"])]
        ticks.now += 300
        assert names.read()["precert.submit"] == "Send precertification requests"
        assert catalogue.asked == 3


def test_a_page_is_shown_with_ids_at_worst(tmp_path: Path) -> None:
    """Nothing of the status page depends on another service."""
    away = Catalogue()
    away.answers = [httpx.Response(503)]
    with service_on(f"sqlite:///{tmp_path}/availability.sqlite", away) as hours:
        hours.post("/maintenance", CLOSES, status=201)
        said = hours.client.get("/status")
        assert said.status_code == 200
        assert "precert.submit" in said.get_data(as_text=True)
