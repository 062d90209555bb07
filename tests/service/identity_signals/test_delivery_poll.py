"""Sets are fetched by a receiver, again and again until it has acknowledged them (RFC 8936, K4)."""

from typing import Any

import pytest

from identity.signals import kinds
from identity.signals.streams import operating
from tests.service.identity_oidc.suite import Suite
from tests.service.identity_signals.hearing import Ears, Line, polling, pushed, rows
from tests.service.identity_signals.receivers import MANAGE, PUSH, READ, Receiver, problem
from tests.support.signal_receiver import SignalReceiver


@pytest.fixture
def ears(suite: Suite) -> Ears:
    """Identity's worker."""
    return Ears(suite)


@pytest.fixture
def line(receiver: Receiver) -> Line:
    """A stream of all events about everybody."""
    return polling(receiver)


def happened(suite: Suite, ears: Ears, count: int = 1) -> list[str]:
    """Let sessions of somebody end; return their ids in that order."""
    account_id = suite.person(f"pat{suite.context.ids.digits()}")
    sids = [suite.browser(account_id).sid for _ in range(count)]
    for sid in sids:
        suite.end_session(sid)
    ears.hear()
    return sids


def told(line: Line, **body: Any) -> list[str]:
    """Return the sessions of which a poll tells."""
    return [one.subject["session"]["id"] for one in line.polled(**body)]


def outcomes(suite: Suite) -> list[tuple[str | None, str | None]]:
    """Return how each set ended, and why."""
    return [(row.outcome, row.last_error) for row in rows(suite)]


def test_the_same_sets_again_until_they_are_acknowledged(suite: Suite, ears: Ears, line: Line) -> None:
    """RFC 8936 §2.4: an answer that was lost costs nothing; acknowledged, a set is never seen again."""
    sids = happened(suite, ears, 3)
    assert told(line) == told(line) == sids
    first, second, third = line.polled()
    assert told(line, ack=[first.jti, third.jti]) == [sids[1]]
    assert told(line, ack=[second.jti]) == []
    assert outcomes(suite) == [("taken", None)] * 3


def test_as_many_as_are_wanted_and_whether_there_are_more(suite: Suite, ears: Ears, line: Line) -> None:
    """`maxEvents` and `moreAvailable` (§2.2, §2.3); none wanted is an acknowledgement alone."""
    sids = happened(suite, ears, 3)
    answer = line.poll(maxEvents=2).json()
    assert len(answer["sets"]) == 2 and answer["moreAvailable"] is True
    assert told(line, maxEvents=3) == sids
    assert line.poll(maxEvents=3).json()["moreAvailable"] is False
    only = line.poll(maxEvents=0, ack=list(answer["sets"])).json()
    assert only == {"sets": {}, "moreAvailable": True}
    assert told(line, maxEvents=1_000_000) == sids[2:]
    assert line.poll().headers["Cache-Control"] == "no-store"


def test_one_answer_has_a_bound(suite: Suite, ears: Ears, line: Line) -> None:
    """A hundred at most, whatever is asked for: the rest is a poll away."""
    sids = happened(suite, ears, 101)
    answer = line.poll(maxEvents=500).json()
    assert (len(answer["sets"]), answer["moreAvailable"]) == (100, True)
    assert told(line, ack=list(answer["sets"])) == sids[100:]


def test_nobody_is_kept_waiting(line: Line) -> None:
    """Long polls are not offered: `returnImmediately` makes no difference (§2.2)."""
    for asked in ({"returnImmediately": False}, {"returnImmediately": True}, {}):
        assert line.poll(**asked).json() == {"sets": {}, "moreAvailable": False}


def test_a_set_that_its_receiver_will_not_have(suite: Suite, ears: Ears, line: Line) -> None:
    """`setErrs` (§2.6): over, with the code of the specification; nothing else of what was sent is kept."""
    happened(suite, ears, 3)
    first, second, third = line.polled()
    errors = {
        first.jti: {"err": "invalid_audience", "description": "for Pat Partner"},
        second.jti: {"err": "pat.partner@lakeside.example"},
    }
    assert [one.jti for one in line.polled(setErrs=errors)] == [third.jti]
    assert outcomes(suite) == [("refused", "invalid_audience"), ("refused", "unnamed"), (None, None)]


def test_what_is_anothers_is_not_touched(suite: Suite, ears: Ears, line: Line) -> None:
    """BOLA: acknowledging or refusing sets of another's stream changes nothing, and says nothing."""
    other = polling(Receiver(suite, "portal-watch"))
    sids = happened(suite, ears)
    (theirs,) = other.polled()
    answer = line.poll(ack=[theirs.jti, "nothing"], setErrs={theirs.jti: {"err": "invalid_key"}, "no": {}})
    assert answer.status_code == 200
    assert told(line) == told(other) == sids


def test_of_two_answers_to_one_set_the_first_counts(suite: Suite, ears: Ears, line: Line) -> None:
    """Acknowledged and refused in one request, or again later: it is over once."""
    happened(suite, ears)
    (one,) = line.polled()
    line.poll(ack=[one.jti], setErrs={one.jti: {"err": "invalid_key"}})
    line.poll(setErrs={one.jti: {"err": "invalid_key"}}, ack=[one.jti, one.jti])
    assert outcomes(suite) == [("taken", None)]


class TestDoor:
    """Whom the door lets in: a stream's own receiver, with a scope that an operator gave it."""

    def test_another_s_stream_and_one_that_is_pushed_are_none(self, suite: Suite, line: Line) -> None:
        """404 for both, as for one that nobody has."""
        other = Receiver(suite, "portal-watch")
        intruder = Line(other, line.made)
        assert problem(intruder.poll())[0] == 404
        with pushed(other) as (pushed_line, _end):
            url = f"{line.made['delivery']['endpoint_url'].rpartition('/')[0]}/{pushed_line.id}"
            pushed_line.made = {**pushed_line.made, "delivery": {"endpoint_url": url}}
            assert problem(pushed_line.poll())[0] == 404

    @pytest.mark.parametrize("scope", [READ, MANAGE])
    def test_either_scope_is_enough(self, receiver: Receiver, line: Line, scope: str) -> None:
        """Who may read its stream may fetch from it."""
        receiver.token = receiver.ask_token(scope=scope)
        assert line.poll().status_code == 200

    def test_nobody_else_comes_in(self, suite: Suite, receiver: Receiver, line: Line) -> None:
        """Without a token, with one in the address, with another program's, with one that was given back."""
        url = line.made["delivery"]["endpoint_url"]
        for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}):
            answer = suite.http.post(f"{url}?access_token={receiver.token}", json={}, headers=headers)
            assert answer.status_code == 401 and "WWW-Authenticate" in answer.headers
        receiver.change(scopes=(MANAGE, "access.read"))
        receiver.token = receiver.ask_token(scope="access.read")
        assert problem(line.poll())[0] == 403
        receiver.change(enabled=False)
        assert line._post({}).status_code == 401

    @pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
    def test_only_posts(self, receiver: Receiver, line: Line, method: str) -> None:
        """RFC 8936 §2.1."""
        headers = {"Authorization": f"Bearer {receiver.token}"}
        answer = receiver.suite.http.request(method, line.made["delivery"]["endpoint_url"], headers=headers)
        assert answer.status_code == 405

    def test_a_request_that_is_none(self, suite: Suite, ears: Ears, receiver: Receiver, line: Line) -> None:
        """400 that names the member, and nothing is settled."""
        happened(suite, ears)
        (one,) = line.polled()
        wrong: list[Any] = [
            {"maxEvents": -1},
            {"maxEvents": "1"},
            {"maxEvents": True},
            {"maxEvents": 1.5},
            {"returnImmediately": "yes"},
            {"ack": one.jti},
            {"ack": [1]},
            {"ack": [""]},
            {"ack": ["x" * 101]},
            {"ack": [f"set_{number}" for number in range(1001)]},
            {"setErrs": [one.jti]},
            {"setErrs": {one.jti: "invalid_key"}},
            {"ack": [one.jti], "setErrs": {"x" * 101: {}}},
        ]
        for body in wrong:
            assert problem(line.poll(**body))[0] == 400, body
        url, headers = line.made["delivery"]["endpoint_url"], {"Authorization": f"Bearer {receiver.token}"}
        for content in (b"", b"[]", b"{", b'{"ack": ["\\u0000"]}', b'"x"'):
            typed = {**headers, "Content-Type": "application/json"}
            assert suite.http.post(url, content=content, headers=typed).status_code == 400
        assert suite.http.post(url, data={"ack": one.jti}, headers=headers).status_code == 400
        assert outcomes(suite) == [(None, None)]


def test_a_stream_that_is_stopped_says_so_and_nothing_else(suite: Suite, ears: Ears, line: Line) -> None:
    """SSF 1.0 §8.1.5: an operator stopped it; its receiver hears of that where it listens, and of the rest later."""
    sids = happened(suite, ears)
    with suite.context.transaction() as work:
        operating.pause(work, line.id, "An audit of receivers")
    (news,) = line.polled()
    assert news.kind == kinds.STREAM_UPDATED and news.event["status"] == "paused"
    line.polled(ack=[news.jti])
    with suite.context.transaction() as work:
        operating.enable(work, line.id)
    heard = line.polled()
    assert [one.kind for one in heard] == [kinds.SESSION_REVOKED, kinds.STREAM_UPDATED]
    assert heard[0].subject["session"]["id"] == sids[0] and heard[1].event["status"] == "enabled"


def test_a_poll_is_no_door_for_pushed_news(suite: Suite, ears: Ears, line: Line) -> None:
    """A receiver that goes over to push gets by push what it had not acknowledged, and cannot poll any more."""
    sids = happened(suite, ears)
    with SignalReceiver() as end:
        delivery = {"method": PUSH, "endpoint_url": end.url}
        line.receiver.call("PATCH", "configuration", json={"stream_id": line.id, "delivery": delivery})
        ears.settle()
        assert [one.subject["session"]["id"] for one in line.read(*end.tokens)] == sids
    assert problem(line.poll())[0] == 404
