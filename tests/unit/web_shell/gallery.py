"""A small app that wears the shell, and a page that shows every macro once: for tests and for looking at.

`python -m tests.unit.web_shell.gallery FOLDER` writes the pages as plain files with their assets.
"""

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, Response, request
from markupsafe import Markup
from marshmallow import ValidationError, validates_schema

from shared.clock import SettableClock
from shared.errors import Problem
from shared.web.csrf import install_csrf
from shared.web.forms import Choice, Choices, Digits, PageForm, Secret, Text, Tick, read_form
from shared.web.security import allow_form_action, install_security
from shared.web.shell.install import install_shell
from shared.web.shell.render import page

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
PUBLIC = "http://localhost:8000"
TIMELINE = [
    (NOW, "Application received", "We sent a confirmation to m•••@lakeside.example."),
    (NOW + timedelta(hours=4), "An access manager opened it"),
    ("Next", "Decision by an access manager"),
]


class Address(Text):
    """A field with a fault of its own, as services write theirs."""

    def read(self, text: str) -> str:
        """The address; an unfinished one is refused."""
        if text.endswith("@"):
            raise ValidationError("Enter an e-mail address in the format name@example.com")
        return text


class Joining(PageForm):
    """The gallery's form: one field of each kind."""

    email = Address(empty="Enter your e-mail address")
    tin = Digits(empty="Enter the TIN", wrong="A TIN has 9 digits", count=9)
    kind = Choice(("practitioner", "representative"), empty="Choose who you are")
    functions = Choices(("claims.status.view", "eligibility.view"), empty="Choose at least one function")
    note = Text(longest=40, multiline=True)
    agree = Tick()
    password = Secret(empty="Enter your password")

    @validates_schema
    def not_the_note(self, data: dict[str, object], **_: object) -> None:
        """A rule over the whole form."""
        if data.get("note") == "everything":
            raise ValidationError("Ask for less")


def make_app(
    *, public_url: str = PUBLIC, key: bytes = b"k" * 32, clock: SettableClock | None = None, prefix: str = "/gallery"
) -> Flask:
    """The app. `received` in its config collects what the form's view was given."""
    app = Flask(__name__, template_folder=str(HERE / "templates"))
    app.config["received"] = []
    install_security(app, public_url=public_url)
    install_csrf(app, public_url=public_url, keys=[key])
    install_shell(
        app,
        asset_prefix=prefix,
        brand="Lakeside Health",
        help_phone="1-800-555-0142",
        languages=["en", "es"],
        service_catalogue=HERE / "locale",
        clock=clock or SettableClock(NOW + timedelta(hours=3)),
    )
    app.register_error_handler(Problem, _problem)
    _add_pages(app)
    _add_odd_ones(app)
    return app


def _problem(problem: Problem) -> Response:
    return page("shell/error.html", problem.status, problem=problem, reference="8K2M-93QX")


def _add_pages(app: Flask) -> None:
    @app.get("/gallery")
    def gallery() -> Response:
        return page("gallery.html", **whole_page())

    @app.route("/gallery/form", methods=["GET", "POST"])
    def form() -> Response:
        if request.method == "GET":
            return page("form.html")
        values, errors = read_form(Joining)
        app.config["received"].append((values, errors))
        return page("form.html", 422 if errors else 200, values=values, errors=errors)


def _add_odd_ones(app: Flask) -> None:
    @app.post("/gallery/only-post")
    def only_post() -> Response:
        return page("form.html")

    @app.post("/gallery/api")
    def api() -> dict[str, bool]:
        return {"done": True}

    api.gatehouse_csrf = False  # type: ignore[attr-defined]

    @app.get("/gallery/public")
    def public() -> Response:
        answer = page("plain.html", text="Open")
        answer.headers["Cache-Control"] = "public, max-age=60"
        return answer

    @app.get("/gallery/public-form")
    def public_form() -> Response:
        answer = page("plain.html", text="form")
        answer.headers["Cache-Control"] = "public, max-age=60"
        return answer

    @app.get("/gallery/authorize")
    def authorize() -> Response:
        allow_form_action("https://Portal.example:443/callback?x=1")
        return page("form.html")

    @app.get("/gallery/leaving")
    def leaving() -> Response:
        return page("shell/leaving.html", url="org.example.app:/callback?code=1&state=2", name="Claims app")

    @app.get("/gallery/refused")
    def refused() -> Response:
        raise Problem(404, "not-found", "Not found.", "There is nothing at this address that you may see.")


def whole_page() -> dict[str, Any]:
    """Values for the page with every macro."""
    return {
        "person_name": "Maria Delgado",
        "organization_name": "Lakeside Family Practice",
        "signout_url": "/gallery/signout",
        "nav": [("/a", "Requests", True), ("/b", "People", False), ("/c", "History", False)],
        "session_seconds": 900,
        "session_url": "/gallery/session",
        "now": NOW,
        "timeline": TIMELINE,
        "long": "L" * 120,
        "evil": '"><script>alert(1)</script>',
        "markup": Markup("<b>bold</b>"),
        "wrong": {"email": "Enter an e-mail address in the format name@example.com", "": "Ask for less"},
    }


def main(folder: Path) -> None:
    """Write the pages and their assets so that a browser can open them from disk."""
    client = make_app(prefix="").test_client()
    for name, path in {
        "gallery": "/gallery",
        "form": "/gallery/form",
        "refused": "/gallery/refused",
        "help": "/help",
        "espanol": "/gallery?lang=es",
    }.items():
        html = client.get(path).get_data(as_text=True)
        for asset in ("site.css", "site.js", "icon.svg"):
            marker = f"/{asset}"
            start = html.index(marker)
            address = html[html.rindex('"', 0, start) + 1 : start + len(marker)]
            html = html.replace(address, asset)
            (folder / asset).write_bytes(client.get(address).data)
        (folder / f"{name}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
