"""A page that is the same for everybody but for its form tokens and some marked places: drawn once for each language.

Drawing is most of what such a page costs, and the one that everybody begins with, sign-in, is asked for all day.
"""

import re
from collections.abc import Iterator, Mapping

from flask import Response, current_app, g, render_template

from shared.web.csrf import csrf_token
from shared.web.shell.language import language

_MARKED = re.compile("\x02([a-z_]+)\x03")  # no page holds these signs: forms refuse them, templates have none
_TOKEN = "csrf_token"  # noqa: S105 - the name of a place, not a token

Pieces = tuple[bytes, ...]  # what stands still, and at every second place the name of what is filled in


def drawn_page(template: str, fill: Mapping[str, object], **values: object) -> Response:
    """Render `template` as `page` does, from the drawing of an earlier request where there is one.

    `values` must be the same at every call; what differs is named in `fill` and written without any escaping. Not for
    pages that show a query, a person or what somebody typed.
    """
    drawings: dict[tuple[str, str], Pieces] = current_app.extensions.setdefault("gatehouse_drawn", {})
    key = (template, language())
    if key not in drawings:
        drawings[key] = _draw(template, {**values, **{name: _mark(name) for name in fill}})
    filled = {**fill, _TOKEN: csrf_token()}
    body = b"".join(_filled(drawings[key], {name: str(value).encode() for name, value in filled.items()}))
    return Response(body, headers={"Content-Language": key[1]}, mimetype="text/html")


def _draw(template: str, values: Mapping[str, object]) -> Pieces:
    g.csrf_mark = _mark(_TOKEN)
    try:
        text = render_template(template, **{"errors": {}, "values": {}, **values})
    finally:
        del g.csrf_mark
    return tuple(piece.encode() for piece in _MARKED.split(text))


def _filled(pieces: Pieces, fill: Mapping[str, bytes]) -> Iterator[bytes]:
    for number, piece in enumerate(pieces):
        yield fill[piece.decode()] if number % 2 else piece


def _mark(name: str) -> str:
    return f"\x02{name}\x03"
