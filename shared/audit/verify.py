"""`python -m shared.audit.verify FILE` checks an export without a database; 0 sound, 1 touched, 2 unreadable."""

import sys
from pathlib import Path

import click

from shared.audit.export import check


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def main(file: Path) -> None:
    """Check the chain of an exported audit FILE (JSON lines)."""
    with file.open("rb") as exported:
        bad, head = check(exported)
    if bad:
        click.echo(f"position {bad.position}, entry {bad.entry_id or 'unknown'}: {bad.why}", err=True)
        sys.exit(1)
    click.echo(f"{head.position} entries, unbroken; the head is {head.hash}")


if __name__ == "__main__":
    main()
