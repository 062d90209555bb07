"""What a box closed: known as such, stored where it is looked for and nowhere else, closed again under a newer key."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Column, MetaData, String, Table, insert, select
from sqlalchemy.exc import StatementError

from shared.crypto import HashBox, SecretBox, digest_of
from shared.db import Database, SealedHash, SealedText, open_database
from shared.sealed import Sealed
from shared.verbs.renewing import Renewal, Renewer, sealed_columns

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
Box = Callable[[list[bytes]], SecretBox | HashBox]
TABLES = MetaData()
notes = Table(
    "notes",
    TABLES,
    Column("id", String(10), primary_key=True),
    Column("open", String(300)),
    Column("shut", SealedText(300)),
    Column("any_length", SealedText),
    Column("hash", SealedHash(64)),
)
links = Table(
    "links", TABLES, Column("owner", String(10), primary_key=True), Column("hash", SealedHash(64), primary_key=True)
)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """A table with columns of every kind, on one database, then on the other."""
    on_sqlite = request.param == "sqlite"
    made = open_database(f"sqlite:///{tmp_path}/notes.db" if on_sqlite else request.getfixturevalue("postgres")())
    TABLES.create_all(made.engine)
    yield made
    made.close()


def closed(kind: Box, keys: list[bytes]) -> Sealed:
    """Something in a box of either kind."""
    box = kind(keys)
    return box.encrypt("123456789") if isinstance(box, SecretBox) else box.seal(digest_of("123456789"))


@pytest.mark.parametrize("kind", [SecretBox, HashBox])
def test_a_value_moves_to_the_newest_key_once(kind: Box) -> None:
    """Then the newest key alone opens it, and there is nothing to do the next time."""
    both = kind([NEW, OTHER, OLD])
    moved = both.renewed(closed(kind, [OLD]))
    assert moved is not None
    assert both.renewed(moved) is None and kind([NEW]).renewed(moved) is None
    with pytest.raises(ValueError, match="no key of this box opens the value"):
        kind([OLD]).renewed(moved)


@pytest.mark.parametrize("kind", [SecretBox, HashBox])
@pytest.mark.parametrize("value", ["", "x", "gAAAAA", "é" * 64, "a" * 64, "f" * 63 + "=", "0" * 64])
def test_what_is_not_ours_opens_under_no_key(kind: Box, value: str) -> None:
    """A ValueError that repeats nothing, whatever the text is."""
    with pytest.raises(ValueError, match=r"^no key of this box opens the value$"):
        kind([NEW, OLD]).renewed(value)


def test_a_text_stays_the_same_under_its_new_key() -> None:
    """What was written is what is read."""
    moved = SecretBox([NEW, OLD]).renewed(SecretBox([OLD]).encrypt("Ánima 診療所"))
    assert moved is not None and SecretBox([NEW]).decrypt(moved) == "Ánima 診療所"


def test_a_hash_is_found_by_equality_under_every_key_that_is_known() -> None:
    """Whoever knows the secret and the keys can say what is stored; a moved hash is the one that was made anew."""
    digest, old = digest_of("a secret"), HashBox([OLD]).seal(digest_of("a secret"))
    assert HashBox([NEW, OLD]).forms(digest) == [HashBox([NEW]).seal(digest), old]
    assert HashBox([NEW, OLD]).renewed(old) == HashBox([NEW]).seal(digest)
    assert len(old) == 64 and old != HashBox([OLD]).seal(digest_of("another"))


def test_a_dump_confirms_no_guess() -> None:
    """Without the key nobody can tell whether a secret is the one, nor read its plain hash."""
    digest = digest_of("a secret")
    stored = HashBox([OLD]).seal(digest)
    assert stored not in HashBox([OTHER]).forms(digest)
    assert digest.hex() not in stored and digest_of("a secret") not in stored.encode()


def test_a_changed_hash_opens_no_more() -> None:
    """One letter is enough: nobody can make a hash of theirs by bending another's."""
    stored = HashBox([OLD]).seal(digest_of("a secret"))
    for place in (0, 31, 63):
        bent = stored[:place] + ("A" if stored[place] != "A" else "B") + stored[place + 1 :]
        with pytest.raises(ValueError, match="no key"):
            HashBox([OLD]).renewed(bent)


def test_a_box_of_hashes_needs_a_key() -> None:
    """None is a mistake, not a box without lock."""
    with pytest.raises(ValueError, match="at least one key"):
        HashBox([])


def test_sealed_columns_give_back_what_they_took(database: Database) -> None:
    """As what it is, so that it may move on to another sealed column; nothing and empty stay so."""
    text, hashed = closed(SecretBox, [OLD]), closed(HashBox, [OLD])
    with database.transaction() as session:
        session.execute(insert(notes).values(id="1", shut=text, any_length="", hash=hashed))
    with database.transaction() as session:
        row = session.execute(select(notes).where(notes.c.hash == hashed)).one()
        session.execute(insert(notes).values(id="2", any_length=row.shut))
    with database.reading() as session:
        first, second = session.execute(select(notes).order_by(notes.c.id)).all()
    assert (first.shut, first.any_length, first.hash, first.open) == (text, "", hashed, None)
    assert isinstance(first.shut, Sealed) and second.any_length == text


def test_a_sealed_column_takes_nothing_that_lies_open(database: Database) -> None:
    """A TIN written past its box is refused before it reaches the database, and no error repeats it."""
    with pytest.raises(StatementError) as refused, database.transaction() as session:
        session.execute(insert(notes).values(id="1", shut="123456789"))
    assert "123456789" not in str(refused.value)


def test_what_is_sealed_goes_into_no_other_column(database: Database) -> None:
    """Nobody would find it there on the day its key goes: neither driver takes it."""
    text = closed(SecretBox, [OLD])
    with pytest.raises((StatementError, TypeError)) as refused, database.transaction() as session:
        session.execute(insert(notes).values(id="1", open=text))
    assert text not in str(refused.value)
    with pytest.raises((StatementError, TypeError)), database.transaction() as session:
        session.connection().exec_driver_sql("DELETE FROM notes WHERE open = " + _placeholder(database), (text,))


def test_columns_are_found_by_what_they_say() -> None:
    """There is no list to forget one in."""
    assert sorted(map(str, sealed_columns([TABLES]))) == ["links.hash", "notes.any_length", "notes.hash", "notes.shut"]


def test_a_hash_that_is_a_key_itself_moves_as_well(database: Database) -> None:
    """Rows change their place under the hands of whoever goes through them: each is moved once, none is forgotten."""
    digests = [digest_of(f"link {number}") for number in range(450)]
    rows = [{"owner": f"o{number % 3}", "hash": HashBox([OLD]).seal(one)} for number, one in enumerate(digests)]
    with database.transaction() as session:
        session.execute(insert(links), rows)
    found = Renewer(database, [TABLES], [NEW, OLD]).run(lambda _done, _whole: None)
    assert found == Renewal(renewed=450, current=450)
    with database.reading() as session:
        assert set(session.scalars(select(links.c.hash))) == {HashBox([NEW]).seal(one) for one in digests}


def _placeholder(database: Database) -> str:
    return "?" if database.dialect == "sqlite" else "%s"
