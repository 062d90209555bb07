"""Puts the shell on a Flask app: templates, filters, words, assets, the help page."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from flask import Flask, Response
from jinja2 import BaseLoader, ChoiceLoader, FileSystemLoader
from markupsafe import Markup, escape

from shared.auth import open_page, open_to_all
from shared.clock import Clock
from shared.web.csrf import csrf_field
from shared.web.shell import moments
from shared.web.shell.assets import SHELL_ASSETS, Bundle, read_bundle
from shared.web.shell.language import (
    install_language,
    language,
    language_links,
    ngettext,
    template_gettext,
)
from shared.web.shell.render import page

# Where a word of this length or more may be cut: after a sign that stands between letters.
_LONG = 16
_SIGNS = re.compile(r"(?<=[@./_])(?=\w)")
TEMPLATES = Path(__file__).parent / "templates"


def install_shell(
    app: Flask,
    *,
    asset_prefix: str,
    brand: str,
    help_phone: str,
    languages: Sequence[str],
    service_catalogue: Path | None,
    clock: Clock,
    service_assets: Path | None = None,
    help_url: str | None = None,
) -> None:
    """Make `page()` work on `app`.

    `asset_prefix` is a path prefix of the service ("/manage"); assets are served at `<prefix>/assets/<hash>/<name>`
    and help at `<prefix>/help` (unless `help_url` names another page). `service_catalogue` is the service's `locale`
    folder, `service_assets` a folder with its own scripts, served beside the shell's.
    """
    app.config.setdefault("SESSION_COOKIE_SECURE", False)
    install_language(app, tuple(languages), _folder(service_catalogue))
    bundle = read_bundle(asset_prefix, SHELL_ASSETS, service_assets)
    _install_templates(app)
    _install_filters(app, clock)
    app.jinja_env.globals.update(
        asset=bundle.url,
        brand=brand,
        help_phone=help_phone,
        help_url=help_url or f"{bundle.prefix}/help",
    )
    app.add_url_rule(
        f"{bundle.prefix}/assets/<digest>/<path:name>", "shell_asset", _asset_view(bundle), methods=["GET"]
    )
    if help_url is None:
        app.add_url_rule(f"{bundle.prefix}/help", "shell_help", help_page, methods=["GET"])


def _asset_view(bundle: Bundle) -> Callable[[str, str], Response]:
    @open_to_all("style sheets and scripts hold nothing about anybody")
    def shell_asset(digest: str, name: str) -> Response:
        return bundle.serve(digest, name)

    return shell_asset


@open_page("whoever cannot sign in needs help most")
def help_page() -> Response:
    """Where to turn, the same words at every service."""
    return page("shell/help.html")


def _folder(catalogue: Path | None) -> Path | None:
    return catalogue.parent if catalogue is not None and catalogue.suffix == ".po" else catalogue


def _install_templates(app: Flask) -> None:
    loaders: list[BaseLoader] = [FileSystemLoader(TEMPLATES)]
    if app.jinja_loader is not None:
        loaders.insert(0, app.jinja_loader)
    app.jinja_loader = ChoiceLoader(loaders)
    app.jinja_env.trim_blocks = True
    app.jinja_env.globals.update(
        _=template_gettext,
        ngettext=ngettext,
        csrf=csrf_field,
        language=language,
        language_links=language_links,
    )


def _install_filters(app: Flask, clock: Clock) -> None:
    def when(instant: datetime, style: str = "full") -> str:
        return moments.when(instant, language(), style)

    def ago(instant: datetime) -> str:
        return moments.ago(instant, clock.now(), language())

    def until(instant: datetime, style: str = "full") -> str:
        return moments.until(instant, language(), style)

    app.jinja_env.filters.update(when=when, until=until, ago=ago, instant=moments.rfc3339)
    app.jinja_env.filters.update(mask_tin=mask_tin, dial=dial, tel=tel, breakable=breakable)
    app.jinja_env.filters.update(parsed=datetime.fromisoformat)


def mask_tin(tin: str | None) -> str:
    """ "•••••1234": the last four digits of a TIN, or of what is left of one; never more, whatever comes in."""
    digits = "".join(character for character in tin or "" if character.isdecimal())
    return "•••••" + (digits[-4:] if len(digits) >= 4 else "")


def breakable(value: object) -> object:
    """A long address or name without spaces may break after its signs, not anywhere; markup stays as it is."""
    if not isinstance(value, str) or isinstance(value, Markup) or len(value) < _LONG or " " in value:
        return value
    return Markup("<wbr>").join(escape(part) for part in _SIGNS.split(value))


def dial(phone: str) -> str:
    """A phone number as a `tel:` link wants it: digits and a leading plus."""
    return "".join(character for character in phone if character.isdecimal() or character == "+")


def tel(phone: str) -> Markup:
    """A phone number inside a sentence: a link that a phone can call, never cut at its hyphens."""
    return Markup('<a class="usa-link gh-tel" href="tel:{}">{}</a>').format(dial(phone), phone)
