"""`python -m deploy.docs` writes the generated pages; with `--check` it only says which are out of date."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from deploy.docs import commands, configuration, errors, events, openapi
from deploy.docs.house import DOCS

PAGES: Mapping[str, Callable[[], str]] = {
    "events.md": events.render,
    "configuration.md": configuration.render,
    "errors.md": errors.render,
    "commands.md": commands.render,
    "openapi.md": openapi.render,
}


def outdated(folder: Path = DOCS) -> list[str]:
    """The pages that differ from what the code says."""
    return [name for name, render in PAGES.items() if _read(folder / name) != render()]


def write(folder: Path = DOCS) -> list[str]:
    """Write every page; return the names of those that changed."""
    changed = []
    for name, render in PAGES.items():
        text = render()
        if _read(folder / name) != text:
            (folder / name).write_text(text, encoding="utf-8")
            changed.append(name)
    return changed


@click.command(help="Write the pages of docs/ that are read off the code.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a page is out of date.")
def main(check: bool) -> None:
    """Entry point."""
    if not check:
        click.echo("\n".join(f"docs/{name} written" for name in write()) or "docs/ is up to date")
        return
    for name in (old := outdated()):
        click.echo(f"docs/{name} is out of date. Run: make docs", err=True)
    sys.exit(1 if old else 0)


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


if __name__ == "__main__":
    main()
