"""docs/commands.md: every verb of every program, read off click."""

from collections.abc import Iterator

import click

from deploy.docs.house import services
from deploy.docs.markdown import code, page, table
from shared.cli import gatehouse, program

_INTRODUCTION = """
One program per service, and `gatehouse` for the deployment as a whole. They read the same settings as the service
([configuration](configuration.md)). Exit codes: 0 done, 1 refused or unhealthy, 2 wrong usage. What shows something
takes `--json`.
"""


def render() -> str:
    """The page: first the verbs that every service has, then each service's own."""
    programs = {service.name: program(service) for service in services()}
    verbs = [set(group.commands) for group in programs.values()]
    everywhere = set.intersection(*verbs)
    any_program = next(iter(programs.values()))
    parts = [_chapter("Every service", "<service>", any_program, everywhere)]
    parts += [_chapter(name, name, group, set(group.commands) - everywhere) for name, group in programs.items()]
    parts.append(_chapter("The deployment", "gatehouse", gatehouse, set(gatehouse.commands)))
    return page("Commands", "the programs themselves", _INTRODUCTION, *parts)


def _chapter(title: str, name: str, group: click.Group, verbs: set[str]) -> str:
    rows = [row for verb in sorted(verbs) for row in _rows(name, group.commands[verb])]
    return "\n\n".join([f"## {title}", table(["command", "does"], rows) or "Nothing of its own."])


def _rows(path: str, command: click.Command) -> Iterator[list[str]]:
    here = f"{path} {command.name}"
    if isinstance(command, click.Group):
        for name in sorted(command.commands):
            yield from _rows(here, command.commands[name])
        return
    words = " ".join([here, *(_word(parameter) for parameter in command.params)])
    explained = [f"{code(_flag(option))}: {_help(option)}" for option in command.params if _help(option)]
    yield [code(words), "<br>".join([command.help or "", *explained])]


def _word(parameter: click.Parameter) -> str:
    """The parameter as it is typed: `FILE`, `[FILE]…`, `--name TEXT`, `[--json]`."""
    if isinstance(parameter, click.Option):
        value = "" if parameter.is_flag else f" {parameter.make_metavar(_NOWHERE)}"
        typed = _flag(parameter) + value
    else:
        typed = parameter.human_readable_name.upper()
    typed = typed if parameter.required else f"[{typed}]"
    return typed + ("…" if parameter.nargs == -1 or parameter.multiple else "")


def _flag(parameter: click.Parameter) -> str:
    return max(parameter.opts, key=len)


def _help(parameter: click.Parameter) -> str:
    if not isinstance(parameter, click.Option) or _flag(parameter) == "--json":
        return ""
    shown = f" Default: {parameter.default}." if parameter.show_default and parameter.default else ""
    return f"{parameter.help or ''}{shown}".strip()


_NOWHERE = click.Context(click.Command("docs"))
