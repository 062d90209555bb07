"""What the database says when something goes wrong must be fit for a log."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from shared.db.floor import inbox
from tests.support.kiosk import Kiosk


def test_a_failing_statement_does_not_tell_what_was_to_be_stored(kiosk: Kiosk) -> None:
    """Messages with codes, names and hashes travel as parameters; the text of an error ends up in logs."""
    row = {"event_id": "Your code is 123456", "type": "t", "received_at": kiosk.clock.now()}
    with pytest.raises(IntegrityError) as caught, kiosk.context.database.transaction() as session:
        session.execute(insert(inbox).values(row))
        session.execute(insert(inbox).values(row))
    assert "123456" not in str(caught.value)
