"""M18: whoever has the whole database and not its keys cannot find a TIN in it, nor tell which rows share one."""

import base64
import hashlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from pydantic import SecretStr

from registration.app import SERVICE
from registration.demo import DemoApplicant, apply
from registration.directory import imports
from registration.directory.imports import Row
from registration.directory.vault import TinVault
from registration.settings import RegistrationSettings
from shared import runtime
from shared.crypto import BlindIndex
from shared.db.migrate import migrate
from shared.service import Context

TIN = "987654321"
SPELLINGS = (TIN, "98-7654321", "987-65-4321", "98 7654321", TIN[::-1], str(int(TIN)), f"{int(TIN):x}", f"{int(TIN):b}")
DIGESTS = ("md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3_256", "blake2b", "blake2s")
KEY = "registration-dump-key-0123456789abcdef"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Context]:
    """Registration with a TIN in every place that holds one: directory, organization, application, case, events."""
    on_sqlite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/registration.db" if on_sqlite else request.getfixturevalue("postgres")("registration")
    settings = RegistrationSettings(
        mode="test", database_url=url, broker_url="memory:", cache_url="memory:", secret_key=SecretStr(KEY)
    )
    context = runtime.build(SERVICE, settings)
    migrate(context.database, SERVICE.migrations)
    row = Row(TIN, "Harbor", "(202) 555-0111", True, True, organization_id="org_1")
    with context.transaction() as work:
        imports.keep(work, context.part(TinVault), row)
        apply(
            work, DemoApplicant("acc_1", "Sam", "sam@harbor.example", "+12025550114", "Harbor", TIN, ("claims.submit",))
        )
    yield context
    context.database.close()


def dump(place: Context) -> str:
    """Every row of every table, as text."""
    address = place.settings.database_url
    if address.startswith("sqlite"):
        with sqlite3.connect(address.removeprefix("sqlite:///")) as connection:
            text = "\n".join(connection.iterdump())
        connection.close()
        return text
    with psycopg.connect(address.replace("+psycopg", "")) as server:
        tables = server.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return "\n".join(copied(server, str(name)) for (name,) in tables)


def copied(server: "psycopg.Connection[tuple[object, ...]]", table: str) -> str:
    """One table."""
    with server.cursor().copy(f"COPY {table} TO STDOUT".encode()) as out:
        return b"".join(bytes(piece) for piece in out).decode()


def guesses() -> Iterator[str]:
    """What somebody without a key can make of a TIN, to look for it: its spellings, their encodings and digests."""
    for spelling in SPELLINGS:
        yield spelling
        yield spelling.encode().hex()
        yield base64.b64encode(spelling.encode()).decode().rstrip("=")
        for name in DIGESTS:
            digest = hashlib.new(name, spelling.encode()).digest()
            yield digest.hex()
            yield base64.b64encode(digest).decode().rstrip("=")
            yield base64.urlsafe_b64encode(digest).decode().rstrip("=")
    for key in (b"", b"tin", b"secret", b"tin" + b"0" * 32, b"tin" + KEY[:-1].encode()):
        yield BlindIndex(key).of(TIN)


def test_a_dump_cannot_be_searched_by_tin(place: Context) -> None:
    """M18: neither the number nor anything that can be computed from it alone stands anywhere."""
    text = dump(place)
    folded = text.lower()
    assert [guess for guess in guesses() if guess in text or guess.lower() in folded] == []


def test_who_has_the_key_finds_it(place: Context) -> None:
    """The search above looks at the right text: with the key the TIN is there, in each table that knows it."""
    assert dump(place).count(place.part(TinVault).index(TIN)) == 3
    with place.reading() as session:
        query = "SELECT tin_box FROM directory_entries UNION ALL SELECT tin_box FROM organizations"
        boxes = [
            row[0]
            for row in session.connection().exec_driver_sql(f"{query} UNION ALL SELECT tin_box FROM applications")
        ]
    assert [place.part(TinVault).open(box) for box in boxes] == [TIN] * 3


def test_the_same_number_is_never_sealed_alike(place: Context) -> None:
    """Two boxes of one TIN have nothing in common, so that boxes cannot be compared with boxes."""
    vault = place.part(TinVault)
    boxes = {vault.seal(TIN).box for _ in range(50)}
    assert len(boxes) == 50 and len({box[-20:] for box in boxes}) == 50
