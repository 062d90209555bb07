"""Certified npm clients in processes of their own, asked line by line (see clients/listening.mjs).

`app.mjs` is made with `openid-client`, `lean.mjs` with `oauth4webapi`, which leaves more to the app.
"""

import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.conformance.visiting import type_password
from tests.support.pages import Visitor
from tests.support.world import World

FOLDER = Path(__file__).parent / "clients"
BACK = "Back at the app"
SCOPE = "openid profile email organization functions population offline_access"
_PATIENCE = 40  # seconds for one answer; the app itself gives up waiting for a browser after 30


class Refused(Exception):
    """What the client makes of a refusal: `error` and `description` as the provider sent them, `code` its own word."""

    def __init__(self, facts: dict[str, Any]) -> None:
        super().__init__(json.dumps(facts))
        self.error = facts["error"]
        self.description = facts["description"] or ""
        self.code = facts["code"]


class OpenIdClient:
    """One app with one client registration."""

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.promised: dict[str, Any] = {}
        self._answers: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, do: str, **arguments: Any) -> Any:
        """Return what the command answers; raises Refused with what the client says is wrong."""
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"do": do, **arguments}) + "\n")
        self._process.stdin.flush()
        line = self._answers.get(timeout=_PATIENCE)
        assert line, "the app ended"
        answer = json.loads(line)
        if not answer["ok"]:
            raise Refused(answer["error"])
        return answer["value"]

    def begin(self, world: World, visitor: Visitor, user_id: str, *, pushed: bool = False, **parameters: str) -> None:
        """Send a person from the app to the sign-in page; they enter user ID and password."""
        asked = {"scope": SCOPE, **parameters}
        visitor.open(self.ask("authorize", parameters=asked, pushed=pushed)["url"])
        type_password(world, visitor, user_id)

    def sign_in(self, world: World, visitor: Visitor, user_id: str, **options: Any) -> dict[str, Any]:
        """Send a person through the pages and back; return what the app found out."""
        self.begin(world, visitor, user_id, **options)
        assert BACK in visitor.text, visitor.text
        return dict(self.ask("redeem"))

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


@contextmanager
def openid_client(
    world: World,
    client: Mapping[str, Any],
    authentication: str = "post",
    *,
    program: str = "app.mjs",
    key: Mapping[str, Any] | None = None,
    **options: Any,
) -> Iterator[OpenIdClient]:
    """Start the app for a client (its entry of the facts); `promised` is what it found by discovery.

    `authentication`: basic, post, none, or key with `key`, a private JWK. More `options`: see the program's `start`.
    """
    command = ["node", *node_flags(), program]
    with subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        app = OpenIdClient(process)
        try:
            facts = {name: client.get(name) for name in ("client_id", "client_secret")}
            skew = int((world.now() - datetime.now(UTC)).total_seconds())
            told = {"issuer": world.base_url, "authentication": authentication, "key": key, "skew": skew, **options}
            app.promised = app.ask("start", **told, **facts)
            yield app
        finally:
            process.kill()


def node_flags() -> list[str]:
    """Node 18 (Debian 12) hides the Web Crypto API that the client needs behind a flag; later ones do not."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return ["--experimental-global-webcrypto"] if int(version.removeprefix("v").split(".")[0]) < 20 else []
