"""Which tokens open the doors of receivers: a program's own, ours, for us, in the header, with an operator's scope."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import httpx
import pytest

from identity.oidc.clients import service as clients
from identity.oidc.clients.registrable import faults
from identity.oidc.registration import initial_tokens
from identity.oidc.registration.initial_tokens import Allowance
from shared.errors import Problem
from tests.service.identity_oidc.suite import CLINIC, ORIGIN, App, Suite
from tests.service.identity_signals.receivers import BOTH, MANAGE, READ, Receiver, problem, spec_of
from tests.support.possession import Holder

Ask = Callable[..., httpx.Response]


def doors(receiver: Receiver, stream_id: str) -> Iterator[tuple[str, Ask]]:
    """Every door with the scope that it asks for, as a call that is right but for its token."""
    named, body = {"stream_id": stream_id}, {"stream_id": stream_id, "subject": {"format": "opaque", "id": "acc_x"}}
    calls = (
        (READ, "GET", "configuration", {"params": named}),
        (READ, "GET", "configuration", {}),
        (READ, "GET", "status", {"params": named}),
        (MANAGE, "POST", "configuration", {"json": {}}),
        (MANAGE, "PATCH", "configuration", {"json": named}),
        (MANAGE, "PUT", "configuration", {"json": named}),
        (MANAGE, "POST", "status", {"json": {**named, "status": "paused"}}),
        (MANAGE, "POST", "add_subject", {"json": body}),
        (MANAGE, "POST", "remove_subject", {"json": body}),
        (MANAGE, "POST", "verification", {"json": named}),
        (MANAGE, "DELETE", "configuration", {"params": named}),
    )
    for scope, method, endpoint, given in calls:
        yield (
            scope,
            lambda method=method, endpoint=endpoint, given=given, **more: receiver.call(
                method, endpoint, **given, **more
            ),
        )


def test_without_a_token_every_door_is_shut(receiver: Receiver) -> None:
    """401 with the bare challenge (RFC 6750 §3.1), before anything of the body is read."""
    stream_id = receiver.stream()["stream_id"]
    for _, call in doors(receiver, stream_id):
        answer = call(token="")
        assert problem(answer) == (401, "token-missing")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer, DPoP")
    assert problem(receiver.call("POST", "configuration", token="", content=b"{")) == (401, "token-missing")


def test_a_token_that_is_none_of_ours_opens_nothing(receiver: Receiver) -> None:
    """401 `invalid_token`: random, cut short, of another type."""
    stream_id = receiver.stream()["stream_id"]
    for _, call in doors(receiver, stream_id):
        for token in ("random", receiver.token[:-4], "gh_at_unknown"):
            answer = call(token=token)
            assert problem(answer) == (401, "token-refused")
            assert answer.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'


def test_a_token_in_the_address_is_no_token(receiver: Receiver) -> None:
    """Threat 55: addresses end up in logs (RFC 6750 §2.3, CAEP interoperability profile §2.7.2)."""
    answer = receiver.call("GET", "configuration", token="", params={"access_token": receiver.token})
    assert problem(answer) == (401, "token-missing")


def test_an_expired_or_revoked_token_opens_nothing(suite: Suite, receiver: Receiver) -> None:
    """Also one that was given back a moment ago, though it says that it is good."""
    given_back = receiver.ask_token()
    auth = (receiver.name, receiver.name.ljust(48, "s"))
    assert suite.http.post("/oauth/revoke", data={"token": given_back}, auth=auth).status_code == 200
    assert problem(receiver.call("GET", "configuration", token=given_back)) == (401, "token-refused")
    assert receiver.read().status_code == 200
    suite.clock.advance(timedelta(minutes=10))
    assert problem(receiver.read()) == (401, "token-refused")


def test_who_may_only_read_changes_nothing(receiver: Receiver) -> None:
    """403 `insufficient_scope` at every door that changes something, naming the scope (RFC 6750 §3.1)."""
    stream_id = receiver.stream()["stream_id"]
    before = receiver.read().json()
    reads = receiver.ask_token(scope=READ)
    for scope, call in doors(receiver, stream_id):
        answer = call(token=reads)
        if scope == READ:
            assert answer.status_code == 200
            continue
        assert problem(answer) == (403, "insufficient-scope")
        assert answer.headers["WWW-Authenticate"] == f'Bearer error="insufficient_scope", scope="{MANAGE}"'
    assert receiver.read().json() == before


def test_who_may_manage_may_read(receiver: Receiver) -> None:
    """One scope is enough for a receiver."""
    manages = receiver.ask_token(scope=MANAGE)
    assert receiver.call("GET", "configuration", token=manages).status_code == 200


def test_a_person_s_token_opens_nothing(suite: Suite, receiver: Receiver) -> None:
    """However strongly they signed in: streams are set up by programs."""
    pat = suite.person()
    suite.membership(pat, CLINIC)
    tokens = App(suite).tokens(suite.browser(pat))
    assert problem(receiver.call("GET", "configuration", token=tokens["access_token"]))[0] in (401, 403)
    assert problem(receiver.call("GET", "configuration", token=tokens["id_token"])) == (401, "token-refused")


def test_a_program_of_another_api_is_sent_away(suite: Suite, receiver: Receiver) -> None:
    """A token for another audience, or of a client that has neither scope."""
    other = Receiver(suite, "elsewhere", audiences=(f"{ORIGIN}/api/access",))
    assert problem(other.read()) == (401, "token-refused")
    here = Receiver(suite, "for-ssf-alone", audiences=(f"{ORIGIN}/ssf",))
    assert here.read().json() == []
    stranger = App(suite).own_token(resource=f"{ORIGIN}/api/access").json()["access_token"]
    assert problem(receiver.call("GET", "configuration", token=stranger)) == (401, "token-refused")


def test_a_scope_that_was_taken_away_counts_at_once(suite: Suite, receiver: Receiver) -> None:
    """Tokens that are still good included (G4); a client that is switched off is nobody."""
    receiver.change(scopes=(READ,))
    assert problem(receiver.create()) == (403, "insufficient-scope")
    assert receiver.read().status_code == 200
    receiver.change(enabled=False)
    assert problem(receiver.read()) == (401, "token-refused")


def test_another_s_stream_is_nobody_s(suite: Suite, receiver: Receiver) -> None:
    """404 at every door, word for word as for an id that nobody has (threat 15)."""
    stream_id = receiver.stream()["stream_id"]
    other = Receiver(suite, "other-engine")
    other.stream()

    def told(name: str) -> list[tuple[int, str]]:
        return [(one.status_code, one.json().get("detail")) for call in naming(other, name) for one in [call()]]

    assert told(stream_id) == told("str_nobody")
    assert {status for status, _ in told(stream_id)} == {404}
    assert receiver.status(stream_id).json()["status"] == "enabled"


def naming(receiver: Receiver, stream_id: str) -> list[Ask]:
    """The doors that are told a stream."""
    every = [call for _, call in doors(receiver, stream_id)]
    return [every[number] for number in range(len(every)) if number not in (1, 3)]


def test_a_bound_token_needs_its_key(suite: Suite) -> None:
    """DPoP: with a proof it opens, as Bearer it does not (RFC 9449 §7.1)."""
    receiver, holder = Receiver(suite), Holder(suite.clock)
    auth = (receiver.name, receiver.name.ljust(48, "s"))
    proof = {"DPoP": holder.proof("POST", "/oauth/token")}
    answer = suite.http.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=auth, headers=proof)
    token = answer.json()["access_token"]
    assert problem(receiver.call("GET", "configuration", token=token)) == (401, "token-refused")
    shown = holder.headers("GET", "/ssf/streams", token)
    assert suite.http.get("/ssf/streams", headers=shown).status_code == 200
    assert suite.http.get("/ssf/streams", headers=shown).status_code == 401


def test_a_receiver_is_a_program(suite: Suite) -> None:
    """An operator cannot give the scopes to what only signs people in."""
    spec = spec_of("portal-like", profile="first-party", grant_types=("authorization_code",))
    told = " ".join(faults(spec, ORIGIN))
    assert all(f"scopes: {scope} needs client_credentials" in told for scope in BOTH)
    with pytest.raises(Problem), suite.context.transaction() as work:
        clients.ensure_client(work, spec, "k" * 48)


def test_who_registers_itself_never_has_the_scopes(suite: Suite) -> None:
    """Initial access tokens are for scopes of people alone (threat 34)."""
    allowance = Allowance(label="An app", profile="third-party", purpose="Calendars.", scopes=("openid", MANAGE))
    with pytest.raises(Problem), suite.context.transaction() as work:
        initial_tokens.issue(work, allowance, 1, 1)
