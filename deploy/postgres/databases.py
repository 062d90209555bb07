"""Gives every service a database of its own and a role that reaches only this one; safe at every start.

`python -m deploy.postgres.databases FOLDER`: the folder holds `postgres_url` (the administrator's address) and
`<service>_database_password` for each service. A changed password file changes the role's password.
"""

import sys
from pathlib import Path

import psycopg
from psycopg import sql

from deploy.stack.table import SERVICES, stem


def prepare(server_url: str, passwords: dict[str, str]) -> list[str]:
    """Make what is missing for each role in `passwords` (role → password); return the databases made."""
    with psycopg.connect(server_url, autocommit=True, connect_timeout=10) as connection:
        return [role for role, password in passwords.items() if _prepare_one(connection, role, password)]


def main(folder: Path) -> None:
    """Read the files and prepare the server they name."""
    passwords = {stem(name): _text(folder / f"{stem(name)}_database_password") for name in SERVICES}
    made = prepare(_text(folder / "postgres_url"), passwords)
    print(f"databases: made {', '.join(made)}" if made else "databases: all there")


def _prepare_one(connection: psycopg.Connection, role: str, password: str) -> bool:
    name = sql.Identifier(role)
    # The server gets the verifier, so the password appears in no statement log (libpq PQencryptPasswordConn).
    verifier = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256").decode()
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    verb = sql.SQL("ALTER ROLE" if known else "CREATE ROLE")
    connection.execute(sql.SQL("{} {} LOGIN PASSWORD {}").format(verb, name, sql.Literal(verifier)))
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [role]).fetchone():
        return False
    connection.execute(sql.SQL("CREATE DATABASE {} OWNER {} TEMPLATE template0 ENCODING 'UTF8'").format(name, name))
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(name))
    return True


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8").strip()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
