"""The certified npm client `openid-client` in a process of its own, asked line by line (see clients/app.mjs)."""

import json
import queue
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.support.world import World

_FOLDER = Path(__file__).parent / "clients"
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

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


@contextmanager
def openid_client(world: World, client: dict[str, Any], authentication: str = "post") -> Iterator[OpenIdClient]:
    """Start the app for a demo client (its entry of the facts); `promised` is what it found by discovery."""
    command = ["node", *_flags(), "app.mjs"]
    with subprocess.Popen(
        command, cwd=_FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
    ) as process:
        app = OpenIdClient(process)
        try:
            facts = {name: client[name] for name in ("client_id", "client_secret")}
            skew = int((world.now() - datetime.now(UTC)).total_seconds())
            app.promised = app.ask("start", issuer=world.base_url, authentication=authentication, skew=skew, **facts)
            yield app
        finally:
            process.kill()


def _flags() -> list[str]:
    """Node 18 (Debian 12) hides the Web Crypto API that the client needs behind a flag; later ones do not."""
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return ["--experimental-global-webcrypto"] if int(version.removeprefix("v").split(".")[0]) < 20 else []
