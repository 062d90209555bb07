"""docs/events.md: every event, what it holds, who sends it and which function of whom takes it in."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from types import FunctionType

from marshmallow import Schema, fields

from deploy.docs.house import file_of, services
from deploy.docs.markdown import anchor, code, link, page, table
from shared.contracts import CONTRACTS, EventContract
from shared.contracts.fields import Choice, Flag, Instant, Instants, Text, Whole
from shared.service import Subscription

_INTRODUCTION = """
Facts that services tell each other: CloudEvents 1.0 in JSON. `source` is the sender, `subject` the aggregate named
below, `sequence` its version. `data` holds the state of the aggregate after the fact, exactly the fields listed:
what a contract does not name is refused on the way out and on the way in. Events may come twice and out of order.
On RabbitMQ: exchange `gatehouse.<sender>`, routing key = type, one queue `gatehouse.<listener>` for each listener.
"""
_OUTSIDE = "_nobody inside the suite: meant for those outside_"


def render() -> str:
    """The page."""
    taken_in = _listeners()
    senders = sorted({contract.sender for contract in CONTRACTS.values()})
    overview = table(
        ["type", "sender", "subject", "version", "who listens"],
        [_line(contract, taken_in) for _, contract in sorted(CONTRACTS.items(), key=_place)],
    )
    parts = [_chapter(sender, taken_in) for sender in senders]
    return page("Events", "`shared/contracts` and the services' subscriptions", _INTRODUCTION, overview, *parts)


def _place(entry: tuple[str, EventContract]) -> tuple[str, str]:
    return entry[1].sender, entry[0]


def _listeners() -> Mapping[str, list[tuple[str, Subscription]]]:
    """Type to (service, its line of the table)."""
    found: dict[str, list[tuple[str, Subscription]]] = defaultdict(list)
    for service in services():
        for line in service.subscriptions:
            found[line.type].append((service.name, line))
    return found


def _line(contract: EventContract, taken_in: Mapping[str, list[tuple[str, Subscription]]]) -> list[str]:
    names = ", ".join(service for service, _ in taken_in.get(contract.type, [])) or "outside"
    type_link = f"[`{contract.type}`]({anchor(contract.type)})"
    return [type_link, contract.sender, contract.subject, str(contract.version), names]


def _chapter(sender: str, taken_in: Mapping[str, list[tuple[str, Subscription]]]) -> str:
    own = sorted((one for one in CONTRACTS.values() if one.sender == sender), key=lambda one: one.type)
    agreed = link(file_of(f"shared.contracts.{sender.replace('-', '_')}"))
    return "\n\n".join([f"## From {sender}", f"Agreed in {agreed}.", *(_section(one, taken_in) for one in own)])


def _section(contract: EventContract, taken_in: Mapping[str, list[tuple[str, Subscription]]]) -> str:
    heard = [f"{service} ({_handler(line)})" for service, line in taken_in.get(contract.type, [])]
    facts = f"Subject: {contract.subject}. Version {contract.version}. Heard by: {', '.join(heard) or _OUTSIDE}."
    rows = [*_fields(contract.schema())]
    return "\n\n".join([f"### {contract.type}", contract.summary, facts, table(["field", "holds", "needed"], rows)])


def _handler(line: Subscription) -> str:
    handler = line.handler
    if not isinstance(handler, FunctionType):
        raise TypeError(f"{line.type}: the handler must be a plain function")
    room = ".".join(handler.__module__.split(".")[1:])
    return link(file_of(handler.__module__), f"`{room}.{handler.__name__}`")


def _fields(schema: Schema, path: str = "", needed: bool = True) -> Iterator[list[str]]:
    for name, field in schema.fields.items():
        here = needed and field.required
        yield [code(path + name), _holds(field), "yes" if here else "no"]
        inside = field.inner if isinstance(field, fields.List) else field
        if isinstance(inside, fields.Nested):
            mark = "[]." if isinstance(field, fields.List) else "."
            yield from _fields(inside.schema, path + name + mark, here)


def _holds(field: fields.Field[object]) -> str:
    # The kinds are those of shared.contracts.fields; an unknown one must be described here before it is used.
    match field:
        case Choice():
            kind = "one of " + ", ".join(code(word) for word in field.words)
        case Text():
            kind = f"text of at most {field.longest} characters"
        case Instant():
            kind = "instant, RFC 3339 in UTC"
        case Instants():
            kind = f"at most {field.most} names with an instant each"
        case Whole():
            kind = f"whole number from {field.least} on"
        case Flag():
            kind = "true or false"
        case fields.List():
            kind = f"list, each {_holds(field.inner)}"
        case fields.Nested():
            kind = "object"
        case _:
            raise TypeError(f"say in deploy/docs/events.py what {type(field).__name__} holds")
    return kind + (", or null" if field.allow_none else "")
