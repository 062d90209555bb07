"""Somebody who fills every field of every form wrong, in Spanish, and looks whether an English word comes back.

Fields are read from the pages themselves and doors from the app's routes: neither a new field nor a new form can be
forgotten. Whatever a form takes after all is undone by asking for its page anew.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urljoin, urlsplit

from flask import Flask
from lxml import html
from lxml.html import FormElement, HtmlElement

from shared.web.csrf import FIELD

Pairs = Sequence[tuple[str, str]]
Fetch = Callable[[str, str, Pairs | None], tuple[int, str, str]]
"""Method, path, fields → status, where a redirect leads, body."""

# What no field expects: nothing, blanks, far too much, a sign that is no text, the form of a TIN, nothing that was
# offered, a number beyond all numbers.
FAULTS = ("", " ", "x" * 5000, "a\x07b", "12-3456789", "zzqx", "9" * 25)
_ALONE = ("", "zzqx")  # with all other answers as the page has them: what is wrong only beside the others
# Words of English sentences that no Spanish one has.
_ENGLISH = re.compile(
    r"\b(the|is|are|was|were|and|or|not|of|to|for|with|from|your|you|this|that|these|must|may|can|enter|choose|least|"
    r"most|what|when|why|how|give|by|it|has|have|had|be|been|field|required|missing|valid|invalid|unknown|longer|"
    r"length|between|than|there|their|its|at|on|an|which|who|more|one|here|value|number|text|scheduled|ended|cancelled)\b",
    re.IGNORECASE,
)
_SILENT = "script, style, code, kbd, option[value=''], [lang=en], [hreflang=en]"


@dataclass
class FaultyHand:
    """Walks forms; keeps which doors it knocked at, and every English text with where it stood.

    `spared` are texts that come from people: names, and what somebody wrote.
    """

    app: Flask
    fetch: Fetch
    spared: tuple[str, ...] = ()
    knocked: set[str] = field(default_factory=set)
    english: dict[str, str] = field(default_factory=dict)
    refused: set[str] = field(default_factory=set)

    def spoil(self, page: Callable[[], str]) -> None:
        """Fill each form of a page wrong, in every way; `page` makes the page anew and returns its path."""
        for door in self._forms(page()):
            self._spoil_form(page, door)

    def write(self, path: str, **answers: str) -> None:
        """Send the form of a page as it should be."""
        token = self._forms(path)[self._door(path)].xpath(_TOKEN)[0].get("value")
        assert self._send(path, path, [*answers.items(), (FIELD, token)])

    def look(self, path: str) -> HtmlElement:
        """Open a page, wherever it leads, and read it for English."""
        status, onward, body = self.fetch("GET", path, None)
        if onward:
            return self.look(_path(path, onward))
        return self._read(path, f"GET {path} {status}", body)

    def doors(self) -> set[str]:
        """Every address that takes a form, as its route is written."""
        rules = self.app.url_map.iter_rules()
        takers = (rule for rule in rules if "POST" in (rule.methods or ()))
        return {rule.rule for rule in takers if getattr(self.app.view_functions[rule.endpoint], "gatehouse_csrf", 0)}

    def _spoil_form(self, page: Callable[[], str], door: str) -> None:
        form = self._forms(page()).get(door)
        for wrong in list(dict.fromkeys(_answers(form))) if form is not None else ():
            if form is None:
                return
            fields = [*wrong, *((FIELD, each.get("value")) for each in form.xpath(_TOKEN))]
            if self._send(str(form.base_url), _target(form), fields):
                form = self._forms(page()).get(door)

    def _send(self, path: str, target: str, fields: Pairs) -> bool:
        """Send a form; return whether it was taken."""
        status, onward, body = self.fetch("POST", target, fields)
        self.knocked.add(self._door(target))
        if onward:
            self.look(_path(target, onward))
            return True
        if status in (409, 422):
            self.refused |= {name for name, _ in fields}
        self._read(path, f"POST {target} {[(name, value[:12]) for name, value in fields]} {status}", body)
        return status == 200

    def _door(self, path: str) -> str:
        rule, _ = self.app.url_map.bind("localhost").match(urlsplit(path).path, "POST", return_rule=True)
        return str(rule.rule)

    def _forms(self, path: str) -> dict[str, FormElement]:
        """The forms of a page by the door they lead to: of those with the same, one."""
        forms = self.look(path).xpath("//main//form[translate(@method,'POST','post')='post']")
        return {self._door(_target(form)): form for form in forms if "/signout" not in _target(form)}

    def _read(self, path: str, where: str, body: str) -> HtmlElement:
        page = html.fromstring(body or "<html></html>", base_url=path)
        for text in _visible(page):
            bare = text
            for name in self.spared:
                bare = bare.replace(name, "")
            if _ENGLISH.search(bare):
                self.english.setdefault(text.strip(), where)
        return page


def _answers(form: FormElement) -> Iterator[tuple[tuple[str, str], ...]]:
    """All fields wrong in the same way; each field wrong alone; with every button there is, and one there is not."""
    names = list(dict.fromkeys(each.get("name") for each in form.xpath(_FIELDS)))
    as_shown = [(name, str(value)) for name, value in form.form_values() if name != FIELD]
    buttons: list[Pairs] = [[(each.get("name"), each.get("value", ""))] for each in form.xpath(".//button[@name]")]
    for button in buttons or [[]]:
        yield from ((*((name, fault) for name in names), *button) for fault in FAULTS)
        yield (*((name, number) for name in names for number in "12"), *button)
        for wrong in names:
            rest = [(name, value) for name, value in as_shown if name != wrong]
            yield from ((*rest, (wrong, fault), *button) for fault in _ALONE)
    yield from ((*as_shown, (name, "zzqx")) for [(name, _value)] in buttons)


_FIELDS = f".//*[self::input or self::textarea or self::select][@name][not(@name='{FIELD}')][not(@type='submit')]"
_TOKEN = f".//input[@name='{FIELD}']"


def _target(form: FormElement) -> str:
    return _path(str(form.base_url), str(form.get("action") or ""))


def _path(base: str, target: str) -> str:
    parts = urlsplit(urljoin(base, target))
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _visible(page: HtmlElement) -> Iterable[str]:
    """Every text a person can read, be told by a screen reader, or see in the title."""
    silent = set(page.cssselect(_SILENT))
    for element in page.iter():
        if not isinstance(element.tag, str) or silent & {element, *element.iterancestors()}:
            continue
        yield from (element.get(name) or "" for name in ("aria-label", "alt", "title", "placeholder"))
        if element.tag not in ("textarea", "input"):
            yield element.text or ""
        yield from (each.tail or "" for each in element)
