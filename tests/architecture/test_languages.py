"""Every sentence of every service is there in Spanish with the same values, and none outlives its English."""

from pathlib import Path

import pytest

from deploy.docs.house import ROOT, SERVICES, service
from shared.i18n import SHARED_CATALOGUE
from tests.support.catalogues import broken, keys, literals, spanish, spoken, translated


@pytest.fixture
def folder(package: str) -> Path:
    """The service's package."""
    return service(package).folder / package


def test_no_sentence_is_missing(folder: Path) -> None:
    """A Spanish page has no English line in its middle."""
    known = translated(spanish(folder / "locale")) | translated(spanish(SHARED_CATALOGUE))
    assert {text: where for text, where in spoken(folder).items() if text not in known} == {}


def test_translations_take_the_same_values(folder: Path) -> None:
    """What English names, Spanish names, and nothing else."""
    assert broken(spanish(folder / "locale")) == []


def test_no_translation_is_left_over(folder: Path, said_anywhere: set[str]) -> None:
    """A sentence that was reworded takes its old translation with it."""
    assert keys(spanish(folder / "locale")) - set(spoken(folder)) - said_anywhere == set()


@pytest.fixture(scope="module")
def said_anywhere() -> set[str]:
    """Texts in Python and JSON of all services: what one says as data, another may show (tasks, for example)."""
    return literals(ROOT / "shared", SERVICES)
