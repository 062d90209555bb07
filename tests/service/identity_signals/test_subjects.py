"""Whom a stream is about: everybody or nobody at first, then whom its receiver names (SSF 1.0 §8.1.3)."""

from typing import Any

from identity.contacts.models import ContactPoint
from identity.signals.kinds import CREDENTIAL_CHANGE, SESSION_REVOKED
from identity.signals.models import SignalSubject
from identity.signals.streams import service
from identity.signals.streams.subjects import Named, named
from tests.service.identity_oidc.suite import ORIGIN, Suite
from tests.service.identity_signals.receivers import EVENTS, READ, Receiver, audited, problem

SOMEBODY = {"format": "email", "email": "nobody@nowhere.example"}
ILL_FORMED: list[tuple[str, Any]] = [
    ("subject", None),
    ("subject", "pat"),
    ("subject", []),
    ("subject", {}),
    ("subject", {"format": 7}),
    ("subject.id", {"format": "opaque"}),
    ("subject.id", {"format": "opaque", "id": 7}),
    ("subject.id", {"format": "opaque", "id": "x" * 301}),
    ("subject.email", {"format": "email"}),
    ("subject.sub", {"format": "iss_sub", "iss": ORIGIN}),
    ("subject.iss", {"format": "iss_sub", "sub": "acc_x"}),
    ("subject.phone_number", {"format": "phone_number"}),
    ("subject.user", {"format": "complex", "user": "pat"}),
    ("subject.user.id", {"format": "complex", "user": {"format": "opaque"}}),
    ("subject.identifiers", {"format": "aliases"}),
    ("subject.identifiers", {"format": "aliases", "identifiers": []}),
    ("subject.identifiers", {"format": "aliases", "identifiers": [SOMEBODY] * 21}),
    ("subject.identifiers", {"format": "aliases", "identifiers": ["pat"]}),
]


def hears(suite: Suite, account_id: str, kind: str = SESSION_REVOKED) -> list[str]:
    """Return the clients whose streams an event about somebody goes to."""
    with suite.context.reading() as session:
        return [stream.client_id for stream in service.wanting(session, kind, account_id)]


def proved(suite: Suite, account_id: str, email: str) -> None:
    """Let somebody have proved an address."""
    with suite.context.transaction() as work:
        work.session.add(
            ContactPoint(
                id=work.ids.new("cpt"),
                account_id=account_id,
                kind="email",
                address=email,
                address_key=email.casefold(),
                is_primary=False,
                added_at=work.now,
                proved_at=work.now,
                trusted_from=work.now,
            )
        )


def test_a_new_stream_is_about_everybody(suite: Suite, receiver: Receiver) -> None:
    """As the metadata says; of the events that it asked for."""
    pat = suite.person()
    assert hears(suite, pat) == []
    receiver.stream(events_requested=[SESSION_REVOKED])
    assert hears(suite, pat) == ["fraud-engine"]
    assert hears(suite, pat, CREDENTIAL_CHANGE) == []


def test_whoever_is_removed_is_left_out_until_added_again(suite: Suite, receiver: Receiver) -> None:
    """204 with nothing, 200 with nothing; others are told of as before; twice is as once."""
    pat, ann = suite.person(), suite.person("ann")
    stream_id = receiver.stream()["stream_id"]
    subject = {"format": "iss_sub", "iss": ORIGIN, "sub": pat}
    for _ in range(2):
        answer = receiver.subject("remove", stream_id, subject)
        assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (204, b"", "no-store")
    assert hears(suite, pat) == [] and hears(suite, ann) == ["fraud-engine"]
    for _ in range(2):
        answer = receiver.subject("add", stream_id, subject, verified=True)
        assert (answer.status_code, answer.content, answer.headers["Cache-Control"]) == (200, b"", "no-store")
    assert hears(suite, pat) == ["fraud-engine"]
    acts = [row for row in audited(suite) if row.action == "signal_stream.subject"]
    assert {(row.actor, row.target) for row in acts} == {("fraud-engine", pat)}


def test_a_stream_may_begin_with_nobody(suite: Suite, receiver: Receiver) -> None:
    """Where the operator wants it so, only those are told of whom the receiver names, and the metadata says it."""
    suite.context.settings = suite.context.settings.model_copy(update={"signal_subjects": "NONE"})
    pat, ann = suite.person(), suite.person("ann")
    assert suite.http.get("/.well-known/ssf-configuration").json()["default_subjects"] == "NONE"
    stream_id = receiver.stream()["stream_id"]
    assert hears(suite, pat) == []
    receiver.subject("add", stream_id, {"format": "opaque", "id": pat})
    assert hears(suite, pat) == ["fraud-engine"] and hears(suite, ann) == []
    receiver.subject("remove", stream_id, {"format": "opaque", "id": pat})
    assert hears(suite, pat) == []


def test_people_are_named_in_several_ways(suite: Suite, receiver: Receiver) -> None:
    """By issuer and `sub`, by `sub` alone, by a proved address however it is spelled, alone or with something else."""
    pat = suite.person()
    proved(suite, pat, "pat@clinic.example")
    stream_id = receiver.stream()["stream_id"]
    by_id, by_mail = {"format": "opaque", "id": pat}, {"format": "email", "email": "Pat@Clinic.Example"}
    for subject in (
        {"format": "iss_sub", "iss": ORIGIN, "sub": pat},
        by_id,
        by_mail,
        {"format": "complex", "user": by_mail},
        {"format": "complex", "user": by_id, "tenant": {"format": "opaque", "id": "org_x"}},
        {"format": "aliases", "identifiers": [SOMEBODY, by_mail]},
    ):
        assert receiver.subject("remove", stream_id, subject).status_code == 204
        assert hears(suite, pat) == [], subject
        assert receiver.subject("add", stream_id, subject).status_code == 200
        assert hears(suite, pat) == ["fraud-engine"], subject


def test_nobody_learns_who_is_known(suite: Suite, receiver: Receiver) -> None:
    """Threat 26: people, strangers and formats that we do not know are answered alike (§9.1); nothing is kept."""
    suite.person()
    stream_id = receiver.stream()["stream_id"]
    for subject in (
        SOMEBODY,
        {"format": "email", "email": "pat@lakeside.example"},  # told by somebody else, and proved by nobody
        {"format": "email", "email": "no address"},
        {"format": "opaque", "id": "acc_nobody"},
        {"format": "iss_sub", "iss": "https://other.example", "sub": "acc_nobody"},
        {"format": "phone_number", "phone_number": "+12025550110"},
        {"format": "complex", "tenant": {"format": "opaque", "id": "org_x"}},
        {"format": "x_vendor", "anything": 1},
    ):
        for act, status in (("add", 200), ("remove", 204)):
            answer = receiver.subject(act, stream_id, subject)
            assert (answer.status_code, answer.content) == (status, b""), subject
    with suite.context.reading() as session:
        assert session.query(SignalSubject).count() == 0


def test_a_subject_that_is_none_is_refused_by_name(receiver: Receiver) -> None:
    """400, with the member (RFC 9493)."""
    stream_id = receiver.stream()["stream_id"]
    for member, subject in ILL_FORMED:
        for act in ("add", "remove"):
            answer = receiver.subject(act, stream_id, subject)
            assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", member), subject
    answer = receiver.subject("add", stream_id, SOMEBODY, verified="yes")
    assert (*problem(answer), answer.json()["member"]) == (400, "signals-request", "verified")


def test_another_issuer_s_sub_is_nobody_of_ours() -> None:
    """Even where it looks like one of our ids."""
    assert named({"format": "iss_sub", "iss": "https://other.example", "sub": "acc_1"}, ORIGIN) == []
    assert named({"format": "iss_sub", "iss": ORIGIN, "sub": "acc_1"}, ORIGIN) == [Named(account_id="acc_1")]
    assert named({"format": "complex", "user": {"format": "complex", "user": 1}}, ORIGIN) == []


def test_who_may_listen_no_more_is_told_nothing(suite: Suite, receiver: Receiver) -> None:
    """A scope that was taken away and a client that was switched off count at the next event (G4); so do statuses."""
    pat = suite.person()
    stream_id = receiver.stream(events_requested=EVENTS)["stream_id"]
    for status, hearing in (("paused", ["fraud-engine"]), ("disabled", []), ("enabled", ["fraud-engine"])):
        receiver.status(stream_id, status)
        assert hears(suite, pat) == hearing
    receiver.change(scopes=("claims.read",))
    assert hears(suite, pat) == []
    receiver.change(scopes=(READ,))
    assert hears(suite, pat) == ["fraud-engine"]
    receiver.change(enabled=False)
    assert hears(suite, pat) == []
