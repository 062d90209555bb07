"""The parameters of an OAuth request, read so that nothing stands twice and nothing is text no database can hold. Pure.

RFC 6749 §3.1: empty counts as absent; a parameter must not be repeated. Only `resource` may be (RFC 8707 §2).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MAY_REPEAT = frozenset({"resource", "audience"})


@dataclass(frozen=True)
class Parameters:
    """What a request says. `repeated` names what stood twice; `resources` holds every `resource` and `audience`."""

    values: Mapping[str, str]
    repeated: frozenset[str]
    resources: tuple[str, ...]
    readable: bool

    def get(self, name: str) -> str | None:
        """Return a parameter, or None where it is absent or empty."""
        return self.values.get(name)


# What could not be read at all.
UNREADABLE = Parameters({}, frozenset(), (), readable=False)


def read(pairs: Iterable[tuple[str, str]]) -> Parameters:
    """Read name and value pairs as they came."""
    values: dict[str, str] = {}
    seen: set[str] = set()
    repeated: set[str] = set()
    resources: list[str] = []
    readable = True
    for name, value in pairs:
        readable = readable and _is_text(name) and _is_text(value)
        if name in MAY_REPEAT:
            resources += [value] if value else []
            continue
        if name in seen:
            repeated.add(name)
        seen.add(name)
        if value:
            values.setdefault(name, value)
    return Parameters(values, frozenset(repeated), tuple(dict.fromkeys(resources)), readable)


def _is_text(text: str) -> bool:
    return text.isprintable() or not any(ord(c) < 0x20 or 0xD800 <= ord(c) <= 0xDFFF for c in text)
