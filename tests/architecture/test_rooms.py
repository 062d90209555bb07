"""Every room says at its door what it owns, what it offers and what it refuses to know."""

import ast
from pathlib import Path

import pytest

from deploy.docs.house import ROOT, SERVICES, from_root, packages, python_files, tree_of

THREE = ("owns", "offers", "refuses")


def rooms() -> list[Path]:
    """The doors of all rooms: the services themselves, the folders inside them, and the floor's folders."""
    doors = [*SERVICES.glob("*/*/__init__.py"), *SERVICES.glob("*/*/*/__init__.py")]
    doors += [ROOT / "shared" / "__init__.py", *(ROOT / "shared").glob("*/__init__.py")]
    return sorted(door for door in doors if door.parents[1].name != "migrations" and "migrations" not in door.parts)


@pytest.mark.parametrize("door", rooms(), ids=from_root)
def test_a_room_says_what_it_is_for(door: Path) -> None:
    """Owns, offers, refuses to know: one docstring."""
    said = (ast.get_docstring(tree_of(door)) or "").lower()
    assert [word for word in THREE if word not in said] == []


def test_the_door_of_a_room_imports_nothing(package: str) -> None:
    """Inside a service an `__init__.py` is a sign, not a hallway."""
    doors = [file for file in python_files("services") if file.name == "__init__.py" and package in file.parts]
    assert [from_root(door) for door in doors if len(tree_of(door).body) > 1] == []


def test_every_module_says_what_it_is() -> None:
    """A docstring at the top of every file of the house."""
    files = python_files("shared", "services", "deploy", "tests")
    assert [from_root(file) for file in files if not ast.get_docstring(tree_of(file))] == []


def test_service_folders_carry_the_deployable_s_name() -> None:
    """Folder with dashes, package with underscores; nothing else differs."""
    assert all((SERVICES / package.replace("_", "-") / package).is_dir() for package in packages())
