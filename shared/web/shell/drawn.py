"""A page that is the same for everybody but for its form tokens and some marked places: drawn once for each language.

Drawing is most of what such a page costs, and the one that everybody begins with, sign-in, is asked for all day. What
is drawn already can also be given before the framework wakes up: see `Drawings.quick` and `shared.web.express`.
"""

import re
from collections.abc import Iterator, Mapping

from flask import Flask, Response, current_app, g, render_template
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import dump_cookie, parse_accept_header
from werkzeug.sansio.http import parse_cookie  # as requests of Flask do: what is no UTF-8 is passed over, not refused

from shared.i18n import best_language
from shared.service import Context
from shared.web.csrf import csrf_token, guard_of, token_for
from shared.web.express import Asked, Reply
from shared.web.shell.language import COOKIE, language, speech_of

_MARKED = re.compile("\x02([a-z_]+)\x03")  # no page holds these signs: forms refuse them, templates have none
_TOKEN = "csrf_token"  # noqa: S105 - the name of a place, not a token

Pieces = tuple[bytes, ...]  # what stands still, and at every second place the name of what is filled in


class Drawings:
    """What one app has drawn, by template and language."""

    def __init__(self, app: Flask) -> None:
        self._guard = guard_of(app)
        self._languages = speech_of(app).languages
        self._drawn: dict[tuple[str, str], Pieces] = {}

    def page(self, template: str, fill: Mapping[str, object], values: Mapping[str, object]) -> Response:
        """Give the page to the request that Flask is answering, and draw it where nobody has asked for it yet."""
        key = (template, language())
        if key not in self._drawn:
            self._drawn[key] = _draw(template, {**values, **{name: _mark(name) for name in fill}})
        body = _filled(self._drawn[key], {**fill, _TOKEN: csrf_token()})
        return Response(body, headers={"Content-Language": key[1]}, mimetype="text/html")

    def quick(self, asked: Asked, template: str, fill: Mapping[str, object]) -> Reply | None:
        """Give the same page without Flask; None where it was not drawn in this language yet, or the address asks more.

        As by Flask, a browser without a seed gets one with its token.
        """
        cookies = parse_cookie(asked.header("Cookie"))
        spoken = self._language(cookies.get(COOKIE), asked.header("Accept-Language"))
        pieces = self._drawn.get((template, spoken))
        if pieces is None or asked.has_query:
            return None
        guard = self._guard
        token, fresh = token_for(guard, cookies.get(guard.cookie, ""))
        headers = [("Content-Language", spoken)]
        if fresh is not None:
            kept = dump_cookie(guard.cookie, fresh, path="/", secure=guard.secure, httponly=True, samesite="Lax")
            headers.append(("Set-Cookie", kept))
        return Reply(_filled(pieces, {**fill, _TOKEN: token}), 200, "text/html; charset=utf-8", tuple(headers))

    def _language(self, chosen: str | None, accepted: str | None) -> str:
        listed = parse_accept_header(accepted, LanguageAccept).values() if accepted else ()
        return best_language([chosen, *listed], self._languages)


def install_drawings(app: Flask, context: Context) -> None:
    """Let pages of `app` be drawn once; to be called when language and form tokens are installed."""
    app.extensions["gatehouse_drawn"] = drawings = Drawings(app)
    context.add_part(drawings)


def drawn_page(template: str, fill: Mapping[str, object], **values: object) -> Response:
    """Render `template` as `page` does, from the drawing of an earlier request where there is one.

    `values` must be the same at every call; what differs is named in `fill` and written without any escaping. Not for
    pages that show a query, a person or what somebody typed.
    """
    drawings: Drawings = current_app.extensions["gatehouse_drawn"]
    return drawings.page(template, fill, values)


def _draw(template: str, values: Mapping[str, object]) -> Pieces:
    g.csrf_mark = _mark(_TOKEN)
    try:
        text = render_template(template, **{"errors": {}, "values": {}, **values})
    finally:
        del g.csrf_mark
    return tuple(piece.encode() for piece in _MARKED.split(text))


def _filled(pieces: Pieces, fill: Mapping[str, object]) -> bytes:
    return b"".join(_each(pieces, {name: str(value).encode() for name, value in fill.items()}))


def _each(pieces: Pieces, fill: Mapping[str, bytes]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces):
        yield fill[piece.decode()] if number % 2 else piece


def _mark(name: str) -> str:
    return f"\x02{name}\x03"
