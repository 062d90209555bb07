"""A receiver of shared signals (RFC 8935), and the reading of what it was sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from joserfc import jwt
from joserfc.jwk import KeySet

from tests.support.listener import Listener

CAEP = "https://schemas.openid.net/secevent/caep/event-type"
RISC = "https://schemas.openid.net/secevent/risc/event-type"
SSF = "https://schemas.openid.net/secevent/ssf/event-type"
ENTITIES = {"admin", "user", "policy", "system"}


@dataclass(frozen=True)
class Pushed:
    """One request as it came."""

    headers: Mapping[str, str]
    token: str


class SignalReceiver(Listener):
    """Keeps the sets that came."""

    def __init__(self, status: int = 202, body: bytes = b"") -> None:
        self.received: list[Pushed] = []
        super().__init__("/events?tenant=1", status, body)

    @property
    def tokens(self) -> list[str]:
        """Every set so far, in the order of arrival."""
        return [one.token for one in self.received]

    def take(self, path: str, headers: Mapping[str, str], body: str) -> None:
        """Keep a set with what came along."""
        self.received.append(Pushed(headers, body))


@dataclass(frozen=True)
class Heard:
    """A set that passed every check: its one event by type and content, whom it is about, and all it says."""

    kind: str
    event: Mapping[str, Any]
    subject: Mapping[str, Any]
    claims: Mapping[str, Any]

    @property
    def jti(self) -> str:
        """The identifier of the set."""
        return str(self.claims["jti"])


def validated_set(token: str, keys: Mapping[str, Any], issuer: str, audience: str, now: float) -> Heard:
    """Return a set after each check of RFC 8417, SSF 1.0 §4.1 and the interoperability profile; fails where one does.

    `keys`: the transmitter's public key set. The library is another than the one that signed.
    """
    read = jwt.decode(token, KeySet.import_key_set(dict(keys)), algorithms=["RS256"])  # type: ignore[arg-type]
    claims = read.claims
    assert read.header["typ"] == "secevent+jwt" and read.header["alg"] == "RS256"
    (key,) = [one for one in keys["keys"] if one["kid"] == read.header["kid"]]
    assert len(key["n"]) >= 2048 / 6
    assert (claims["iss"], claims["aud"]) == (issuer, audience)
    assert isinstance(claims["jti"], str) and claims["jti"]
    assert type(claims["iat"]) is int and claims["iat"] <= now
    assert not {"sub", "exp", "nonce", "name", "email", "phone_number", "tin"} & set(claims)
    ((kind, event),) = claims["events"].items()
    _insist_subject(claims["sub_id"], issuer, own=kind.startswith(SSF))
    if kind.startswith(CAEP):
        _insist_caep(event, claims)
    return Heard(kind, event, claims["sub_id"], dict(claims))


def _insist_subject(subject: Mapping[str, Any], issuer: str, *, own: bool) -> None:
    if own:
        assert set(subject) == {"format", "id"} and subject["format"] == "opaque"
        return
    if subject["format"] == "complex":
        assert set(subject) == {"format", "user", "session"}
        assert set(subject["session"]) == {"format", "id"} and subject["session"]["format"] == "opaque"
    person = subject.get("user", subject)
    assert set(person) == {"format", "iss", "sub"}
    assert (person["format"], person["iss"]) == ("iss_sub", issuer)


def _insist_caep(event: Mapping[str, Any], claims: Mapping[str, Any]) -> None:
    """CAEP 1.0 §2: seconds and not milliseconds; known words; reasons by language, never empty."""
    assert type(event["event_timestamp"]) is int and event["event_timestamp"] <= claims["iat"]
    assert event["event_timestamp"] == claims["toe"] and claims["txn"]
    assert event.get("initiating_entity", "system") in ENTITIES
    for name in ("reason_admin", "reason_user"):
        assert set(event[name]) == {"en", "es"} and all(event[name].values())
        assert event[name]["en"] != event[name]["es"]
