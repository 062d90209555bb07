"""`python -m shared.audit.verify FILE` checks an export without a database; 0 sound, 1 touched, 2 unreadable."""

import sys
from pathlib import Path

import click
import orjson

from shared.audit.checkpoint import BadCheckpoint, read
from shared.audit.export import check

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_FILE)
@click.option("--checkpoint", type=_FILE, help="A checkpoint noted earlier; the chain must go through it.")
@click.option("--keys", type=_FILE, help="The service's public keys (`audit keys`) that checkpoints are signed with.")
def main(file: Path, checkpoint: Path | None, keys: Path | None) -> None:
    """Check the chain of an exported audit FILE (JSON lines)."""
    expected = None
    if checkpoint is not None:
        if keys is None:
            raise click.UsageError("--checkpoint needs --keys: without them anybody could have made it")
        try:
            expected = read(checkpoint.read_text(encoding="utf-8"), orjson.loads(keys.read_bytes())).head
        except BadCheckpoint as error:
            click.echo(f"the checkpoint: {error}", err=True)
            sys.exit(1)
    with file.open("rb") as exported:
        bad, head = check(exported, expected)
    if bad:
        click.echo(f"position {bad.position}, entry {bad.entry_id or 'unknown'}: {bad.why}", err=True)
        sys.exit(1)
    click.echo(f"{head.position} entries, unbroken; the head is {head.hash}")


if __name__ == "__main__":
    main()
