"""What signals say and when they are tried again, without a transmitter around them (K4)."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from identity.oidc.outbound.patience import Outcome
from identity.operators.people import service as people
from identity.sessions import service as sessions
from identity.signals import kinds
from identity.signals.delivery import polling, schedule
from identity.signals.delivery.schedule import again_at, judged, named
from identity.signals.telling import claims, reasons, signals
from identity.words import words_of
from shared.contracts import CONTRACTS
from shared.contracts.fields import Choice
from shared.errors import Problem

NOW = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
ISSUER = "https://login.payer.example"
IDENTITY = Path(signals.__file__).parents[2]
WORDS = [words_of("en"), words_of("es")]


def data(**more: object) -> dict[str, object]:
    """Data of an event of ours, as far as it is read here."""
    return {"account_id": "acc_1", "session_id": "ses_1", **more}


class TestWhen:
    """Back-off: soon at first, never seldom, a day in all."""

    def test_the_first_tries(self) -> None:
        """5, 10, 20, 40, 80, 160 seconds, then every 5 minutes."""
        pauses = [again_at(tries, NOW) for tries in range(1, 9)]
        assert [(at - NOW).total_seconds() for at in pauses if at] == [5, 10, 20, 40, 80, 160, 300, 300]

    def test_a_day_of_them(self) -> None:
        """Together they take a day, and no more than five minutes more or less."""
        waited, tries = timedelta(), 1
        while (at := again_at(tries, NOW)) is not None:
            waited, tries = waited + (at - NOW), tries + 1
        assert timedelta(hours=24) - timedelta(minutes=5) <= waited <= timedelta(hours=24)

    @given(st.integers(min_value=1, max_value=10_000))
    def test_never_back_in_time_and_never_for_ever(self, tries: int) -> None:
        """Whatever the number, the next try is later and at most five minutes away."""
        at = again_at(tries, NOW)
        assert at is None or NOW < at <= NOW + timedelta(minutes=5)


class TestAnswers:
    """RFC 8935 §2.2 to §2.4."""

    @pytest.mark.parametrize(
        ("status", "code", "outcome"),
        [
            (202, None, Outcome.TAKEN),
            (200, None, Outcome.TAKEN),
            (400, "invalid_request", Outcome.REFUSED),
            (400, "invalid_issuer", Outcome.REFUSED),
            (400, "invalid_audience", Outcome.REFUSED),
            (400, "invalid_key", Outcome.AWAY),
            (400, "authentication_failed", Outcome.AWAY),
            (400, "access_denied", Outcome.AWAY),
            (400, schedule.UNNAMED, Outcome.AWAY),
            (302, None, Outcome.AWAY),
            (404, None, Outcome.AWAY),
            (500, None, Outcome.AWAY),
        ],
    )
    def test_what_becomes_of_the_set(self, status: int, code: str | None, outcome: Outcome) -> None:
        """Refused for good only where asking again would be answered in the same way."""
        assert judged(status, code) is outcome

    @given(st.one_of(st.none(), st.integers(), st.text(), st.lists(st.text()), st.dictionaries(st.text(), st.text())))
    def test_a_receivers_words_are_not_kept(self, code: object) -> None:
        """A code of the specification, or "unnamed"."""
        assert named(code) in {*schedule.CODES, schedule.UNNAMED}


@given(
    st.sampled_from(("maxEvents", "ack", "setErrs", "returnImmediately")),
    st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text() | st.integers())
    | st.dictionaries(st.text(), st.none() | st.dictionaries(st.text(), st.text())),
)  # fmt: skip
def test_any_body_of_a_poll_is_read_or_refused(name: str, value: object) -> None:
    """A Problem that names the member, or bounds that hold; nothing else is ever raised."""
    try:
        found = polling.read({name: value})
    except Problem as problem:
        assert problem.status == 400 and problem.members["member"] == name
    else:
        assert 0 <= found.most <= polling.MOST and len(found.taken) <= 1000


class TestSignals:
    """Events of ours as events of others."""

    def test_every_reason_in_the_house_has_its_sentence(self) -> None:
        """A new way of ending sessions says who it is that ends them."""
        written = set()
        for file in IDENTITY.rglob("*.py"):
            written |= set(re.findall(r'sessions\.end(?:_all)?\([^)]*?"([a-z_]+)"', file.read_text()))
        written |= {people.SUSPENDED, people.CLOSED, people.RESET, people.ENDED, sessions.TIMED_OUT}
        assert len(written) > 8 and written <= set(reasons.SESSION_ENDED)

    def test_every_kind_of_credential_and_change_is_told(self) -> None:
        """The contract's words, all of them."""
        fields = CONTRACTS["credential.changed"].schema().fields
        found_kinds, changes = fields["kind"], fields["change"]
        assert isinstance(found_kinds, Choice) and isinstance(changes, Choice)
        for kind in found_kinds.words:
            for change in changes.words:
                assert signals.of_event("credential.changed", data(kind=kind, change=change), NOW)

    @pytest.mark.parametrize("kind", ["account.opened", "account.activated", "contact.changed", "session.started"])
    def test_what_others_need_not_know(self, kind: str) -> None:
        """Nothing is made of it."""
        assert signals.of_event(kind, data(), NOW) is None

    def test_a_pause_of_an_account_that_ends_by_itself(self) -> None:
        """Neither locked nor unlocked again is told of it; held and let go is."""
        assert signals.of_event("account.locked", data(locked_until="2026-11-23T16:00:00Z"), NOW) is None
        assert signals.of_event("account.unlocked", data(reason="time"), NOW) is None
        locked = signals.of_event("account.locked", data(locked_until=None), NOW)
        unlocked = signals.of_event("account.unlocked", data(reason="reinstated"), NOW)
        assert locked and locked.kind == kinds.ACCOUNT_DISABLED
        assert unlocked and unlocked.kind == kinds.ACCOUNT_ENABLED

    def test_the_whole_of_a_set(self) -> None:
        """RFC 8417 §2.2: what is said, to the last member."""
        signal = signals.of_event("session.ended", data(reason="timed_out"), NOW)
        assert signal
        told = claims.of_signal(signal, ISSUER, "evt_1", WORDS)
        why = {
            "en": "The session was not in use, or had reached its longest time.",
            "es": "La sesión no se usaba o había llegado a su duración máxima.",
        }
        at = int(NOW.timestamp())
        assert told == {
            "sub_id": {
                "format": "complex",
                "user": {"format": "iss_sub", "iss": ISSUER, "sub": "acc_1"},
                "session": {"format": "opaque", "id": "ses_1"},
            },
            "events": {
                kinds.SESSION_REVOKED: {
                    "event_timestamp": at,
                    "initiating_entity": "policy",
                    "reason_admin": why,
                    "reason_user": why,
                }
            },
            "toe": at,
            "txn": "evt_1",
        }

    def test_risc_has_no_members_of_caep(self) -> None:
        """RISC 1.0 §2.3: an event without a reason of its list is empty."""
        signal = signals.of_event("account.closed", data(), NOW)
        assert signal
        assert claims.of_signal(signal, ISSUER, "evt_1", WORDS)["events"] == {kinds.ACCOUNT_DISABLED: {}}
