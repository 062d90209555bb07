"""The interoperability profile of CAEP, with things that really happen to somebody (CAEP interop 1.0 §2 and §3; K4)."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import pytest

from identity.mfa import binding
from identity.signals import kinds
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import Ears, Line, polling, pushed
from tests.service.identity_signals.receivers import POLL, PUSH, Receiver
from tests.support.signal_receiver import Heard, SignalReceiver

STATE = "interop"
USE_CASES = (kinds.SESSION_REVOKED, kinds.CREDENTIAL_CHANGE)


@contextmanager
def stream(receiver: Receiver, method: str) -> Iterator[tuple[Line, SignalReceiver | None]]:
    """A stream of either kind; no subject is added: everybody is in it (§2.4.2)."""
    with pushed(receiver, "Bearer hook") if method == PUSH else nullcontext((polling(receiver), None)) as made:
        yield made


def came(ears: Ears, line: Line, end: SignalReceiver | None) -> list[Heard]:
    """Return everything that has come, checked as `validated_set` does: signature, type, one event, subject, reasons.

    What was polled is acknowledged with the next poll.
    """
    ears.settle()
    if end is not None:
        return line.read(*end.tokens)
    found = line.polled()
    assert line.polled(ack=[one.jti for one in found]) == []
    return found


def things_happen(suite: Suite) -> str:
    """Somebody signs in, changes their password and signs out."""
    account_id = suite.person()
    browser = suite.browser(account_id)
    with suite.context.transaction() as work:
        binding.publish(work, account_id, "password", "replaced")
    suite.end_session(browser.sid)
    return account_id


def insist_interop(heard: Heard, account_id: str) -> None:
    """§2.5 and §3: the person by `iss_sub`, and a reason for the log that is not empty."""
    person: Any = heard.subject.get("user", heard.subject)
    assert (person["format"], person["sub"]) == ("iss_sub", account_id)
    assert heard.event["reason_admin"]["en"].strip()
    if heard.kind == kinds.CREDENTIAL_CHANGE:
        assert heard.event["credential_type"] == "password"
        assert heard.event["change_type"] == "update"


@pytest.mark.parametrize("method", [PUSH, POLL], ids=["push", "poll"])
def test_openid_ssf_transmitter_stream_caep_interop(suite: Suite, receiver: Receiver, method: str) -> None:
    """openid-ssf-transmitter-stream-caep-interop: made, read, verified, told of each use case we have, deleted."""
    ears = Ears(suite)
    with stream(receiver, method) as (line, end):
        assert set(USE_CASES) <= set(line.made["events_delivered"])
        assert receiver.read(line.id).json() == line.made
        assert receiver.status(line.id).json()["status"] == "enabled"
        assert receiver.verify(line.id, state=STATE).status_code == 204
        (verification,) = came(ears, line, end)
        assert (verification.kind, verification.event) == (kinds.VERIFICATION, {"state": STATE})
        account_id = things_happen(suite)
        told = [one for one in came(ears, line, end) if one.kind in USE_CASES]
        assert [one.kind for one in told] == [kinds.CREDENTIAL_CHANGE, kinds.SESSION_REVOKED]
        for one in told:
            insist_interop(one, account_id)
        gone = receiver.call("DELETE", "configuration", params={"stream_id": line.id})
        assert gone.status_code == 204
