"""Who is signed in when this release starts stays signed in, with the hour they had; so do those of half an upgrade."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from identity.app import SERVICE
from identity.sessions import service as sessions
from identity.sessions.models import Session
from shared.crypto import sha256
from shared.db import open_database
from tests.service.identity.world import PAT, World

SEEN = datetime(2026, 11, 23, 14, 30, tzinfo=UTC)
OLD = """INSERT INTO sessions
(id, token_hash, account_id, acr, amr, auth_time, started_at, last_seen_at, ends_at, version)
VALUES ('ses_old', 'x', 'acc_1', 'urn:gatehouse:acr:1', '["pwd"]', :seen, :seen, :seen, '2026-11-24 02:00:00', 1)"""


def to(connection: Connection, revision: str, *, down: bool = False) -> None:
    """Take identity's tables to a revision."""
    folder = str(SERVICE.migrations)
    script = ScriptDirectory(folder, version_locations=[f"{folder}/versions"])
    config = Config()
    config.set_main_option("script_location", folder)
    walk = script._downgrade_revs if down else script._upgrade_revs

    def steps(present: object, _context: object) -> list[object]:
        return list(walk(revision, present))  # type: ignore[arg-type]

    with EnvironmentContext(config, script, fn=steps) as environment:
        environment.configure(connection=connection, version_table="alembic_version", render_as_batch=True)
        with environment.begin_transaction():
            environment.run_migrations()


def test_a_session_of_the_release_before_keeps_its_hour(tmp_path: Path) -> None:
    """The row gains its own instant: last use and an hour. Going back takes the columns away and leaves the row."""
    database = open_database(f"sqlite:///{tmp_path}/old.db")
    with database.engine.connect() as connection:
        to(connection, "0008")
        connection.execute(text(OLD), {"seen": SEEN.replace(tzinfo=None).isoformat(" ")})
        connection.commit()
        to(connection, "0009")
        connection.commit()
        row = connection.execute(text("SELECT idles_at, owes, ended_at FROM sessions")).one()
        assert datetime.fromisoformat(row.idles_at).replace(tzinfo=UTC) == SEEN + timedelta(hours=1)
        assert row.owes is None and row.ended_at is None
        to(connection, "0008", down=True)
        connection.commit()
        assert connection.execute(text("SELECT id FROM sessions")).scalar_one() == "ses_old"
    database.close()


def test_a_session_that_the_release_before_writes_meanwhile_works(world: World) -> None:
    """It has no instant of its own: it is good until its end, and gets one at its first use here."""
    (pat,) = world.seed(PAT)
    now = world.clock.now()
    with world.context.transaction() as work:
        facts = {"acr": "urn:gatehouse:acr:1", "amr": ["pwd"], "auth_time": now, "started_at": now}
        ends = now + timedelta(hours=12)
        work.session.add(
            Session(
                id="ses_new",
                token_hash=sha256("s" * 43),
                account_id=pat,
                last_seen_at=now,
                ends_at=ends,
                version=1,
                **facts,
            )
        )
    visitor = world.browser()
    visitor.cookies.set("gh_session", "s" * 43, domain="localhost.local")
    world.clock.advance(timedelta(minutes=2))
    visitor.open("/account")
    assert visitor.address.endswith("/account")
    with world.context.reading() as session:
        (one,) = sessions.listing(session, pat, world.clock.now())
    assert one.idle == timedelta(hours=1) and one.reasons == () and one.label is None
