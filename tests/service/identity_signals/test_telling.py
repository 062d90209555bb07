"""What receivers are told, and of whom (K4): each event of CAEP and RISC that really happens here, and no other."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event as database_event

from identity.accounts import service as accounts
from identity.mfa import binding
from identity.mfa.assurance import ACR_1, ACR_2
from identity.sessions import service as sessions
from identity.signals import kinds
from shared.db.floor import outbox
from tests.service.identity_oidc.suite import CLINIC, ORIGIN, Suite
from tests.service.identity_signals.hearing import Ears, Line, polling, rows
from tests.service.identity_signals.receivers import Receiver


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def line(receiver: Receiver) -> Line:
    """A stream of all events about everybody."""
    return polling(receiver)


@pytest.fixture
def pat(suite: Suite) -> str:
    """Somebody."""
    return suite.person()


def person(account_id: str) -> dict[str, str]:
    """How a set names a person."""
    return {"format": "iss_sub", "iss": ORIGIN, "sub": account_id}


ENDS = {
    "signed_out": "user",
    "switched_person": "user",
    "not_me": "user",
    "ended_by_operator": "admin",
    "account_suspended": "admin",
    "timed_out": "policy",
    "account_closed": "system",
    "something_new": "system",
}
CHANGES = [
    ("password", "replaced", "password", "update"),
    ("authenticator_app", "added", "app", "create"),
    ("passkey", "added", "fido2-platform", "create"),
    ("passkey", "removed", "fido2-platform", "delete"),
    ("sms", "removed", "phone-sms", "delete"),
    ("email", "added", "email", "create"),
    ("recovery_set", "replaced", "recovery-codes", "update"),
]


class TestSessions:
    """CAEP 1.0 §3.1 and §3.4: the session by its `sid`, which apps know, and its person."""

    def test_sessions_that_ended(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """E21, threat 53: whatever ended it, who did is said, and why, in both languages, for logs and for people."""
        browsers = [suite.browser(pat) for _ in ENDS]
        for browser, reason in zip(browsers, ENDS, strict=True):
            with suite.context.transaction() as work:
                sessions.end(work, browser.sid, reason)
        ears.hear()
        told = line.polled()
        assert {one.kind for one in told} == {kinds.SESSION_REVOKED}
        assert [one.event["initiating_entity"] for one in told] == list(ENDS.values())
        assert [one.subject for one in told] == [
            {"format": "complex", "user": person(pat), "session": {"format": "opaque", "id": browser.sid}}
            for browser in browsers
        ]
        assert {one.event["event_timestamp"] for one in told} == {int(suite.clock.now().timestamp())}

    def test_a_session_that_grew_stronger(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """The levels are those of tokens (`acr`), before and after; a proof that raises nothing tells nothing."""
        browser = suite.browser(pat)
        with suite.context.transaction() as work:
            sessions.raise_assurance(work, browser.sid, (), work.now)
            sessions.raise_assurance(work, browser.sid, ("otp",), work.now)
            sessions.raise_assurance(work, browser.sid, ("sms",), work.now)
        ears.hear()
        (told,) = line.polled()
        assert told.kind == kinds.ASSURANCE_LEVEL_CHANGE
        assert told.subject["session"]["id"] == browser.sid
        said = {"namespace", "current_level", "previous_level", "change_direction", "initiating_entity"}
        assert {name: told.event[name] for name in said} == {
            "namespace": "urn:gatehouse:acr",
            "current_level": ACR_2,
            "previous_level": ACR_1,
            "change_direction": "increase",
            "initiating_entity": "user",
        }

    def test_a_session_that_began_anew_with_less(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """prompt=login with a password alone: what was proved earlier counts no more, and apps hear of that."""
        browser = suite.browser(pat, ("pwd", "otp"))
        with suite.context.transaction() as work:
            sessions.reauthenticate(work, browser.sid, ("pwd",), work.now)
        ears.hear()
        (told,) = line.polled()
        assert (told.event["change_direction"], told.event["current_level"]) == ("decrease", ACR_1)

    def test_the_event_says_the_level_and_its_order(self, suite: Suite, pat: str) -> None:
        """`session.assured` is published once for a change, with the session's version as its sequence."""
        browser = suite.browser(pat)
        with suite.context.transaction() as work:
            assert sessions.raise_assurance(work, browser.sid, ("otp",), work.now)
            sessions.end(work, browser.sid, "signed_out")
            assert sessions.raise_assurance(work, browser.sid, ("hwk",), work.now) is None
        with suite.context.reading() as session:
            told = [row.type for row in session.execute(outbox.select().order_by(outbox.c.number))]
        assert [one for one in told if one.startswith("session.")] == [
            "session.started",
            "session.assured",
            "session.ended",
        ]


def test_ways_of_signing_in_that_changed(suite: Suite, ears: Ears, line: Line, pat: str) -> None:
    """CAEP 1.0 §3.3: which kind and how, by the words of the specification; never the thing itself."""
    for kind, change, _, _ in CHANGES:
        with suite.context.transaction() as work:
            binding.publish(work, pat, kind, change)
    ears.hear()
    told = line.polled()
    assert {one.kind for one in told} == {kinds.CREDENTIAL_CHANGE}
    assert all(one.subject == person(pat) for one in told)
    expected = [(told_kind, told_change) for _, _, told_kind, told_change in CHANGES]
    assert [(one.event["credential_type"], one.event["change_type"]) for one in told] == expected
    assert not any("initiating_entity" in one.event for one in told)  # nobody told us


class TestAccounts:
    """RISC 1.0 §2.3 and §2.4: only what takes living access away, or gives it back."""

    def acts(self, suite: Suite, *acts: Any) -> None:
        """Do things to accounts, each in a transaction."""
        for act in acts:
            with suite.context.transaction() as work:
                assert act(work) is not False

    def test_held_let_go_and_closed(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """Disabled, enabled, disabled; not one member more than RISC knows, and never why staff did it."""
        self.acts(
            suite,
            lambda work: accounts.suspend(work, pat, "Called by the police, case 77"),
            lambda work: accounts.reinstate(work, pat, "A mistake"),
            lambda work: accounts.close(work, pat, "Died"),
        )
        ears.hear()
        told = line.polled()
        expected = [kinds.ACCOUNT_DISABLED, kinds.ACCOUNT_ENABLED, kinds.ACCOUNT_DISABLED]
        assert [one.kind for one in told] == expected
        assert {one.subject["sub"] for one in told} == {pat}
        assert [one.event for one in told] == [{}, {}, {}]

    def test_a_rest_after_wrong_passwords_is_no_news(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """It ends by itself and changes no living access: neither its beginning nor its end is told."""
        until = suite.clock.now() + timedelta(minutes=15)
        self.acts(
            suite,
            lambda work: accounts.note_rest(work, pat, until),
            lambda work: accounts.unlock(work, pat, "lifted by staff"),
            lambda work: accounts.note_rest(work, pat, until),
        )
        suite.clock.advance(timedelta(minutes=16))
        assert accounts.end_rests(suite.context) == 1
        ears.hear()
        assert line.polled() == [] and rows(suite) == []


class TestFunctions:
    """CAEP 1.0 §3.2: after every change of a membership, all that its person may do there now."""

    def test_granted_changed_and_removed(self, ears: Ears, line: Line, pat: str) -> None:
        """K4, G4: each event comes twice and is told once; what is told is the whole, and nothing at the end."""
        ears.membership(pat, "membership.granted", 1, "claims.status.view", "eligibility.view")
        ears.membership(pat, "membership.changed", 2, "claims.status.view")
        ears.membership(pat, "membership.removed", 3, status="removed")
        told = line.polled()
        assert {one.kind for one in told} == {kinds.TOKEN_CLAIMS_CHANGE}
        assert [one.event["claims"] for one in told] == [
            {"org": CLINIC["id"], "functions": ["claims.status.view", "eligibility.view"]},
            {"org": CLINIC["id"], "functions": ["claims.status.view"]},
            {"org": CLINIC["id"], "functions": []},
        ]
        assert all(one.subject == person(pat) for one in told)

    def test_events_that_overtake_each_other(self, ears: Ears, line: Line, pat: str) -> None:
        """An older state that comes late is not taken and not told: the last set is what is true."""
        ears.membership(pat, "membership.changed", 2, "claims.status.view")
        ears.membership(pat, "membership.granted", 1, "claims.status.view", "eligibility.view")
        (told,) = line.polled()
        assert told.event["claims"]["functions"] == ["claims.status.view"]

    def test_what_has_ended_by_itself_is_not_told_as_held(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """`function_ends` counts, as it does in tokens."""
        ended = {"eligibility.view": (suite.clock.now() - timedelta(hours=1)).isoformat().replace("+00:00", "Z")}
        ears.membership(pat, "membership.granted", 1, "claims.status.view", "eligibility.view", function_ends=ended)
        (told,) = line.polled()
        assert told.event["claims"]["functions"] == ["claims.status.view"]


class TestWhoIsTold:
    """A receiver hears what it asked for, of whom it asked for, and nobody hears more."""

    def test_only_kinds_that_were_asked_for(self, suite: Suite, ears: Ears, receiver: Receiver, pat: str) -> None:
        """A stream of one event type gets that type."""
        line = polling(receiver, events_requested=[kinds.SESSION_REVOKED])
        with suite.context.transaction() as work:
            binding.publish(work, pat, "password", "replaced")
        suite.end_session(suite.browser(pat).sid)
        ears.hear()
        assert [one.kind for one in line.polled()] == [kinds.SESSION_REVOKED]

    def test_people_who_were_taken_out_are_left_out(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """By `remove_subject`; others are told as before (SSF 1.0 §8.1.3)."""
        ann = suite.person("ann")
        line.receiver.subject("remove", line.id, person(pat))
        for one in (pat, ann):
            suite.end_session(suite.browser(one).sid)
        ears.hear()
        assert [one.subject["user"]["sub"] for one in line.polled()] == [ann]

    def test_each_stream_has_a_set_of_its_own(self, suite: Suite, ears: Ears, line: Line, pat: str) -> None:
        """Another audience, another jti, one cause (`txn`); what one acknowledges the other still has."""
        second = polling(Receiver(suite, "portal-watch"))
        suite.end_session(suite.browser(pat).sid)
        ears.hear()
        (mine,), (other,) = line.polled(), second.polled()
        assert mine.jti != other.jti and mine.claims["txn"] == other.claims["txn"]
        line.polled(ack=[mine.jti])
        assert [one.jti for one in second.polled()] == [other.jti]

    def test_a_paused_stream_hears_of_it_later_and_a_disabled_one_never(
        self, suite: Suite, ears: Ears, line: Line, pat: str
    ) -> None:
        """SSF 1.0 §8.1.2: held back while paused; not even kept while disabled."""
        line.receiver.status(line.id, "paused")
        suite.end_session(suite.browser(pat).sid)
        ears.hear()
        assert line.polled() == []
        line.receiver.status(line.id, "enabled")
        (told,) = line.polled()
        line.receiver.status(line.id, "disabled")
        suite.end_session(suite.browser(pat).sid)
        ears.hear()
        line.receiver.status(line.id, "enabled")
        assert told.jti not in {one.jti for one in line.polled()}
        assert line.polled() == []


def test_what_happened_to_one_person_is_told_in_its_order(suite: Suite, ears: Ears, line: Line, pat: str) -> None:
    """Forty changes in one instant, taken in together: the sets stand in the order of the events."""
    for number in range(40):
        with suite.context.transaction() as work:
            binding.publish(work, pat, "passkey", "added" if number % 2 == 0 else "removed")
    ears.hear()
    told = [one.event["change_type"] for one in line.polled()]
    assert told == ["create", "delete"] * 20


def test_no_set_tells_who_somebody_is(suite: Suite, ears: Ears, line: Line, pat: str) -> None:
    """Privacy: neither name nor address, number, TIN or the practice's name is in any set, of any kind."""
    browser = suite.browser(pat)
    ears.membership(pat, "membership.granted", 1, "claims.status.view")
    with suite.context.transaction() as work:
        sessions.raise_assurance(work, browser.sid, ("otp",), work.now)
        binding.publish(work, pat, "password", "replaced")
        accounts.suspend(work, pat, "Words of staff")
        sessions.end_all(work, pat, "account_suspended")
    ears.hear()
    told = line.polled()
    assert {one.kind for one in told} == {*kinds.OFFERED} - {kinds.ACCOUNT_ENABLED}
    everything = str([one.claims for one in told])
    for secret in (
        "Pat Partner",
        "pat.partner",
        "lakeside.example",
        "555",
        "1234",
        str(CLINIC["name"]),
        "Words of staff",
    ):
        assert secret not in everything


def test_without_a_stream_an_event_costs_one_look_and_writes_nothing(suite: Suite, ears: Ears, pat: str) -> None:
    """Idle cost: hospitals that connect nobody pay for nobody."""
    with suite.context.transaction() as work:
        binding.publish(work, pat, "password", "replaced")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    database_event.listen(suite.context.database.engine, "before_cursor_execute", note)
    try:
        ears.hear()
    finally:
        database_event.remove(suite.context.database.engine, "before_cursor_execute", note)
    assert len([one for one in asked if "signal_streams" in one]) == 1
    assert not any("signal_sets" in one for one in asked)
    assert rows(suite) == []
