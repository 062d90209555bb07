"""One child process of ours: started in a session of its own, ended by its pid, with its words in a log file."""

import os
import pwd
import signal
import subprocess
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict


class DidNotStart(RuntimeError):
    """A server ended, or stayed silent, before it answered; the message carries the end of its log."""


@dataclass
class Process:
    """A command that can be started again and again; `user` is who runs it when we are root, `without` names the
    variables of ours that it does not inherit.

    A session of its own keeps Ctrl-C in the terminal from reaching the server before the tests have let go of it.
    """

    name: str
    command: Sequence[str]
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_with: signal.Signals = signal.SIGTERM
    kill_with: signal.Signals = signal.SIGKILL
    user: str | None = None
    without: Collection[str] = ()
    _child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        return self.folder / f"{self.name}.log"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.poll() is None

    @property
    def pid(self) -> int:
        """The process id; raises DidNotStart when there is none."""
        if self._child is None:
            raise DidNotStart(f"{self.name} was never started")
        return self._child.pid

    def start(self) -> None:
        if self.running:
            return
        inherited = {name: value for name, value in os.environ.items() if name not in self.without}
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                self.command,
                cwd=self.folder,
                env={**inherited, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **identity_of(self.user),
            )

    def stop(self, patience: float = 20) -> None:
        """Ask it to end; after `patience` seconds, or at once when it does not listen, end it."""
        self._end(self.stop_with, patience)

    def kill(self) -> None:
        """End it without a goodbye, as a crash would."""
        self._end(self.kill_with, 10)

    def fail_if_ended(self) -> None:
        if not self.running:
            raise DidNotStart(f"{self.name} ended:\n{self.last_words()}")

    def last_words(self, most: int = 2000) -> str:
        return self.log.read_text(errors="replace")[-most:] if self.log.exists() else ""

    def _end(self, with_signal: signal.Signals, patience: float) -> None:
        child = self._child
        if child is None or child.poll() is not None:
            return
        child.send_signal(with_signal)
        try:
            child.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@dataclass
class Together:
    """Several processes that live and end as one; the last of them is the one people mean."""

    members: Sequence[Process]

    @property
    def running(self) -> bool:
        return all(member.running for member in self.members)

    def start(self) -> None:
        for member in self.members:
            member.start()

    def stop(self) -> None:
        for member in reversed(self.members):
            member.stop()

    def kill(self) -> None:
        for member in reversed(self.members):
            member.kill()

    def fail_if_ended(self) -> None:
        for member in self.members:
            member.fail_if_ended()

    def last_words(self) -> str:
        return self.members[-1].last_words()


class Identity(TypedDict, total=False):
    """The Popen arguments that say who runs a child."""

    user: int
    group: int
    extra_groups: list[int]


def identity_of(user: str | None) -> Identity:
    """Hand a child to `user`; empty when we are not root and could not."""
    if user is None or os.geteuid() != 0:
        return {}
    entry = pwd.getpwnam(user)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
