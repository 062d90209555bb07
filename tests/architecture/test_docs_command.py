"""`python -m deploy.docs` writes what is missing and says what is out of date."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from deploy.docs import __main__ as command


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docs folder of its own, with two small pages to write."""
    pages: dict[str, Callable[[], str]] = {"one.md": lambda: "# One\n", "two.md": lambda: "# Two\n"}
    monkeypatch.setattr(command, "PAGES", pages)
    monkeypatch.setattr(command, "DOCS", tmp_path)
    return tmp_path


def test_check_names_the_page_and_the_command(folder: Path) -> None:
    """Exit 1, one line for each, and nothing is written."""
    (folder / "one.md").write_text("# One\n")
    answer = CliRunner().invoke(command.main, ["--check"])
    assert answer.exit_code == 1
    assert answer.output == "docs/two.md is out of date. Run: make docs\n"
    assert not (folder / "two.md").exists()


def test_writing_makes_the_check_pass(folder: Path) -> None:
    """And writes nothing a second time."""
    assert "docs/one.md written\ndocs/two.md written" in CliRunner().invoke(command.main).output
    assert CliRunner().invoke(command.main, ["--check"]).exit_code == 0
    assert CliRunner().invoke(command.main).output == "docs/ is up to date\n"
