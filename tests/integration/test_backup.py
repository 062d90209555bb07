"""A dump and its restore, with the words of docs/operations.md: what is there afterwards, and what is not."""

import re
import shlex
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from deploy.servers.debian import programs_of
from deploy.servers.process import DidNotStart
from identity.app import SERVICE
from shared.audit import chain
from shared.db.migrate import migrate
from tests.service.identity.world import MEG, PAT, World

GUIDE = Path(__file__).parents[2] / "docs" / "operations.md"


@dataclass
class Rehearsal:
    """Identity as it was, on one database, and the means to have it back on another one."""

    world: World
    folder: Path
    new_database: Callable[[str], str]
    restored: World | None = None

    def dump(self) -> None:
        """Back up as the page says."""
        run("pg_dump", self.world.settings.database_url, self.folder / "identity.dump")

    def restore(self) -> World:
        """Restore as the page says, into an empty database, and start the service there."""
        url = self.new_database("restored")
        run("pg_restore", url, self.folder / "identity.dump")
        self.restored = World(self.folder, url, clock=self.world.clock)
        return self.restored


def run(program: str, url: str, file: Path) -> None:
    """Run a program with the options that the page gives it, and with our server's address for the container's."""
    try:
        place = programs_of(f"/usr/lib/postgresql/*/bin/{program}")
    except DidNotStart:
        pytest.skip(f"no {program} on this machine")
    text = GUIDE.read_text(encoding="utf-8").replace("\\\n", " ")
    (given,) = re.findall(rf"exec -T postgres {program} --username gatehouse (.*?) [<>]\"backup/", text)
    options = [word for word in shlex.split(given) if word not in {"--dbname", "$name"}]
    to = ["--file", str(file), url] if program == "pg_dump" else ["--dbname", url, str(file)]
    words = [str(place), *options, *(word.replace("+psycopg", "") for word in to)]
    subprocess.run(words, check=True, capture_output=True, timeout=60)


@pytest.fixture
def rehearsal(tmp_path: Path, postgres: Callable[..., str]) -> Iterator[Rehearsal]:
    """Two people, one of them with a second factor."""
    world = World(tmp_path, postgres("identity"))
    world.seed(PAT, MEG)
    made = Rehearsal(world, tmp_path, postgres)
    yield made
    world.close()
    if made.restored is not None:
        made.restored.close()


def test_people_sign_in_after_a_restore_with_what_they_had(rehearsal: Rehearsal) -> None:
    """Password and second factor; and no migration has anything to add."""
    rehearsal.dump()
    world = rehearsal.restore()
    assert migrate(world.context.database, SERVICE.migrations) == []
    meg = world.signed_in(MEG)
    meg.fill("6-digit code", world.code())
    meg.press("Continue")
    meg.open("/account")
    assert "Meg Manager" in meg.text


def test_the_audit_is_whole_after_a_restore_and_a_later_checkpoint_tells_what_is_missing(rehearsal: Rehearsal) -> None:
    """What was sealed is proven; what waited for its seal gets it, once; what came after the dump is missed."""
    database, now = rehearsal.world.context.database, rehearsal.world.clock.now
    rehearsal.world.signed_in(PAT)
    chain.seal(database, now())
    rehearsal.world.signed_in(PAT)
    rehearsal.dump()
    chain.seal(database, now())
    with database.reading() as session:
        with_the_dump = chain.head(session)
    rehearsal.world.signed_in(PAT)
    chain.seal(database, now())
    with database.reading() as session:
        after_it = chain.head(session)
    restored = rehearsal.restore().context.database
    chain.seal(restored, now())
    assert chain.verify(restored, with_the_dump) is None
    missed = chain.verify(restored, after_it)
    assert missed is not None and f"it once reached {after_it.position}" in missed.why


def test_a_sign_in_of_a_young_dump_is_back_and_one_of_an_old_dump_is_over(rehearsal: Rehearsal) -> None:
    """threat 20: as the page says, a cookie kept somewhere opens what was signed out since, for an hour at most."""
    pat = rehearsal.world.signed_in(PAT)
    kept = dict(pat.cookies)
    rehearsal.dump()
    pat.open("/account")
    pat.press("Sign out")
    world = rehearsal.restore()
    assert reached(world, kept) == "/account"
    world.clock.advance(timedelta(minutes=61))
    assert reached(world, kept) == "/login"


def reached(world: World, cookies: dict[str, str]) -> str:
    """Where a browser with these cookies gets to on its way to the account."""
    visitor = world.browser()
    visitor.cookies.update(cookies)
    visitor.open("/account")
    return re.sub(r"\?.*|^https?://[^/]+", "", visitor.address)
