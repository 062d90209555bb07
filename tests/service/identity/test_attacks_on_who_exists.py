"""Threat 26 where the time goes: how much Argon2 works is the same for every name, whatever is known of it.

The statements are compared in test_hostile_sign_ins.py, the times themselves in `make soak`.
"""

import argon2
import pytest

from identity.accounts import service as accounts
from identity.passwords import hasher
from identity.passwords.policy import LONGEST
from tests.service.identity.world import MEG, NEW, OLA, PASSWORD, PAT, World

WRONG = "not the password at all"
DOORS = {"/login": "Sign in", "/recover/lost": "Continue"}


@pytest.fixture
def worked(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What each use of Argon2 has cost since, in memory × passes; the real one does its work all the same."""
    done: list[int] = []
    verify, raw = argon2.PasswordHasher.verify, hasher.hash_secret_raw

    def verifying(self: argon2.PasswordHasher, stored: str, typed: str) -> bool:
        made_with = argon2.extract_parameters(stored)
        done.append(made_with.memory_cost * made_with.time_cost)
        return verify(self, stored, typed)

    def working(secret: bytes, salt: bytes, passes: int, memory: int, *rest: object) -> bytes:
        done.append(memory * passes)
        return raw(secret, salt, passes, memory, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(argon2.PasswordHasher, "verify", verifying)
    monkeypatch.setattr(hasher, "hash_secret_raw", working)
    return done


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("typed", [WRONG, "x" * (LONGEST + 1), " "], ids=["wrong", "too long", "blank"])
def test_attack_26_a_name_is_not_told_by_the_work_it_makes(
    world: World, worked: list[int], door: str, typed: str
) -> None:
    """Threat 26, ASVS 6.3.8: nobody's, an active, an invited, a closed, a held account, and one in other letters."""
    _pat, _new, meg, ola = world.seed(PAT, NEW, MEG, OLA)
    with world.context.transaction() as work:
        accounts.close(work, meg, "left")
        accounts.suspend(work, ola, "Reported by the practice")
    names = ("nobody.here", PAT.user_id, PAT.user_id.upper(), NEW.user_id, MEG.user_id, OLA.user_id)
    made = {name: refused(world, worked, door, name, typed) for name in names}
    assert len(set(made.values())) == 1, made
    assert made["nobody.here"][1] == world.settings.hash_memory_kib * world.settings.hash_passes


def test_the_measure_sees_the_work_for_a_password_that_fits(world: World, worked: list[int]) -> None:
    """Or equal numbers would mean nothing."""
    world.seed(PAT)
    assert refused(world, worked, "/login", PAT.user_id, PASSWORD)[1] > 0


def refused(world: World, worked: list[int], door: str, name: str, typed: str) -> tuple[int, int]:
    """The status of the answer to a name and a password, and how much Argon2 worked for it."""
    visitor = world.browser(address=f"203.0.113.{len(name)}")
    visitor.open(door)
    visitor.fill("User ID", name)
    visitor.fill("Password", typed)
    worked.clear()
    visitor.press(DOORS[door])
    return visitor.answer.status_code, sum(worked)
