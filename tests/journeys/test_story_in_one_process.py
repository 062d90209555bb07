"""The story in the all-in-one shape, page by page without JavaScript; and what is left of it (N4)."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.story import PASSWORD, THURSDAY, TOLD, Story
from tests.service.identity_oidc.suite import claims_of
from tests.support.pages import PageVisitor
from tests.support.relying_party import RelyingParty
from tests.support.world import OneProcess, one_process

# What a one-time code may stand in: the message that brings it, also while it waits to be sent.
_ITS_OWN_MESSAGE = {"notices"}


def test_from_registration_to_an_open_gate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Everything that the README promises happens, in order, through the front door.

    N4: after it no log line, address, event, row of a database, mail or token holds a TIN, a password or a cookie, and
    a one-time code stands in its own message only.
    """
    visitors: list[PageVisitor] = []

    def browser() -> PageVisitor:
        visitors.append(PageVisitor(world.base_url))
        return visitors[-1]

    with one_process(tmp_path, THURSDAY) as world:
        Story(world, browser).tell()
        assert {event.type for event in world.events()} >= TOLD
        tokens = RelyingParty(world, browser(), "trial").sign_in("casey.rivers", PASSWORD)
        left = remains(world, visitors, tokens)
        left["logs"] = "".join(capsys.readouterr())
        assert "route=" in left["logs"]
        assert found(left, tins(world)) == []
        assert (
            found(left, {PASSWORD, *(str(one["password"]) for one in world.facts["people"] if one["password"])}) == []
        )
        assert found(left, cookies(visitors)) == []
        sent = codes(world)
        assert len(sent) >= 4
        assert (
            found({name: text for name, text in left.items() if name not in {"mails", *_ITS_OWN_MESSAGE}}, sent) == []
        )


def remains(world: OneProcess, visitors: list[PageVisitor], tokens: dict[str, Any]) -> dict[str, str]:
    """All that stays of a story, by where it stays."""
    kept: dict[str, list[str]] = {"addresses": [each for visitor in visitors for each in visitor.visited]}
    kept["events"] = [event.to_bytes().decode() for event in world.events()]
    kept["mails"] = [str(one) for one in mails(world)]
    kept["tokens"] = [str(claims_of(tokens[name])) for name in ("access_token", "id_token")]
    for context in world.suite.contexts.values():
        with context.reading() as session:
            connection = session.connection()
            tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
            for table in tables:
                rows = connection.exec_driver_sql(f'SELECT * FROM "{table}"').all()
                kept.setdefault(table, []).extend(str(tuple(row)) for row in rows)
    return {place: "\n".join(lines) for place, lines in kept.items()}


def mails(world: OneProcess) -> list[dict[str, Any]]:
    """Every captured message, mail or text."""
    return [message.as_json() for message in world.suite.messages.list()]


def tins(world: OneProcess) -> set[str]:
    """Every TIN of the demo, as people write it."""
    known = {str(one["tin"]) for one in world.facts["organizations"] if one["tin"]}
    return known | {f"{tin[:2]}-{tin[2:]}" for tin in known}


def cookies(visitors: list[PageVisitor]) -> set[str]:
    """What the browsers hold that lets them in; short values are choices, such as the language."""
    return {str(one.value) for visitor in visitors for one in visitor.cookies.jar if len(str(one.value)) > 16}


def codes(world: OneProcess) -> set[str]:
    """The one-time codes that were sent."""
    texts = [one["text"] for one in mails(world) if "code" in one["text"]]
    return {hit for text in texts for hit in re.findall(r"(?<![\d-])\d{6}(?![\d-])", text)}


def found(left: dict[str, str], secrets: set[str]) -> list[tuple[str, str]]:
    """Which secret stands where, as a word of its own."""
    words = {secret: re.compile(rf"(?<![0-9A-Za-z]){re.escape(secret)}(?![0-9A-Za-z])") for secret in secrets}
    return [(place, secret) for place, text in left.items() for secret, word in words.items() if word.search(text)]
