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


def outdated() -> dict[str, str]:
    """The pages that differ from what the code says, by name, as they should read."""
    rendered = {name: render() for name, render in PAGES.items()}
    return {name: text for name, text in rendered.items() if _read(DOCS / name) != text}


@click.command(help="Write the pages of docs/ that are read off the code.")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 where a page is out of date.")
def main(check: bool) -> None:
    """Entry point."""
    old = outdated()
    if check:
        for name in old:
            click.echo(f"docs/{name} is out of date. Run: make docs", err=True)
        sys.exit(1 if old else 0)
    for name, text in old.items():
        (DOCS / name).write_text(text, encoding="utf-8")
    click.echo("\n".join(f"docs/{name} written" for name in old) or "docs/ is up to date")


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.is_file() else ""


if __name__ == "__main__":
    main()
