"""Decisions per second on a large PostgreSQL, against a bare view that reads one row by its key from the same table."""

import json
import os
from collections.abc import Iterator
from statistics import median

from tests.performance.contest import Rival, contest
from tests.performance.house import House
from tests.performance.load import paced, request
from tests.performance.table import Row, against

MEMBERS = int(os.environ.get("BENCH_MEMBERS", "1000000"))
# Fifty functions a person: the catalogue's four that are asked for, and those of portals yet to come.
_FUNCTIONS = [
    *("eligibility.view", "claims.status.view", "claims.submit", "remittance.view"),
    *(f"portal.function-{number}" for number in range(46)),
]
_PEOPLE = """
    INSERT INTO people (account_id, display_name, email, population, status, sequence, terms_version)
    SELECT 'acc_' || n, 'Person ' || n, 'p' || n || '@example.test', 'provider', 'active', 1, 2
    FROM generate_series(%(first)s::bigint, %(last)s) n ON CONFLICT DO NOTHING"""
_TERMS = """
    INSERT INTO terms_versions (version, effective_at)
    SELECT n, now() + (n - 3) * interval '1 year' FROM generate_series(1, 4) n ON CONFLICT DO NOTHING"""
_ORGANIZATIONS = """
    INSERT INTO organizations (id, name, kind, contracted, manager_count, version, created_at)
    SELECT 'org_' || n, 'Practice ' || n, 'practice', true, 1, 1, now()
    FROM generate_series(0, %(organizations)s::bigint) n ON CONFLICT DO NOTHING"""
_MEMBERS = """
    INSERT INTO memberships
        (id, account_id, organization_id, status, role, functions, starts_at, source, changed_at, version)
    SELECT 'mem_' || n, 'acc_' || n, 'org_' || (n %% %(organizations)s), 'active', 'member', %(functions)s::jsonb,
        now(), 'bench', now(), 1
    FROM generate_series(%(first)s::bigint, %(last)s) n ON CONFLICT DO NOTHING"""


def measure(house: House) -> Iterator[Row]:
    """With a tenth of the members, then with all."""
    few = MEMBERS // 10
    organizations = max(100, few)
    _fill(house, 0, few, organizations)
    token = house.token("access.evaluate", "/api/access")
    address = house.servers.postgres.url("access_manager")
    bare = house.serve("bare-key", ["tests.performance.peers.bare:app"], {"BARE_DATABASE": address}, "/select")
    small = _rates(house, token, bare)
    yield against(f"decision, {few:,} members", small[0], "a bare view, one select by key", small[1], "≥ 0.7")
    _fill(house, few + 1, MEMBERS, organizations)
    large = _rates(house, token, bare)
    yield against(f"decision, {MEMBERS:,} members", large[0], "a bare view, one select by key", large[1], "≥ 0.7")
    # What ten times the rows cost, with the drift of the machine taken out by the bare view of each turn.
    growth = median(b / a for a, b in zip(*small, strict=True)), median(b / a for a, b in zip(*large, strict=True))
    yield _patient(house, token)
    yield Row("cost of a decision, tables ten times as large", "", "the smaller tables", _two(growth), "≤ 1.2")


def _two(growth: tuple[float, float]) -> str:
    return f"{growth[1] / growth[0]:.2f}"


def _patient(house: House, token: str) -> Row:
    """What somebody waits who asks now and then, and does not saturate the server."""
    found = paced(house.address("access-manager"), _question(token), connections=4, per_second=200, seconds=5).demand(
        200
    )
    told = f"p50 {found.percentile(0.5):.1f} ms, p99 {found.percentile(0.99):.1f} ms"
    return Row(f"decision, {MEMBERS:,} members, 200 a second", told)


def _rates(house: House, token: str, bare: tuple[str, int]) -> tuple[list[float], list[float]]:
    ours = Rival("ours", house.address("access-manager"), _question(token))
    reference = Rival("bare", bare, _question(token, "/select"))
    contest([ours, reference])
    return ours.rates, reference.rates


def _question(token: str, path: str = "/access/v1/evaluation") -> bytes:
    asked = {
        "subject": {"type": "account", "id": "acc_7"},
        "action": {"name": "eligibility.view"},
        "resource": {"type": "organization", "id": "org_7"},
    }
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return request("POST", path, "127.0.0.1", headers, json.dumps(asked).encode())


def _fill(house: House, first: int, last: int, organizations: int) -> None:
    values = {
        "first": first,
        "last": last,
        "organizations": organizations,
        "functions": json.dumps(_FUNCTIONS),
    }
    with house.database("access_manager") as connection:
        for statement in (_TERMS, _PEOPLE, _ORGANIZATIONS, _MEMBERS):
            connection.execute(statement.encode(), values)
        for table in ("people", "organizations", "memberships"):
            connection.execute(f"VACUUM ANALYZE {table}".encode())
        connection.execute(b"CHECKPOINT")  # or the disk would still be writing while the decisions run
