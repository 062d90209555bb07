"""Which language this request is answered in, and the words for it.

Chosen from `?lang=`, then our cookie, then `Accept-Language`. `?lang=` also sets the cookie, so the switch in the page
foot is an ordinary link that works without scripts.
"""

from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask, Response, current_app, g, request
from markupsafe import Markup, escape

from shared.i18n import LANGUAGE_NAMES, Translations, best_language, translations

COOKIE = "gatehouse_language"
COOKIE_SECONDS = 365 * 24 * 3600
PARAMETER = "lang"


@dataclass(frozen=True)
class Speech:
    """What one app can speak: its languages (first is the default) and the folder of its own catalogue."""

    languages: tuple[str, ...]
    catalogue: Path | None


@dataclass(frozen=True)
class LanguageLink:
    """One line of the language switch. `href` is a bare query, so it can only lead back to the page it stands on."""

    code: str
    name: str
    href: str
    current: bool


def speech_of(app: Flask) -> Speech:
    """Return what `install_language` gave the app."""
    speech: Speech = app.extensions["gatehouse_speech"]
    return speech


def _speech() -> Speech:
    return speech_of(current_app)


def language() -> str:
    """Language code of this request."""
    if "language" not in g:
        wanted = [request.args.get(PARAMETER), request.cookies.get(COOKIE), *request.accept_languages.values()]
        g.language = best_language(wanted, _speech().languages)
    chosen: str = g.language
    return chosen


def use_language(tag: str) -> None:
    """Answer this request in the offered language nearest to `tag` (say, OpenID Connect's `ui_locales`)."""
    g.language = best_language([*tag.split(), language()], _speech().languages)


def words() -> Translations:
    """The sentences of this request's language."""
    return translations(language(), _speech().catalogue)


def gettext(message: str, /, **values: object) -> str:
    """`_()` for page modules: the sentence in this request's language."""
    return words().gettext(message, **values)


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """The form that fits `n`, in this request's language."""
    return words().ngettext(singular, plural, n, **values)


def template_gettext(message: str, /, **values: object) -> str:
    """`_()` inside templates: values that are markup (a link) stay markup, everything else is escaped once."""
    if any(hasattr(value, "__html__") for value in values.values()):
        return escape(gettext(message)) % {name: escape(value) for name, value in values.items()}
    if isinstance(message, Markup):
        return message
    return words().render(message) if not values else gettext(message, **values)


def language_links() -> list[LanguageLink]:
    """The switch: this very page with `?lang=` in its query, everything else in the query kept."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != PARAMETER]
    current = language()
    return [
        LanguageLink(code, LANGUAGE_NAMES.get(code, code), _switch(code, kept), code == current)
        for code in _speech().languages
    ]


def _switch(code: str, kept: list[tuple[str, str]]) -> str:
    if request.method not in ("GET", "HEAD") and not _can_be_read():
        return f"/?{PARAMETER}={code}"
    return "?" + urlencode([*kept, (PARAMETER, code)])


def _can_be_read() -> bool:
    rule = request.url_rule
    return rule is not None and "GET" in (rule.methods or ())


def remember_language(response: Response) -> Response:
    """Set the cookie when `?lang=` named an offered language; the only state a GET may leave behind is this taste."""
    asked = request.args.get(PARAMETER) if request.query_string else None  # most programs' calls have no query
    if asked in _speech().languages:
        response.set_cookie(
            COOKIE,
            asked,
            max_age=COOKIE_SECONDS,
            path="/",
            httponly=True,
            samesite="Lax",
            secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
        )
    return response


def install_language(app: Flask, languages: tuple[str, ...], catalogue: Path | None) -> None:
    """Give the app its languages and the cookie of the switch."""
    app.extensions["gatehouse_speech"] = Speech(languages, catalogue)
    app.after_request(remember_language)
