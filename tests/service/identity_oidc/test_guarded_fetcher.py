"""Calls to addresses that clients gave us: threat 12 tried on real sockets (ASVS 1.3.6)."""

import json
import ssl
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from identity.oidc.outbound.addresses import fault_of
from identity.oidc.outbound.fetcher import LARGEST, Fetcher, Unreachable
from tests.service.identity_oidc.strangers import Talk, certificate, drips, floods, says, stranger

KEYS = json.dumps({"keys": []}).encode()
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


class Names:
    """A resolver that answers from a script, the last line again and again, and counts."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, seconds: float) -> Sequence[str]:
        assert seconds > 0 and port > 0
        self.asked.append(host)
        return self.answers[min(len(self.asked), len(self.answers)) - 1]


def at_home(seconds: float = 5.0) -> Fetcher:
    """The fetcher of a local run: apps on loopback may be called."""
    return Fetcher(allow_loopback=True, seconds=seconds)


def test_it_gets_json_and_posts_forms() -> None:
    """With a bare request: no cookie, no compression, no connection kept."""
    with stranger(says(KEYS, headers="Set-Cookie: a=b\r\n")) as other:
        fetcher = at_home()
        assert fetcher.get_json(other.url("/keys?x=1")) == {"keys": []}
        with fetcher.line() as line:
            assert line.post_form(other.url("/out"), {"logout_token": "a.b+c", "more": "ä"}).status == 200
        got, posted = other.heard
    assert got.startswith("GET /keys?x=1 HTTP/1.1\r\n") and "accept-encoding: identity" in got.lower()
    head, _, body = posted.partition("\r\n\r\n")
    assert head.startswith("POST /out HTTP/1.1\r\n") and "cookie" not in head.lower()
    assert parse_qs(body) == {"logout_token": ["a.b+c"], "more": ["ä"]}


REFUSED = [
    *("127.0.0.1", "127.8.9.1", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1"),
    *("100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *(
        "192.88.99.1",
        "168.63.129.16",
        "::",
        "::7f00:1",
        "100::1",
        "3fff::1",
        "5f00::1",
        "4000::1",
        "::1",
        "fe80::1",
        "fe80::1%1",
        "fc00::1",
        "fd00:ec2::254",
        "fec0::1",
    ),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:8.8.8.8", "2002:7f00:1::", "2001:0:7f00:1::1"),
    *("64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "2001:db8::1"),
]


@pytest.mark.parametrize("address", REFUSED)
def test_attack_12_a_name_that_leads_inside(address: str) -> None:
    """Threat 12: loopback, link-local, private, multicast, a cloud's agents, and IPv4 in the disguise of IPv6."""
    for answer in ([address], ["8.8.8.8", address], [address, "2606:4700::1111"]):
        names = Names(answer)
        with pytest.raises(Unreachable, match="not public"):
            Fetcher(resolve=names, tls=NO_AUTHORITIES).get_json("https://keys.example/jwks")
        assert names.asked == ["keys.example"]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "0177.0.0.1"])
def test_attack_12_loopback_in_every_spelling(host: str) -> None:
    """Threat 12: the machine's own resolving is asked, and nothing reaches the server that listens there."""
    with stranger(says(KEYS)) as inside:
        with pytest.raises(Unreachable):
            Fetcher().get_json(inside.url(host=host, scheme="https"))
        with pytest.raises(Unreachable, match="https"):
            Fetcher().get_json(inside.url(host=host))
        assert inside.called == 0


@pytest.mark.parametrize(
    "url",
    [
        "http://keys.example/jwks",
        "ftp://keys.example/jwks",
        "file:///etc/passwd",
        "gopher://keys.example/",
        "data:application/json,{}",
        "javascript:alert(1)",
        "https://user@keys.example/",
        "https://user:pw@keys.example/",
        "https://keys.example#@127.0.0.1/",
        "https://keys.example\\@127.0.0.1/",
        "https://keys.example/a b",
        "https://keys.example/\r\nHost: inside",
        "https://[::1]/jwks",
        "https://[::ffff:127.0.0.1]/jwks",
        "https://kéys.example/",
        "https:///jwks",
        "https://keys.example:99999/",
        "https://keys.example:x/",
        "//keys.example/",
        "keys.example",
        "",
        "https://keys.example/" + "a" * 2000,
    ],
)
def test_attack_12_addresses_that_are_not_even_tried(url: str) -> None:
    """Threat 12: told in a sentence, before any name is resolved; they cannot be registered either."""
    names = Names(["8.8.8.8"])
    with pytest.raises(Unreachable):
        Fetcher(resolve=names, allow_loopback=True).get_json(url)
    assert names.asked == []
    assert fault_of(url)


@pytest.mark.parametrize("url", ["https://169.254.169.254/latest", "https://10.1.2.3/", "https://127.0.0.1/"])
def test_addresses_inside_are_told_at_registration(url: str) -> None:
    """Written as numbers they need no resolving."""
    assert fault_of(url) == "use a public address"
    assert fault_of("https://keys.example:8443/jwks?x=1") is None


def test_attack_12_a_name_that_changes_its_mind() -> None:
    """Threat 12: DNS rebinding. One question, and the connection goes to the answer that was looked at."""
    names = Names(["127.0.0.1"], ["127.0.0.2"])
    with stranger(says(KEYS)) as seen, stranger(says(b"{}"), host="127.0.0.2", port=seen.port) as unseen:
        fetcher = Fetcher(allow_loopback=True, resolve=names)
        assert fetcher.get_json(seen.url(host="localhost")) == {"keys": []}
        assert (names.asked, seen.called, unseen.called) == (["localhost"], 1, 0)


def test_a_name_with_a_dead_address_is_reached_at_another() -> None:
    """As long as all of them may be called."""
    with stranger(says(KEYS)) as other:
        names = Names(["127.0.0.3", "127.0.0.1"])
        assert Fetcher(allow_loopback=True, resolve=names).get_json(other.url(host="localhost")) == {"keys": []}
        with pytest.raises(Unreachable, match="does not answer"):
            Fetcher(allow_loopback=True, resolve=Names(["127.0.0.3"])).get_json(other.url(host="localhost"))
    with pytest.raises(Unreachable, match="no address"):
        Fetcher(resolve=Names([])).get_json("https://keys.example/")


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"])
def test_attack_12_a_redirect_inside(status: str) -> None:
    """Threat 12: never followed, neither for a GET nor for a POST."""
    with stranger(says(KEYS)) as inside:
        talk = says(b"", status=status, headers=f"Location: {inside.url()}\r\n")
        with stranger(talk) as other:
            with pytest.raises(Unreachable, match=status[:3]):
                at_home().get_json(other.url())
            with at_home().line() as line:
                assert line.post_form(other.url(), {"a": "b"}).status == int(status[:3])
        assert inside.called == 0


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(drips(b"", b""), id="silence"),
        pytest.param(drips(b"HTTP/1.1 200 OK\r\n", b"A"), id="endless header"),
        pytest.param(drips(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"), id="endless hints"),
        pytest.param(drips(HEAD + b"Content-Length: 60000\r\n\r\n", b" "), id="dripping body"),
        pytest.param(drips(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"), id="dripping chunks"),
    ],
)
def test_attack_12_a_slow_answer(talk: Talk) -> None:
    """Threat 12: the time is that of the whole call, however its bytes fall."""
    with stranger(talk) as other:
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="too long"):
            at_home(seconds=0.4).get_json(other.url())
        assert time.monotonic() - begun < 2


@pytest.mark.parametrize(
    "talk",
    [
        pytest.param(says(b'"' + b"a" * LARGEST + b'"'), id="honest length"),
        pytest.param(floods(HEAD + b"Content-Length: 9999999999\r\n\r\n", b"a" * 9000), id="endless body"),
        pytest.param(
            floods(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"fa0\r\n" + b"a" * 4000 + b"\r\n"), id="chunks"
        ),
        pytest.param(floods(HEAD, b"a" * 9000), id="no length"),
        pytest.param(floods(b"HTTP/1.1 200 OK\r\nX: ", b"a" * 9000), id="endless header"),
    ],
)
def test_attack_12_a_huge_answer(talk: Talk) -> None:
    """Threat 12: at most 64 KiB are read, whatever the length says."""
    with stranger(talk) as other, pytest.raises(Unreachable, match=r"larger|as HTTP should"):
        at_home().get_json(other.url())


@pytest.mark.parametrize(
    ("talk", "word"),
    [
        (says(b"<html>"), "not JSON"),
        (says(b""), "not JSON"),
        (says(b"\xff\xfe{}"), "not JSON"),
        (says(b"[" * 60000), "not JSON"),
        (says(b"\x1f\x8b\x08\x00", headers="Content-Encoding: gzip\r\n"), "not JSON"),
        (says(KEYS, status="404 Not Found"), "404"),
        (says(KEYS, status="500 Oh"), "500"),
        (says(KEYS, status="204 No Content"), "204"),
        (lambda line, _over: line.sendall(b"SSH-2.0-OpenSSH_9.7\r\n\r\n"), "as HTTP should"),
        (lambda line, _over: line.close(), "as HTTP should|not answer"),
    ],
)
def test_an_answer_that_is_none(talk: Talk, word: str) -> None:
    """Each with a reason in our words, and nothing of what was sent."""
    with stranger(talk) as other, pytest.raises(Unreachable, match=word) as told:
        at_home().get_json(other.url())
    assert "html" not in str(told.value) and "OpenSSH" not in str(told.value)


def test_attack_12_a_proxy_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threat 12: a proxy would resolve for itself, so none is used."""
    with stranger(says(b"{}")) as proxy, stranger(says(KEYS)) as other:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url(""))
        assert at_home().get_json(other.url()) == {"keys": []}
        assert proxy.called == 0


def test_the_certificate_must_be_for_the_name_and_from_a_known_authority(tmp_path: Path) -> None:
    """The connection goes to an address, TLS to the name."""
    server, caller = certificate(tmp_path, "keys.example")
    names = Names(["127.0.0.1"])
    with stranger(says(KEYS), tls=server) as other:
        known = Fetcher(allow_loopback=True, resolve=names, tls=caller)
        assert known.get_json(other.url(host="keys.example", scheme="https")) == {"keys": []}
        assert f"Host: keys.example:{other.port}" in other.heard[0]
        for fetcher, host in (
            (known, "other.example"),
            (known, "127.0.0.1"),
            (Fetcher(allow_loopback=True, resolve=names), "keys.example"),
        ):
            with pytest.raises(Unreachable, match="certificate"):
                fetcher.get_json(other.url(host=host, scheme="https"))
        assert len(other.heard) == 1


def test_a_slow_resolver_does_not_hold_us(monkeypatch: pytest.MonkeyPatch) -> None:
    """The machine's resolving may take half a minute; a call does not."""
    with stranger(drips(b"", b"")) as other:
        monkeypatch.setattr("socket.getaddrinfo", lambda *_a, **_k: other.over.wait(3) and [])
        begun = time.monotonic()
        with pytest.raises(Unreachable, match="in time"):
            Fetcher(seconds=0.2).get_json("https://keys.example/")
        assert time.monotonic() - begun < 1


def test_a_name_that_nobody_has() -> None:
    """Told as such; `.invalid` is reserved for this (RFC 6761 §6.4)."""
    with pytest.raises(Unreachable, match=r"name is not known|in time"):
        Fetcher().get_json("https://keys.invalid/")
