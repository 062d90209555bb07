"""The gateway of a stack: Debian's nginx with the files of deploy/gateway and addresses of its own."""

import os
import shutil
from pathlib import Path

from deploy.servers.debian import HINT, own
from deploy.servers.process import DidNotStart, Process
from deploy.stack.place import Place
from deploy.stack.table import WEBS

FILES = Path(__file__).parent.parent / "gateway"
_ACCOUNT = "www-data"  # of Debian's base system; the gateway needs no right that it has not
_PROGRAM = "/usr/sbin/nginx"


def gateway(place: Place) -> Process:
    """Lay out the gateway's folder and return the process, not started; raises DidNotStart without nginx."""
    if not Path(_PROGRAM).exists():
        raise DidNotStart(f"{_PROGRAM} is not on this machine; {HINT}")
    folder = place.fresh("gateway")
    for name in ("nginx.conf", "routes.conf"):
        shutil.copy(FILES / name, folder / name)
    (folder / "addresses.conf").write_text(_addresses(place))
    (folder / "listen.conf").write_text(f"listen {place.host}:{place.port};\n")
    own(folder, _ACCOUNT)
    command = [_PROGRAM, "-p", f"{folder}/", "-c", str(folder / "nginx.conf"), "-e", "stderr"]
    return Process("gateway", command, folder, user=_ACCOUNT if os.geteuid() == 0 else None)


def _addresses(place: Place) -> str:
    upstreams = [
        f"upstream {name} {{ server {place.address(name).removeprefix('http://')};"
        " keepalive 16; keepalive_timeout 20s; }\n"
        for name in WEBS
    ]
    return "".join(upstreams) + "access_log failures.log failure if=$worth_a_line;\n"
