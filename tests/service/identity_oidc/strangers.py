"""Servers of other people, on real sockets: what stands behind an address that a client gave us."""

import ipaddress
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

Talk = Callable[[socket.socket, threading.Event], None]


@dataclass
class Stranger:
    """A server that hears each request out and then says what it likes. `heard` are the requests as they came."""

    port: int
    over: threading.Event
    heard: list[str] = field(default_factory=list)
    called: int = 0

    def url(self, path: str = "/keys", host: str = "127.0.0.1", scheme: str = "http") -> str:
        """Return an address of it."""
        return f"{scheme}://{host}:{self.port}{path}"


@contextmanager
def stranger(
    talk: Talk, *, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None, keeps: bool = False
) -> Iterator[Stranger]:
    """Run a server for the length of a block; `talk` speaks after each request, on the bare socket.

    `keeps`: it hears one request after the other on a connection, for as long as the other side likes.
    """
    listener = socket.create_server((host, port))
    listener.settimeout(0.05)
    made = Stranger(listener.getsockname()[1], threading.Event())

    def attend(connection: socket.socket) -> None:
        try:
            with tls.wrap_socket(connection, server_side=True) if tls else connection as line:
                line.settimeout(5)
                while True:
                    made.heard.append(_request(line))
                    talk(line, made.over)
                    if not keeps:
                        break
        except OSError:
            pass  # the other side left, as it may

    def serve() -> None:
        while not made.over.is_set():
            try:
                connection, _ = listener.accept()
            except TimeoutError:
                continue
            made.called += 1
            threading.Thread(target=attend, args=(connection,), daemon=True).start()

    server = threading.Thread(target=serve, daemon=True)
    server.start()
    try:
        yield made
    finally:
        made.over.set()
        server.join()
        listener.close()


def _request(line: socket.socket) -> str:
    received = b""
    while b"\r\n\r\n" not in received:
        part = line.recv(4096)
        if not part:
            raise ConnectionResetError
        received += part
    head, _, body = received.partition(b"\r\n\r\n")
    for header in head.decode().split("\r\n"):
        name, _, value = header.partition(":")
        while name.lower() == "content-length" and len(body) < int(value):
            body += line.recv(4096)
    return (head + b"\r\n\r\n" + body).decode()


def says(body: bytes, *, status: str = "200 OK", headers: str = "") -> Talk:
    """Answer once, as HTTP should."""

    def talk(line: socket.socket, _over: threading.Event) -> None:
        line.sendall(f"HTTP/1.1 {status}\r\n{headers}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    return talk


def drips(beginning: bytes, drop: bytes) -> Talk:
    """Begin an answer, and then let bytes fall one by one until the test is over."""

    def talk(line: socket.socket, over: threading.Event) -> None:
        line.sendall(beginning)
        while not over.wait(0.02):
            line.sendall(drop)

    return talk


def floods(beginning: bytes, piece: bytes) -> Talk:
    """Begin an answer and never stop, as fast as it goes."""

    def talk(line: socket.socket, over: threading.Event) -> None:
        line.sendall(beginning)
        while not over.is_set():
            line.sendall(piece)

    return talk


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """Return (the server's side, a caller that trusts it) of a certificate for one name."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    names: list[x509.GeneralName] = [x509.DNSName(name), x509.IPAddress(ipaddress.ip_address("192.0.2.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file)
    return server, ssl.create_default_context(cafile=str(file))
