"""The pages and the JSON of `/dev` (contract: `/dev/messages.json?to=`, `/dev/clock`)."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import pyotp
from flask import Blueprint, Flask, Response, jsonify, request
from flask.typing import ResponseReturnValue

from shared.clock import SettableClock
from shared.errors import not_found
from shared.web.shell.install import install_shell
from shared.web.shell.render import page

Messages = Callable[[str | None], Sequence[Mapping[str, object]]]
_YEARS = range(1970, 2200)  # beyond them, deadlines that are reckoned from now fall off the calendar


# What there is to look at: name, address, for whom.
_PLACES = (
    ("Register", "/register", "Ask for access as somebody new. The codes arrive under captured messages."),
    ("Captured messages", "/dev/messages", "Mail and text messages that would have been sent."),
    ("My account", "/account", "What everybody who can sign in sees of themselves."),
    ("Access manager’s console", "/manage", "Decide about requests and tasks: alice.moreno, for example."),
    ("Support desk", "/desk", "Call offices that have no access manager yet: rosa.ramirez."),
    ("Operators’ pages", "/admin", "Find an account, policies, the audit: kim.tanaka; victor.lang reads the audit."),
    ("Opening hours", "/hours", "Plan and start maintenance: kim.tanaka."),
    ("Status page", "/status", "What is open now, for everybody."),
)
_CLOCK_COMMAND = (
    "curl -X POST -H 'Content-Type: application/json' "
    """-d '{{"now": "2026-11-22T21:30:00-05:00"}}' {origin}/dev/clock"""
)


def create_app(messages: Messages, clock: SettableClock, facts: Callable[[], Mapping[str, Any]]) -> Flask:
    """Return the app; `messages(to)` lists what was captured, newest first; `facts()` is what demo.json holds."""
    app = Flask(__name__, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    pages = _Pages(messages, clock, facts)
    blueprint = Blueprint("dev", __name__, url_prefix="/dev")
    blueprint.add_url_rule("", view_func=pages.index, strict_slashes=False)
    blueprint.add_url_rule("/messages", view_func=pages.messages_page)
    blueprint.add_url_rule("/messages.json", view_func=pages.messages_json)
    blueprint.add_url_rule("/clock", view_func=pages.clock_now, methods=["GET"])
    blueprint.add_url_rule("/clock", view_func=pages.set_clock, methods=["POST"])
    app.register_blueprint(blueprint)
    app.after_request(_headers)
    return app


def install(app: Flask, *, help_phone: str, clock: SettableClock) -> Flask:
    """Give the pages the shell of the suite."""
    install_shell(
        app,
        asset_prefix="/dev",
        brand="Gatehouse, local run",
        help_phone=help_phone,
        languages=("en",),
        service_catalogue=None,
        clock=clock,
    )
    app.register_error_handler(404, _nothing_here)
    return app


class _Pages:
    def __init__(self, messages: Messages, clock: SettableClock, facts: Callable[[], Mapping[str, Any]]) -> None:
        self._messages = messages
        self._clock = clock
        self._facts = facts

    def index(self) -> Response:
        """Who can sign in here, with the one-time code of this moment."""
        facts = self._facts()
        now = self._clock.now()
        names = {organization["id"]: organization["name"] for organization in facts["organizations"]}
        people = [
            {
                **person,
                "code": pyotp.TOTP(person["totp_secret"]).at(now) if person["totp_secret"] else "",
                "at": ", ".join(names.get(found, found) for found in person["organizations"]),
            }
            for person in (*facts["people"], *facts["auditors"])
        ]
        places = [*_PLACES, *_portals(facts)]
        command = _CLOCK_COMMAND.format(origin=facts["issuer"])
        return page(
            "dev/index.html", people=people, places=places, clock_command=command, now=now, frozen=self._clock.frozen
        )

    def messages_page(self) -> Response:
        """Captured messages, newest first."""
        to = _address(request.args.get("to"))
        return page("dev/messages.html", messages=self._messages(to), to=to or "")

    def messages_json(self) -> Response:
        """The same for programs."""
        return jsonify(list(self._messages(_address(request.args.get("to")))))

    def clock_now(self) -> Response:
        """`{"now": …, "frozen": …}`."""
        return jsonify(now=self._clock.now().isoformat(), frozen=self._clock.frozen)

    def set_clock(self) -> ResponseReturnValue:
        """Freeze the suite's clock at `now`, or free it with null."""
        body = request.get_json(silent=True)
        if not isinstance(body, dict) or set(body) != {"now"}:
            return jsonify(error='Send {"now": an RFC 3339 instant, or null}.'), 400
        if body["now"] is None:
            self._clock.free()
            return self.clock_now()
        try:
            instant = datetime.fromisoformat(str(body["now"]))
            if instant.year not in _YEARS:
                raise ValueError(f"choose a year from {_YEARS[0]} to {_YEARS[-1]}")
            self._clock.freeze(instant)
        except ValueError as error:
            return jsonify(error=f"now: {error}"), 400
        return self.clock_now()


def _address(given: str | None) -> str | None:
    """Read a `+` that was sent as it is: in a query it arrives as a blank, and no address holds one."""
    return given.replace(" ", "+") if given else None


def _portals(facts: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    landings = [client["post_logout_redirect_uris"][0] for client in facts["clients"] if client["name"] == "portal"]
    return [
        ("Sample portal", landing, "An app that signs people in here: priya.nair, for example.") for landing in landings
    ]


def _nothing_here(_error: Exception) -> Response:
    return page("shell/error.html", 404, problem=not_found(), home_url="/dev")


def _headers(answer: Response) -> Response:
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; frame-ancestors 'none'",
    )
    return answer
