"""The secrets that a local run makes up are kept, and a release that knows more clients adds theirs."""

import json
from pathlib import Path

from deploy.allinone import Secrets


def test_a_first_start_makes_them_and_a_later_one_finds_them(tmp_path: Path) -> None:
    """Random, no two alike, and readable for their owner alone."""
    file = tmp_path / "var" / "secrets.json"
    made = Secrets.kept_in(file)
    assert Secrets.kept_in(file) == made
    every = [*made.keys.values(), *made.clients.values()]
    assert len(set(every)) == len(every) and min(map(len, every)) >= 32
    assert file.stat().st_mode & 0o077 == 0


def test_a_new_client_gets_its_secret_and_the_others_keep_theirs(tmp_path: Path) -> None:
    """A restart after an update keeps the data and starts."""
    file = tmp_path / "secrets.json"
    before = Secrets.kept_in(file)
    older = {name: secret for name, secret in before.clients.items() if name != "trial-partner"}
    file.write_text(json.dumps({"keys": before.keys, "clients": older}))
    after = Secrets.kept_in(file)
    assert after.keys == before.keys
    assert {name: after.clients[name] for name in older} == older
    assert after.clients["trial-partner"] != before.clients["trial-partner"]
    assert Secrets.kept_in(file) == after
