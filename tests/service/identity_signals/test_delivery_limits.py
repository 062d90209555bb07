"""What waits for a receiver has a bound and an end, and push goes out by the guarded way alone (threat 12, growth)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from identity.oidc.outbound.fetcher import Fetcher, Said, Unreachable
from identity.signals import kinds
from identity.signals.delivery import housekeeping
from identity.signals.delivery.queue import TOO_MANY
from identity.signals.delivery.schedule import MOST_WAITING
from identity.signals.models import sets
from shared.contracts import CONTRACTS
from tests.service.identity_oidc.strangers import says, stranger
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import Ears, Line, polling, rows
from tests.service.identity_signals.receivers import PUSH, Receiver, audited, problem

TOKEN, KIND = "a.b.c", "application/secevent+jwt"


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def line(receiver: Receiver) -> Line:
    """A stream of all events about everybody, which is polled."""
    return polling(receiver)


def happened(suite: Suite, ears: Ears) -> str:
    """Let a session of somebody end; return its id."""
    sid = suite.browser(suite.person(f"pat{suite.context.ids.digits()}")).sid
    suite.end_session(sid)
    ears.hear()
    return sid


def unheard(suite: Suite, line: Line, count: int, **row: Any) -> None:
    """Let sets wait that nobody has fetched."""
    now = suite.clock.now()
    plain = {"stream_id": line.id, "kind": kinds.SESSION_REVOKED, "token": TOKEN, "made_at": now, "due_at": now}
    made = [{"id": f"set_{number:05}", "tries": 0, **plain, **row} for number in range(count)]
    with suite.context.transaction() as work:
        work.session.execute(insert(sets), made)


def waiting(suite: Suite) -> list[str]:
    """Return the kinds of what waits, in order."""
    return [row.kind for row in rows(suite) if row.settled_at is None]


class TestTooMany:
    """A receiver that takes nothing for long fills nobody's disk."""

    def test_the_stream_is_paused_and_says_why(self, suite: Suite, ears: Ears, line: Line) -> None:
        """The last that has room is kept, the next is not; the operator sees the reason, the receiver is told once."""
        unheard(suite, line, MOST_WAITING - 1)
        for _ in range(3):
            happened(suite, ears)
        assert waiting(suite) == [kinds.SESSION_REVOKED] * MOST_WAITING + [kinds.STREAM_UPDATED]
        standing = line.receiver.status(line.id).json()
        assert (standing["status"], standing["reason"]) == ("paused", TOO_MANY)
        (turned,) = [one for one in audited(suite) if one.action == "signal_stream.turned"]
        assert (turned.target, turned.reason) == (line.id, TOO_MANY)
        (news,) = line.polled()
        assert news.event == {"status": "paused", "reason": TOO_MANY}

    def test_a_receiver_that_comes_back_goes_on(self, suite: Suite, ears: Ears, line: Line) -> None:
        """It turns the stream on and fetches what waits; from then on it is told as before."""
        unheard(suite, line, MOST_WAITING)
        happened(suite, ears)
        line.receiver.status(line.id, "enabled")
        taken: list[str] = []
        while found := list(line.poll(ack=taken).json()["sets"]):
            taken = found
        sid = happened(suite, ears)
        (told,) = line.polled()
        assert told.subject["session"]["id"] == sid

    def test_another_stream_is_told_as_before(self, suite: Suite, ears: Ears, line: Line) -> None:
        """Each has a bound of its own."""
        other = polling(Receiver(suite, "portal-watch"))
        unheard(suite, line, MOST_WAITING)
        sid = happened(suite, ears)
        assert [one.subject["session"]["id"] for one in other.polled()] == [sid]


class TestForgotten:
    """Sets are kept for a week (growth): long enough for an operator to look, and for a receiver to come back."""

    def test_settled_and_never_taken_alike(self, suite: Suite, ears: Ears, line: Line) -> None:
        """A week after it was settled, or made; not an hour before."""
        happened(suite, ears)
        (told,) = line.polled()
        line.poll(ack=[told.jti])
        happened(suite, ears)
        suite.clock.advance(timedelta(days=7) - timedelta(hours=1))
        assert housekeeping.run(suite.context) == 0
        young = happened(suite, ears)
        suite.clock.advance(timedelta(hours=2))
        assert housekeeping.run(suite.context) == 2
        assert [one.subject["session"]["id"] for one in line.polled()] == [young]

    def test_a_long_backlog_goes_in_short_transactions(self, suite: Suite, line: Line) -> None:
        """Thousands are no burden for those who sign in meanwhile."""
        unheard(suite, line, 2500, made_at=suite.clock.now() - timedelta(days=8))
        assert housekeeping.run(suite.context) == 2500
        assert rows(suite) == []

    def test_a_stream_that_was_deleted_leaves_nothing(self, suite: Suite, ears: Ears, line: Line) -> None:
        """What was owed to it is owed to nobody."""
        happened(suite, ears)
        line.receiver.call("DELETE", "configuration", params={"stream_id": line.id})
        assert rows(suite) == [] and problem(line.poll())[0] == 404


class Names:
    """A resolver that answers from a script, the last line again and again."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers, self.asked = answers, 0

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        self.asked += 1
        return self.answers[min(self.asked, len(self.answers)) - 1]


class TestAttack12:
    """Threat 12: the address of a push is a stranger's word, and the request carries a header that is a secret."""

    @pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::ffff:10.0.0.1", "fd00::1"])
    def test_a_name_that_leads_inside(self, address: str) -> None:
        """Refused where the connection would be made, whatever else the name answers."""
        for answer in ([address], ["8.8.8.8", address]):
            with pytest.raises(Unreachable, match="not public"), Fetcher(resolve=Names(answer)).line() as out:
                out.post_token("https://events.example/", TOKEN, KIND, "Bearer s")

    def test_a_name_that_changes_its_mind(self) -> None:
        """DNS rebinding: one question, and the connection goes to the answer that was looked at."""
        names = Names(["127.0.0.1"], ["127.0.0.2"])
        accepts, inside = says(b"", status="202 Accepted"), says(b"")
        with stranger(accepts) as seen, stranger(inside, host="127.0.0.2", port=seen.port) as unseen:
            fetcher = Fetcher(allow_loopback=True, resolve=names)
            with fetcher.line() as out:
                assert out.post_token(seen.url(host="localhost"), TOKEN, KIND, None) == Said(202, b"", None)
            assert (names.asked, seen.called, unseen.called) == (1, 1, 0)

    def test_a_header_of_the_receivers_cannot_split_the_request(self, receiver: Receiver) -> None:
        """What it wants to see as `Authorization` is one line, or no stream is made of it."""
        for header in ("Bearer a\r\nX-Forwarded-For: inside", "Bearer a\nb", "Bearer \u0000", "Bearer ä"):
            delivery = {"method": PUSH, "endpoint_url": "http://127.0.0.1:9/", "authorization_header": header}
            assert problem(receiver.create(delivery=delivery))[0] == 400, header

    def test_addresses_that_are_not_even_kept(self, receiver: Receiver) -> None:
        """Told when the stream is made."""
        for url in ("https://10.0.0.1/x", "ftp://e.example/", "https://u:p@e.example/", "//e.example/"):
            assert problem(receiver.create(delivery={"method": PUSH, "endpoint_url": url}))[0] == 400, url


def test_a_set_is_good_for_nothing_else(suite: Suite, ears: Ears, line: Line) -> None:
    """Attack 16, ASVS 10.5.5: no door of ours takes a set for another kind of token."""
    happened(suite, ears)
    (token,) = line.poll().json()["sets"].values()
    bearer = {"Authorization": f"Bearer {token}"}
    assert suite.http.get("/oauth/userinfo", headers=bearer).status_code == 401
    assert suite.http.post(line.made["delivery"]["endpoint_url"], json={}, headers=bearer).status_code == 401
    hint = suite.http.get("/oauth/logout", params={"id_token_hint": token})
    assert hint.status_code == 400
    kind = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    form = {"grant_type": "client_credentials", "client_assertion_type": kind, "client_assertion": token}
    assert suite.http.post("/oauth/token", data={**form, "client_id": "fraud-engine"}).status_code == 401


def test_the_event_of_a_stronger_session_is_agreed() -> None:
    """`session.assured`: sent by identity for itself; levels, methods and ids, and no room for anything else."""
    contract = CONTRACTS["session.assured"]
    assert (contract.sender, contract.listeners) == ("identity", ("identity",))
    assert set(contract.schema().fields) == {"session_id", "account_id", "acr", "previous_acr", "amr", "assured_at"}
