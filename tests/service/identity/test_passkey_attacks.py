"""What an attacker sends to the JSON doors of passkeys, and gets nothing for (threat 31)."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from webauthn.helpers import bytes_to_base64url

from tests.service.identity.keyholders import assert_refused, device, holder, meg, pat_with_passkey, refusals
from tests.service.identity.world import MEG, ORIGIN, PAT, World, cookies
from tests.support.authenticator import BE, BS, UP, UV
from tests.support.passkey_script import MAKE, Script


def test_a_challenge_is_long_and_never_the_same(world: World) -> None:
    """ASVS 6.7.2: 256 random bits each time (64 are asked for)."""
    visitor = world.browser()
    visitor.open("/login")
    script = Script(visitor, device())
    given = {script.options()["challenge"] for _ in range(20)}
    assert len(given) == 20
    assert all(len(one) == 43 for one in given)


def test_an_answer_is_good_once(world: World) -> None:
    """Threat 31, challenge replay: the same answer again is refused, here and in another browser."""
    script = pat_with_passkey(world, flags=UP | UV | BE, count=None)
    script.visitor.open("/login")
    answer = script.device.get(script.options())
    assert script.send("/login/passkey", answer).status_code == 200
    assert_refused(script.send("/login/passkey", answer), "challenge")


def test_a_challenge_ends_after_ten_minutes(world: World) -> None:
    """Threat 31, expired challenge."""
    script = pat_with_passkey(world)
    script.visitor.open("/login")
    options = script.options()
    world.clock.advance(timedelta(minutes=10))
    assert_refused(script.send("/login/passkey", script.device.get(options)), "challenge")


def test_a_challenge_belongs_to_its_browser(world: World) -> None:
    """Threat 31, other session: an answer that was fished elsewhere opens nothing, and spoils nothing."""
    script = pat_with_passkey(world)
    script.visitor.open("/login")
    answer = script.device.get(script.options())
    other = Script(world.browser(), script.device)
    other.visitor.open("/login")
    other.options()
    assert_refused(other.send("/login/passkey", answer), "challenge")
    assert script.send("/login/passkey", answer).status_code == 200


def test_a_challenge_for_signing_in_makes_no_passkey(world: World) -> None:
    """Threat 31, other purpose; and one for making opens nothing."""
    world.seed(PAT)
    script = Script(world.signed_in(PAT), device())
    script.visitor.open(MAKE)
    making = script.send(f"{MAKE}/options", {}).json()
    wrong = {**making, "challenge": script.options()["challenge"]}
    assert_refused(script.send(f"{MAKE}/made", script.device.create(wrong)), "challenge")
    assert script.send(f"{MAKE}/made", script.device.create(making)).status_code == 200
    again = script.send(f"{MAKE}/options", {}).json()
    assert_refused(script.send("/login/passkey", script.device.get(again)), "challenge")


def test_a_challenge_for_making_belongs_to_its_session(world: World) -> None:
    """Threat 31, other session: nobody binds their key to somebody else's account with a challenge of their own."""
    world.seed(PAT, MEG)
    mallory = Script(world.signed_in(PAT), device())
    mallory.visitor.open(MAKE)
    options = mallory.send(f"{MAKE}/options", {}).json()
    victim = Script(meg(world), device())
    victim.visitor.open(MAKE)
    assert_refused(victim.send(f"{MAKE}/made", mallory.device.create(options)), "challenge")


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"origin": "https://localhost.evil.example"}, "origin"),
        ({"origin": "http://localhost:8001"}, "origin"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UP | UV | BS}, "backup_state"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"algorithm": -47}, "algorithm"),
        ({"format": "tpm"}, "attestation_format"),
    ],
)
def test_a_flawed_key_is_not_bound(world: World, lies: dict[str, Any], reason: str) -> None:
    """Threat 31: wrong origin or RP id, nobody verified, a frame of somebody else's, an algorithm nobody asked for."""
    (pat,) = world.seed(PAT)
    script = Script(world.signed_in(PAT), device(**lies))
    answer = script.make()
    assert_refused(answer, reason)
    assert refusals(world) == [(pat, reason)]
    assert world.published("credential.changed") == []


@pytest.mark.parametrize(
    ("lies", "reason"),
    [
        ({"origin": "https://evil.example"}, "origin"),
        ({"rp_id": "evil.example"}, "rp_id"),
        ({"flags": UP}, "user_verification"),
        ({"flags": UP | UV | BE}, "backup_eligibility"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"type": "webauthn.create"}}, "ceremony_type"),
    ],
)
def test_a_flawed_use_opens_nothing(world: World, lies: dict[str, Any], reason: str) -> None:
    """Threat 31 at sign-in: refused, audited against the account, no session."""
    script = pat_with_passkey(world)
    begun = len(world.published("session.started"))
    script.device = script.device.copy(**lies)
    script.visitor.open("/login")
    assert_refused(script.use(), reason)
    assert [why for _, why in refusals(world)] == [reason]
    assert len(world.published("session.started")) == begun
    assert not list(cookies(script.visitor))


def test_a_stranger_s_key_opens_nothing(world: World) -> None:
    """A credential id that nobody has: refused, and the browser hears that it may forget it."""
    world.seed(PAT)
    visitor = world.browser()
    visitor.open("/login")
    script = Script(visitor, device())
    script.device.create({"user": {"id": bytes_to_base64url(b"acc_nobody")}, "challenge": "AAAA"})
    assert_refused(script.use(), "unknown_credential")
    assert refusals(world) == [("unknown", "unknown_credential")]


def test_a_key_for_one_person_is_not_another_s(world: World) -> None:
    """Threat 31, credential of another user: the user handle must be its owner's."""
    script = pat_with_passkey(world)
    key = script.device.keys[0]
    object.__setattr__(key, "handle", world.seed(MEG)[0])
    script.visitor.open("/login")
    assert_refused(script.use(), "user_handle")


def test_one_credential_belongs_to_one_account(world: World) -> None:
    """Threat 31, duplicate credential id: the second account does not get it, the first keeps it."""
    world.seed(PAT, MEG)
    first = holder(world, world.signed_in(PAT))
    second = Script(meg(world), device())
    second.visitor.open(MAKE)
    options = second.send(f"{MAKE}/options", {}).json()
    stolen = second.device.answer_creation(options, first.device.keys[0])
    assert_refused(second.send(f"{MAKE}/made", stolen), "known_credential")
    again = Script(world.browser(), first.device)
    assert again.sign_in().status_code == 200
    again.visitor.open("/account")
    assert "Pat Partner" in again.visitor.answer.text


def test_a_copy_of_a_key_stops_it(world: World) -> None:
    """Threat 31, counter regress: refused, audited, switched off, told everywhere. No room for another."""
    script = pat_with_passkey(world, count=10)
    assert script.sign_in().status_code == 200
    copied = Script(world.browser(), script.device.copy(count=5))
    copied.visitor.open("/login")
    assert_refused(copied.use(), "copied")
    assert ("credential.disabled", script.device.keys[0].handle) in world.audited()
    letters = [mail for mail in world.mails() if "was stopped" in mail.subject]
    assert [mail.recipient for mail in letters] == [PAT.email]
    original = Script(world.browser(), script.device)
    original.visitor.open("/login")
    assert_refused(original.use(), "disabled")
    assert "Every second way of signing in to your account is switched off" in world.signed_in(PAT).text


def test_an_equal_counter_is_a_copy_too(world: World) -> None:
    """It must grow: two answers with one count cannot come from one device."""
    script = pat_with_passkey(world, count=10)
    script.sign_in()
    copied = Script(world.browser(), script.device.copy(count=script.device.count and script.device.count - 1))
    copied.visitor.open("/login")
    assert_refused(copied.use(), "copied")


def test_a_forged_counter_stops_nobody(world: World) -> None:
    """Whoever knows a credential id but not its key raises no alarm: signatures come before counters."""
    script = pat_with_passkey(world, count=10)
    forger = device(count=0)
    forger.create({"user": {"id": bytes_to_base64url(b"x")}, "challenge": "AAAA"})
    visitor = world.browser()
    visitor.open("/login")
    stranger = Script(visitor, forger)
    answer = forger.get(stranger.options())
    real = script.device.keys[0]
    answer["id"] = answer["rawId"] = bytes_to_base64url(real.id)
    answer["response"]["userHandle"] = bytes_to_base64url(real.handle.encode())
    assert_refused(stranger.send("/login/passkey", answer), "signature")
    assert script.sign_in().status_code == 200


@pytest.mark.parametrize(
    "address", ["/login/passkey/options", "/login/passkey", "/login/enrol/passkey/options", "/login/enrol/passkey/made"]
)
def test_other_sites_cannot_ask_or_answer(world: World, address: str) -> None:
    """Threat 21: another origin, or no form token, is refused before anything is looked at."""
    visitor = world.browser()
    visitor.open("/login")
    script = Script(visitor, device())
    foreign = script.send(address, {}, Origin="https://evil.example", **{"Sec-Fetch-Site": "cross-site"})
    bare = script.send(address, {}, **{"X-CSRF-Token": ""})
    assert [foreign.status_code, bare.status_code] == [403, 403]
    assert foreign.headers["Content-Type"] == "application/problem+json"
    assert bare.json()["type"] == "/problems/csrf-token"


@pytest.mark.parametrize(
    "body", [7, "text", [], {}, {"id": 1}, {"id": "AA", "rawId": "AA", "response": {}, "type": "x"}]
)
def test_nonsense_is_a_refusal(world: World, body: Any) -> None:
    """Threat 49: whatever JSON comes, a refusal goes."""
    visitor = world.browser()
    visitor.open("/login")
    assert_refused(Script(visitor, device()).send("/login/passkey", body), "malformed")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"[" * 20_000, "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"id":"' + b"A" * 40_000 + b'"}', "application/json", 413),
    ],
)
def test_what_cannot_be_read_is_refused_early(world: World, content: bytes, kind: str, status: int) -> None:
    """Threats 49 and 57: broken, deep, of another kind or too large."""
    visitor = world.browser()
    visitor.open("/login")
    script = Script(visitor, device())
    answer = post_raw(script, content, kind)
    assert answer.status_code == status


def post_raw(script: Script, content: bytes, kind: str) -> httpx.Response:
    """Send bytes where the script sends JSON."""
    token = script.send("/login/passkey/options", {}).request.headers["X-CSRF-Token"]
    headers = {"Origin": ORIGIN, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": token, "Content-Type": kind}
    return script.visitor._http.post(f"{ORIGIN}/login/passkey", content=content, headers=headers)
