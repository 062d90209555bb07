"""Where a stack lives and where it answers; and a folder that the accounts of the servers can reach."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from deploy.servers.debian import free_port, write_private
from deploy.stack.table import WEBS


@dataclass(frozen=True)
class Place:
    """The folder of a stack, its public addresses, and a loopback port for each web program."""

    folder: Path
    host: str
    port: int
    public_url: str
    portal_port: int
    portal_url: str
    ports: dict[str, int]

    @classmethod
    def at(cls, folder: Path, host: str, port: int, public_url: str = "", portal_port: int = 0) -> "Place":
        """A place with fresh service ports; the sample portal is one port further unless told."""
        portal_port = portal_port or port + 1
        return cls(
            folder=folder,
            host=host,
            port=port,
            public_url=public_url or f"http://localhost:{port}",
            portal_port=portal_port,
            portal_url=f"http://localhost:{portal_port}",
            ports={name: free_port() for name in WEBS},
        )

    @property
    def secrets(self) -> Path:
        """Where the secret files are."""
        return self.folder / "secrets"

    @property
    def logs(self) -> Path:
        """Where every program writes what it has to say."""
        return self.folder / "log"

    def own(self, name: str) -> Path:
        """A folder for one program, made if need be."""
        found = self.folder / name
        found.mkdir(parents=True, exist_ok=True)
        return found

    def fresh(self, name: str) -> Path:
        """An empty folder for one program: what an earlier run left there is gone."""
        shutil.rmtree(self.folder / name, ignore_errors=True)
        return self.own(name)

    def address(self, web: str) -> str:
        """Where a web program answers, on loopback only."""
        return f"http://127.0.0.1:{self.ports[web]}"


def private_file(path: Path, text: str) -> Path:
    """Write a file that only its owner reads."""
    return write_private(path, text)


def reachable(wanted: Path) -> Path:
    """`wanted`, or a folder outside of it when other accounts could not get there.

    PostgreSQL refuses root, so where we are root its own account must be able to walk to its data.
    """
    wanted = wanted.resolve()
    wanted.mkdir(parents=True, exist_ok=True)
    if os.geteuid() != 0:
        return wanted
    wanted.chmod(0o711)
    if all(folder.stat().st_mode & 0o001 for folder in (wanted, *wanted.parents)):
        return wanted
    name = hashlib.sha256(str(wanted).encode()).hexdigest()[:12]
    found = Path("/var/tmp") / f"gatehouse-{name}"  # noqa: S108 - ours alone, checked below
    found.mkdir(mode=0o711, exist_ok=True)
    if found.is_symlink() or found.stat().st_uid != 0:
        raise PermissionError(f"{found} belongs to somebody else")
    return found
