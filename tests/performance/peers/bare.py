"""The smallest Flask app: nothing before, nothing after. What any Flask service pays before it does anything."""

import os

from flask import Flask, Response
from sqlalchemy import create_engine, text

app = Flask(__name__)
_SIZE = int(os.environ.get("BARE_SIZE", "20"))
_BODY = b'{"x":"' + b"x" * max(0, _SIZE - 8) + b'"}'
_ENGINE = create_engine(os.environ["BARE_DATABASE"]) if "BARE_DATABASE" in os.environ else None
_BY_KEY = text("SELECT functions FROM memberships WHERE account_id = :account AND organization_id = :organization")


@app.route("/bare", methods=["GET", "POST"])
def bare() -> Response:
    """Answer the same bytes always."""
    return Response(_BODY, content_type="application/json")


@app.route("/empty")
def empty() -> Response:
    """Answer 204."""
    return Response(status=204)


@app.route("/select", methods=["GET", "POST"])
def by_key() -> Response:
    """Read one row by its key, as SQLAlchemy's manual shows it."""
    assert _ENGINE is not None
    with _ENGINE.connect() as connection:
        found = connection.execute(_BY_KEY, {"account": "acc_7", "organization": "org_7"}).first()
    return Response(b'{"found":true}' if found else b'{"found":false}', content_type="application/json")
