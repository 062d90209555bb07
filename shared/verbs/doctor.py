"""`gatehouse doctor`: every service asked whether it is ready."""

import sys
from collections.abc import Sequence

import click
import httpx

from shared.cli import as_json_option, show

_READY_ADDRESSES = "http://identity:8000 http://registration:8000 http://access-manager:8000 http://availability:8000"


@click.command("doctor", help="Ask every service whether it is ready, and say what is wrong.")
@click.argument("addresses", nargs=-1)
@as_json_option
def doctor(addresses: Sequence[str], as_json: bool) -> None:
    """Exit 1 where any service is not ready."""
    rows = [_readiness(address) for address in addresses or _READY_ADDRESSES.split()]
    show(rows, as_json)
    sys.exit(0 if all(row["ready"] for row in rows) else 1)


def _readiness(address: str) -> dict[str, object]:
    try:
        answer = httpx.get(f"{address.rstrip('/')}/readyz", timeout=5)
        return {"address": address, "ready": answer.status_code == 200, **answer.json().get("checks", {})}
    except (httpx.HTTPError, ValueError) as error:
        return {"address": address, "ready": False, "error": f"does not answer ({type(error).__name__})"}
