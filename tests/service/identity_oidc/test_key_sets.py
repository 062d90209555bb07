"""The keys of clients, written down or behind an address of theirs: what a stranger can make us do is bounded."""

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import orjson
import pytest
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey

from identity.oidc.clients.jwk import MOST_KEYS, read_keys
from identity.oidc.clients.key_sets import AFTER_FAILURE, FRESH, KEPT_AT_MOST, LOOK_AGAIN, KeySets
from identity.oidc.clients.policy import PRIVATE_KEY_JWT, Client
from identity.oidc.outbound.fetcher import Fetcher
from tests.service.identity_oidc.strangers import Stranger, drips, says, stranger
from tests.support.cache_promises import rivals


@dataclass
class Shelf:
    """What a client publishes just now, and a clock for whoever keeps it."""

    keys: dict[str, ECKey] = field(default_factory=dict)
    answer: bytes | None = None
    seconds: float = 1000.0

    def publish(self, *kids: str) -> None:
        """Publish these keys and no others; a kid keeps its key."""
        for kid in kids:
            self.keys.setdefault(kid, ECKey.generate_key("P-256", {"kid": kid}))
        self.answer = orjson.dumps({"keys": [self.keys[kid].as_dict(private=False) for kid in kids]})

    def talk(self, line: socket.socket, over: threading.Event) -> None:
        """Say what is published, or nothing that is a key set."""
        says(self.answer if self.answer is not None else b"away")(line, over)

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def shelf() -> Shelf:
    """A shelf with one key."""
    made = Shelf()
    made.publish("one")
    return made


@pytest.fixture
def server(shelf: Shelf) -> Iterator[Stranger]:
    """The client's server."""
    with stranger(shelf.talk) as made:
        yield made


@pytest.fixture
def client(server: Stranger) -> Client:
    """A client whose keys are behind an address."""
    return Client(id="signer", name="Signer", auth_methods=(PRIVATE_KEY_JWT,), jwks_uri=server.url())


@pytest.fixture
def key_sets(shelf: Shelf) -> KeySets:
    """The keys, as one process knows them."""
    return KeySets(Fetcher(allow_loopback=True, seconds=0.5), shelf)


def test_keys_are_read_once_and_kept_for_five_minutes(
    key_sets: KeySets, client: Client, server: Stranger, shelf: Shelf
) -> None:
    """Then once more, so that a key that was withdrawn is forgotten."""
    for _ in range(5):
        assert key_sets.find(client, "one", "ES256") is not None
    assert server.called == 1
    shelf.publish("two")
    shelf.seconds += FRESH - 1
    assert key_sets.find(client, "one", "ES256") is not None
    shelf.seconds += 1
    assert key_sets.find(client, "one", "ES256") is None
    assert server.called == 2


def test_a_new_key_is_found_at_its_first_use(key_sets: KeySets, client: Client, server: Stranger, shelf: Shelf) -> None:
    """Ten seconds after the last look, so that clients rotate without a word to us."""
    assert key_sets.find(client, "one", "ES256") is not None
    shelf.publish("one", "two")
    shelf.seconds += LOOK_AGAIN
    assert key_sets.find(client, "two", "ES256") is not None
    assert key_sets.find(client, "one", "ES256") is not None
    assert server.called == 2


def test_attack_56_a_flood_of_unknown_kids(key_sets: KeySets, client: Client, server: Stranger, shelf: Shelf) -> None:
    """Threat 56: one call in ten seconds, and the known key serves all the while."""
    assert key_sets.find(client, "one", "ES256") is not None
    shelf.seconds += LOOK_AGAIN
    for number in range(200):
        assert key_sets.find(client, f"kid-{number}", "ES256") is None
        assert key_sets.find(client, "one", "ES256") is not None
    assert server.called == 2
    shelf.seconds += LOOK_AGAIN
    assert key_sets.find(client, "../../etc/passwd", "ES256") is None
    assert key_sets.find(client, "' OR 1=1 --", "ES256") is None
    assert server.called == 3


def test_attack_56_a_flood_from_everybody_at_once(key_sets: KeySets, client: Client, server: Stranger) -> None:
    """Threat 56: of sixteen at once one calls, the others wait for it, and all are served."""
    found = rivals(lambda: key_sets.find(client, "one", "ES256"))
    assert all(key is not None for key in found)
    assert server.called == 1


def test_an_address_that_fails_is_left_alone_for_a_while(
    key_sets: KeySets, client: Client, server: Stranger, shelf: Shelf
) -> None:
    """With the reason kept for the client's own page; then it is asked again."""
    shelf.answer = None
    for _ in range(5):
        assert key_sets.find(client, "one", "ES256") is None
    assert server.called == 1
    assert key_sets.trouble(client) == "jwks_uri: its answer is not JSON"
    shelf.publish("one")
    shelf.seconds += AFTER_FAILURE - 1
    assert key_sets.find(client, "one", "ES256") is None
    shelf.seconds += 1
    assert key_sets.find(client, "one", "ES256") is not None
    assert key_sets.trouble(client) == ""


def test_old_keys_serve_while_the_address_is_away_and_no_longer_than_an_hour(
    key_sets: KeySets, client: Client, server: Stranger, shelf: Shelf
) -> None:
    """A client's bad quarter of an hour stops nobody; a withdrawn key cannot be kept alive by silencing the address."""
    begun = shelf.seconds
    assert key_sets.find(client, "one", "ES256") is not None
    shelf.answer = None
    while shelf.seconds < begun + KEPT_AT_MOST - FRESH:
        shelf.seconds += FRESH
        assert key_sets.find(client, "one", "ES256") is not None
    shelf.seconds = begun + KEPT_AT_MOST
    assert key_sets.find(client, "one", "ES256") is None
    assert server.called == 1 + KEPT_AT_MOST // FRESH


def test_a_slow_address_holds_only_its_own_client(key_sets: KeySets, client: Client, shelf: Shelf) -> None:
    """Threats 12 and 56: its callers wait a second at most, and everybody else is served meanwhile."""
    with stranger(drips(b"HTTP/1.1 200 OK\r\n", b"a")) as slow, stranger(shelf.talk) as quick:
        held = replace(client, id="held", jwks_uri=slow.url())
        caller = threading.Thread(target=key_sets.find, args=(held, "one", "ES256"))
        caller.start()
        assert key_sets.find(replace(client, id="quick", jwks_uri=quick.url()), "one", "ES256") is not None
        begun = time.monotonic()
        assert key_sets.find(held, "one", "ES256") is None
        assert time.monotonic() - begun < 1.5
        caller.join()
        assert key_sets.trouble(held) == "jwks_uri: it took too long"
        assert slow.called == 1


def test_a_changed_registration_counts_at_once(key_sets: KeySets, client: Client, shelf: Shelf) -> None:
    """Another address, or keys written down: the old ones are forgotten with it."""
    assert key_sets.find(client, "one", "ES256") is not None
    other = ECKey.generate_key("P-256", {"kid": "written"})
    written = replace(client, jwks_uri=None, jwks={"keys": [other.as_dict(private=False)]})
    assert key_sets.find(written, "one", "ES256") is None
    assert key_sets.find(written, "written", "ES256") is not None
    elsewhere = Shelf()
    elsewhere.publish("two")
    with stranger(elsewhere.talk) as server:
        moved = replace(client, jwks_uri=server.url())
        assert key_sets.find(moved, "two", "ES256") is not None
        assert key_sets.find(moved, "one", "ES256") is None


def test_the_memory_of_a_process_is_bounded(key_sets: KeySets, client: Client) -> None:
    """However many clients there are, the latest thousand are known."""
    written = replace(client, jwks_uri=None, jwks={"keys": []})
    for number in range(1100):
        key_sets.find(replace(written, id=f"client-{number}"), "one", "ES256")
    assert len(key_sets._known) == 1000


def test_without_a_kid_there_must_be_one_key_that_fits(key_sets: KeySets, client: Client) -> None:
    """Guessing which of two was meant is not ours; keys of other kinds do not count."""
    pair = [ECKey.generate_key("P-256", {"kid": kid}).as_dict(private=False) for kid in ("a", "b")]
    other = OKPKey.generate_key("Ed25519", {"kid": "c"}).as_dict(private=False)
    both = replace(client, jwks_uri=None, jwks={"keys": [*pair, other]})
    assert key_sets.find(both, None, "ES256") is None
    assert key_sets.find(both, None, "EdDSA") is not None
    assert key_sets.find(replace(both, jwks={"keys": [pair[0], other]}), None, "ES256") is not None
    twins = {"keys": [pair[0], {**pair[1], "kid": "a"}]}
    assert key_sets.find(replace(both, jwks=twins), "a", "ES256") is None


def test_a_key_is_for_the_algorithms_of_its_kind_alone() -> None:
    """ASVS 9.1.2: the key decides, so an RSA key never checks an ES256 signature, and none checks HS256."""
    made = {
        "ES256": ECKey.generate_key("P-256").as_dict(private=False),
        "EdDSA": OKPKey.generate_key("Ed25519").as_dict(private=False),
        "RSA": RSAKey.generate_key(2048).as_dict(private=False),
    }
    fitting = {name: read_keys({"keys": [jwk]})[0].algorithms for name, jwk in made.items()}
    assert fitting == {"ES256": ("ES256",), "EdDSA": ("EdDSA", "Ed25519"), "RSA": ("PS256", "RS256")}
    named = read_keys({"keys": [{**made["RSA"], "alg": "PS256"}]})
    assert named[0].algorithms == ("PS256",)


def test_keys_that_are_not_for_us_are_passed_over() -> None:
    """RFC 7517 §5: unknown kinds, other curves, encryption keys and other algorithms stand beside ours."""
    ours = ECKey.generate_key("P-256", {"kid": "ours"}).as_dict(private=False)
    others: list[object] = [
        ECKey.generate_key("P-521").as_dict(private=False),
        OKPKey.generate_key("X25519").as_dict(private=False),
        {**ours, "kid": "enc", "use": "enc"},
        {**ours, "kid": "other", "alg": "ES384"},
        {"kty": "AKP", "alg": "ML-DSA-44", "pub": "x"},
    ]
    assert [key.kid for key in read_keys({"keys": [*others, ours]})] == ["ours"]


@pytest.mark.parametrize(
    ("document", "word"),
    [
        ([], "JSON Web Key Set"),
        ({}, "JSON Web Key Set"),
        ({"keys": "x"}, "JSON Web Key Set"),
        ({"keys": ["x"]}, "not an object"),
        ({"keys": [{"kty": "oct", "k": "c2VjcmV0"}]}, "secret"),
        ({"keys": [OctKey.generate_key(256).as_dict(private=True)]}, "secret"),
        ({"keys": [ECKey.generate_key("P-256").as_dict(private=True)]}, "secret"),
        ({"keys": [RSAKey.generate_key(2048).as_dict(private=True)]}, "secret"),
        ({"keys": [{"kty": "RSA", "n": "gQ" * 85, "e": "AQAB"}]}, "2048"),
        ({"keys": [{"kty": "RSA", "n": "gQ" * 9000, "e": "AQAB"}]}, "8192"),
        ({"keys": [{"kty": "RSA", "n": "gQ" * 180, "e": "AQAB" * 9}]}, "exponent"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}]}, "cannot be read"),
        ({"keys": [{"kty": "EC", "crv": "P-256"}]}, "cannot be read"),
        ({"keys": [{"kty": "EC", "crv": "P-256", "x": 1, "y": []}]}, "cannot be read"),
        ({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": "!!"}]}, "cannot be read"),
        ({"keys": [{"kty": "RSA", "n": "ä", "e": None}]}, "cannot be read"),
        ({"keys": [{**ECKey.generate_key("P-256").as_dict(private=False), "kid": 7}]}, "kid"),
        ({"keys": [{"kty": "X"}] * (MOST_KEYS + 1)}, "more than"),
    ],
)
def test_a_key_set_that_nobody_should_use(document: object, word: str) -> None:
    """ASVS 9.1.3: told in words; what is secret, short or broken never checks a signature."""
    with pytest.raises(ValueError, match=word):
        read_keys(document)


def test_keys_written_down_before_todays_rules_refuse_the_client_and_nothing_else(
    key_sets: KeySets, client: Client
) -> None:
    """The reason is there to be shown."""
    old = replace(client, jwks_uri=None, jwks={"keys": [{"kty": "oct", "k": "x"}]})
    assert key_sets.find(old, None, "ES256") is None
    assert key_sets.trouble(old).startswith("jwks: a key holds secret members")
    assert key_sets.find(replace(old, id="bare", jwks=None), None, "ES256") is None
