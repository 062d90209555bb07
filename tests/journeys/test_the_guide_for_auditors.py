"""docs/guides/audit.md works as it stands: its own few lines of Python find what was touched in an export."""

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.audit import chain, export
from shared.audit.checkpoint import public_keys, sign
from shared.service import Context
from tests.journeys.story import THURSDAY
from tests.support.world import one_process

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "audit.md"
Lines = list[str]


@pytest.fixture(scope="module")
def identity(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    """Identity with everything that the demo's people have done."""
    with one_process(tmp_path_factory.mktemp("auditors"), THURSDAY) as world:
        context = world.suite.contexts["identity"]
        chain.seal(context.database, context.clock.now())
        yield context


@pytest.fixture(scope="module")
def exported(identity: Context) -> Lines:
    """What `identity audit export` prints, line by line."""
    return [line.decode() for line in export(identity.database, lambda head: checkpoint(identity, head))]


@pytest.fixture(scope="module")
def unbroken() -> Callable[[Lines], int]:
    """The page's own function; it imports nothing but the standard library."""
    (block,) = re.findall(r"^```python\n(.*?)^```$", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    code: dict[str, Any] = {}
    exec(compile(block, str(GUIDE), "exec"), code)
    found: Callable[[Lines], int] = code["unbroken"]
    return found


def checkpoint(identity: Context, head: chain.Head) -> str:
    """What `identity audit checkpoint` prints."""
    return sign(identity.settings.secret_keys, "identity", head, identity.clock.now())


def test_an_export_is_whole_by_the_page_s_own_lines(exported: Lines, unbroken: Callable[[Lines], int]) -> None:
    """Every entry counts, whatever letters are in it."""
    assert unbroken(exported) == len(exported) - 1 > 20


def test_whatever_is_touched_is_found_by_the_page_s_own_lines(
    exported: Lines, unbroken: Callable[[Lines], int]
) -> None:
    """Threat 44: changed, left out, put elsewhere, cut off."""
    changed = json.loads(exported[4])
    changed["entry"]["actor"] = "acc_somebody_else"
    with pytest.raises(ValueError, match="position 5 "):
        unbroken([*exported[:4], json.dumps(changed), *exported[5:]])
    with pytest.raises(ValueError, match="position 5 "):
        unbroken([*exported[:4], *exported[5:]])
    with pytest.raises(ValueError, match="position 5 "):
        unbroken([*exported[:4], exported[5], exported[4], *exported[6:]])
    with pytest.raises(ValueError, match="cut off"):
        unbroken([*exported[:-2], exported[-1]])
    with pytest.raises(ValueError, match="in the middle"):
        unbroken(exported[:-1])


def test_the_table_names_every_field_of_an_entry(exported: Lines) -> None:
    """And none that is not there; `id` and `number` name the entry itself."""
    table = GUIDE.read_text(encoding="utf-8").split("| field of an entry | says |")[1].split("\n\n")[0]
    listed = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    assert listed == set(json.loads(exported[0])["entry"]) - {"id", "number"}


def test_an_export_is_checked_against_a_checkpoint_without_database_and_network(
    identity: Context, exported: Lines, tmp_path: Path
) -> None:
    """The command of the page: 0 for what goes through the checkpoint, 1 for what does not reach it."""
    with identity.reading() as session:
        noted = checkpoint(identity, chain.head(session))
    whole, short = (*exported,), (*exported[:3], _ending_at(exported[2]))
    for name, text in {
        "whole.jsonl": "".join(whole),
        "short.jsonl": "".join(short),
        "noted": noted,
        "keys": orjson.dumps(public_keys(identity.settings.secret_keys)).decode(),
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert _verified(tmp_path, "whole.jsonl").returncode == 0
    cut = _verified(tmp_path, "short.jsonl")
    assert cut.returncode == 1 and f"it once reached {len(exported) - 1}" in cut.stderr


def _ending_at(line: str) -> str:
    """The last line of an export that somebody shortened with care."""
    last = json.loads(line)
    return json.dumps({"head": {"position": last["position"], "hash": last["hash"]}}) + "\n"


def _verified(folder: Path, name: str) -> "subprocess.CompletedProcess[str]":
    words = [sys.executable, "-m", "shared.audit.verify", name, "--checkpoint", "noted", "--keys", "keys"]
    return subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
