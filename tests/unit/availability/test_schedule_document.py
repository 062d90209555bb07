"""A schedule that cannot be kept is refused in sentences, all at once."""

import copy
from pathlib import Path
from typing import Any

import pytest

import availability
from availability.calendars.document import NotASchedule, default_document, parse, with_exception
from shared.i18n import translations


def test_the_default_schedule_is_the_one_of_the_domain_page() -> None:
    """Website and EDI are always open; precertification has its hours and is part of the website."""
    schedule = parse(default_document(), 1)
    assert [name for name, one in schedule.calendars.items() if one.always] == ["website", "edi"]
    assert schedule.chain("precertification") == ("precertification", "website")
    assert {name for name, calendar in schedule.functions.items() if calendar == "precertification"} == {
        "precert.submit",
        "precert.view",
    }


def _with(change: dict[str, Any]) -> dict[str, Any]:
    document = copy.deepcopy(default_document())
    document["calendars"][2] |= change
    return document


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"zone": "America/Gotham"}, "the time zone America/Gotham is not known"),
        ({"zone": "../etc/passwd"}, "is not known"),
        ({"part_of": "portal"}, "names the calendar portal, which is not there"),
        ({"part_of": "precertification"}, "is part of itself"),
        ({"id": "website"}, "the id website is used twice"),
        ({"windows": [{"days": ["monday"], "opens": "5 am", "closes": "03:00"}]}, "5 am is not a time"),
        ({"windows": [{"days": ["someday"], "opens": "05:00", "closes": "03:00"}]}, "Calendar 3"),
        ({"windows": [{"days": [], "opens": "05:00", "closes": "03:00"}]}, "at least one day"),
        ({"windows": [{"days": ["monday"], "opens": "05:00"}]}, "'closes' is missing"),
        ({"hours": "always"}, "unknown entries hours"),
        ({"windows": "always"}, "windows must be a list"),
        (
            {"exceptions": [{"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-25T00:00"}]},
            "must end after it starts",
        ),
    ],
)
def test_faults_are_told_in_sentences(change: dict[str, Any], fault: str) -> None:
    """Each fault names its place and itself."""
    with pytest.raises(NotASchedule) as refused:
        parse(_with(change), 2)
    assert any(fault in sentence for sentence in refused.value.faults), refused.value.faults


def test_an_empty_schedule_is_refused() -> None:
    """Without a calendar nothing could be answered."""
    with pytest.raises(NotASchedule, match="at least one calendar"):
        parse({"calendars": [], "functions": {}}, 1)


def test_an_exception_is_added_to_a_copy() -> None:
    """The published document is never changed in place."""
    before = default_document()
    entry = {"kind": "closure", "starts": "2026-12-25T00:00", "ends": "2026-12-26T00:00"}
    after = with_exception(before, "edi", entry)
    assert before == default_document()
    assert parse(after, 2).calendars["edi"].exceptions
    with pytest.raises(KeyError):
        with_exception(before, "portal", entry)


SPANISH = translations("es", Path(str(availability.__file__)).parent / "locale")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"zone": "America/Gotham"}, "Calendario 3: no se conoce la zona horaria America/Gotham."),
        ({"id": "website"}, "Calendario 3: el identificador website se usa dos veces."),
        ({"windows": "always"}, "Calendario 3: windows debe ser una lista."),
        ({"hours": "always"}, "Calendario 3: entradas desconocidas: hours."),
        (
            {"windows": [{"days": ["someday"], "opens": "05:00", "closes": "03:00"}]},
            "Calendario 3: someday: no es un día de la semana.",
        ),
        (
            {"windows": [{"days": ["monday"], "opens": "5 am", "closes": "03:00"}]},
            "Calendario 3: 5 am no es una hora como 05:00.",
        ),
        (
            {"part_of": "portal"},
            "El calendario precertification nombra el calendario portal, que no existe.",
        ),
        ({"title": 7}, "Calendario 3: algo no tiene la forma que necesita."),
    ],
)
def test_faults_are_told_in_the_readers_language(change: dict[str, Any], sentence: str) -> None:
    """Whole sentences, the fault inside of the place included."""
    with pytest.raises(NotASchedule) as refused:
        parse(_with(change), 2)
    assert sentence in [SPANISH.render(fault) for fault in refused.value.faults]


@pytest.mark.parametrize(
    "document",
    [
        {"calendars": [None], "functions": {}},
        {"calendars": ["website"], "functions": {}},
        {"calendars": [{"id": "a", "title": {"en": "A"}, "zone": 7}], "functions": {}},
        {"calendars": [{"id": "a", "title": {"en": "A"}, "zone": "UTC", "windows": [7]}], "functions": {}},
        {
            "calendars": [{"id": "a", "title": {"en": "A"}, "zone": "UTC", "exceptions": [{"kind": "x"}]}],
            "functions": {},
        },
    ],
)
def test_whatever_is_sent_is_refused_in_words_and_not_with_a_fault_of_ours(document: dict[str, Any]) -> None:
    """Threat 49: no shape of the document is an error of the program, and no word of Python is shown."""
    with pytest.raises(NotASchedule) as refused:
        parse(document, 2)
    assert all("object" not in fault and "NoneType" not in fault for fault in refused.value.faults)
