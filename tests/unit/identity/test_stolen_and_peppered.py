"""The operator's list of stolen passwords, and the key beside the hash."""

import random
from hashlib import sha1
from pathlib import Path

import pytest
import structlog

from identity.passwords.blocklist import BreachFile, BreachFileFault
from identity.passwords.hasher import Hasher
from identity.passwords.pepper import Pepper, put_together, taken_apart
from identity.passwords.policy import ALONE, Fault, fault
from identity.settings import IdentitySettings
from shared.config.settings import SettingsError, load

OLD, NEW = b"old pepper " * 4, b"new pepper " * 4
SEALS = "two harbor seals at dawn"


def digest(password: str) -> str:
    """The name of a password on the public list."""
    return sha1(password.encode(), usedforsecurity=False).hexdigest().upper()


def written(folder: Path, *lines: str, end: str = "\r\n") -> Path:
    """A file of these lines."""
    file = folder / "stolen.txt"
    file.write_bytes(end.join(lines).encode())
    return file


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tail", [0, 1])
def test_every_line_of_the_list_is_found_and_nothing_else(tmp_path: Path, end: str, tail: int) -> None:
    """D3, ASVS 6.2.12: first, last and all between, with counts of any length, with and without a last line's end."""
    told = [f"password {number}" for number in range(500)]
    chance = random.Random(7)
    lines = sorted(f"{digest(password)}:{10 ** chance.randrange(8)}" for password in told)
    stolen = BreachFile(written(tmp_path, *lines, *[""] * tail, end=end))
    assert all(password in stolen for password in told)
    assert not [number for number in range(2000) if f"other {number}" in stolen]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_short_lists_are_lists_too(tmp_path: Path, count: int) -> None:
    """One line, two, three, without counts."""
    told = [f"password {number}" for number in range(count)]
    stolen = BreachFile(written(tmp_path, *sorted(map(digest, told))))
    assert all(password in stolen for password in told) and "another" not in stolen


def test_without_a_list_nothing_is_stolen(tmp_path: Path) -> None:
    """None configured, or an empty file."""
    assert SEALS not in BreachFile() and SEALS not in BreachFile(written(tmp_path)) and 7 not in BreachFile()


def test_a_large_list_is_searched_and_not_read(tmp_path: Path) -> None:
    """Any size: of a million lines about twenty are looked at."""
    lines = sorted(f"{random.Random(number).getrandbits(160):040X}" for number in range(20_000))
    stolen = BreachFile(written(tmp_path, *sorted([*lines, digest(SEALS)])))
    looked = 0
    find = stolen._line_at

    def counted(where: int) -> int:
        nonlocal looked
        looked += 1
        return find(where)

    stolen._line_at = counted  # type: ignore[method-assign]
    assert SEALS in stolen and looked <= 16


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ([digest("a").lower()], "upper-case"),
        (["password1", "password2"], "upper-case"),
        (["F" * 40, "0" * 40], "order"),
    ],
)
def test_a_list_that_cannot_be_searched_is_refused_at_start(tmp_path: Path, lines: list[str], told: str) -> None:
    """Better no start than a check that finds nothing; the words say what to mend."""
    with pytest.raises(BreachFileFault, match=told):
        BreachFile(written(tmp_path, *lines))


def test_a_list_that_is_not_there_is_refused_at_start(tmp_path: Path) -> None:
    """A typo in the path must not switch the check off."""
    with pytest.raises(BreachFileFault, match=r"nowhere\.txt"):
        BreachFile(tmp_path / "nowhere.txt")


def test_a_stolen_password_cannot_be_chosen_however_its_accents_are_typed(tmp_path: Path) -> None:
    """The reason is its own: not common, stolen."""
    stolen = BreachFile(written(tmp_path, digest("résumé at the harbor")))
    for typed in ("résumé at the harbor", "re\u0301sume\u0301 at the harbor"):
        assert fault(typed, least=ALONE, blocked=frozenset(), stolen=stolen) is Fault.STOLEN
    assert fault("Résumé at the harbor", least=ALONE, blocked=frozenset(), stolen=stolen) is None


def test_the_same_password_under_another_key_is_another_hash() -> None:
    """SP 800-63B-4 §3.1.1.2: without the key the table says nothing about any password."""
    plain, peppered = hasher(), hasher(NEW)
    stored = peppered.hash(SEALS)
    bare = taken_apart(stored).argon2
    assert peppered.verify(stored, SEALS) and not peppered.verify(stored, SEALS + " ")
    assert not plain.verify(bare, SEALS) and not plain.verify(stored, SEALS)
    assert not hasher(OLD).verify(stored, SEALS)


def test_a_new_key_checks_what_the_older_ones_made_and_asks_for_a_new_hash() -> None:
    """Keys change without anybody choosing a new password: also the first key, where there was none."""
    both = hasher(NEW, OLD)
    for stored in (hasher().hash(SEALS), hasher(OLD).hash(SEALS)):
        assert both.verify(stored, SEALS) and both.outdated(stored)
    assert not both.outdated(both.hash(SEALS))


def test_a_key_that_is_gone_costs_the_same_time_and_never_fits() -> None:
    """The check is done all the same, so that nobody learns which accounts it concerns (threat 26); the log says it."""
    orphan = put_together("deadbeef", hasher().hash(SEALS))
    with structlog.testing.capture_logs() as told:
        assert not hasher(NEW).verify(orphan, SEALS) and not hasher(NEW).verify(orphan, "")
    assert [(line["event"], line["key_id"]) for line in told] == [("password_key_missing", "deadbeef")] * 2


def test_a_stored_hash_is_no_longer_than_its_column() -> None:
    """Room for memory and passes of years to come."""
    assert len(Hasher(memory_kib=4096, passes=12, pepper=Pepper([NEW])).hash(SEALS)) < 200


def test_keys_come_from_a_file_and_short_ones_are_refused(tmp_path: Path) -> None:
    """Kept apart from the database, several for a change of keys; never shown."""
    file = tmp_path / "pepper"
    file.write_text("n" * 32 + "\n" + "o" * 32 + "\n", encoding="utf-8")
    settings = load(IdentitySettings, environment(GATEHOUSE_PASSWORD_PEPPER_FILE=str(file)))
    assert settings.pepper_keys == [b"n" * 32, b"o" * 32]
    assert "nnnn" not in repr(settings) + str(settings.shown())
    with pytest.raises(SettingsError, match="32 characters"):
        load(IdentitySettings, environment(GATEHOUSE_PASSWORD_PEPPER="too short"))
    assert load(IdentitySettings, environment()).pepper_keys == []


def hasher(*keys: bytes) -> Hasher:
    """A quick hasher with these keys."""
    return Hasher(memory_kib=8, passes=1, pepper=Pepper(keys))


def environment(**more: str) -> dict[str, str]:
    """The least that a service must be told."""
    urls = {"DATABASE": "sqlite:///x.db", "BROKER": "memory:", "CACHE": "memory:"}
    return {**{f"GATEHOUSE_{name}_URL": url for name, url in urls.items()}, "GATEHOUSE_SECRET_KEY": "k" * 40, **more}
