"""A service whose operator changes its key: the next process of it, and the command that follows."""

import json
from typing import Any, cast

from click.testing import CliRunner, Result
from pydantic import SecretStr

from shared import runtime
from shared.cli import program
from shared.service import Context

NEW = "the-newest-key-of-this-service-0123456789"
RESEAL = ("secrets", "reseal")


def restarted(context: Context, *keys: str, **changes: object) -> Context:
    """Another process of the same service on the same database and street, with these keys, the writing one first."""
    settings = context.settings.model_copy(update={"secret_key": SecretStr(" ".join(keys)), **changes})
    made = runtime.build(context.service, settings, clock=context.clock, ids=context.ids)
    made.neighbours, made.verifier, made.cache = context.neighbours, context.verifier, context.cache
    return made


def key_of(context: Context) -> str:
    """The only key that a service has."""
    return context.settings.secret_key.get_secret_value()


def typed(context: Context, *words: str) -> Result:
    """What the operator reads who types this where the service runs, with its settings."""
    return CliRunner().invoke(program(context.service), words, env=environment(context))


def environment(context: Context) -> dict[str, str]:
    """The settings of a process, as a program is given them."""
    told = ("database_url", "secret_key", "tin_index_key")
    given = {name: getattr(context.settings, name) for name in told if hasattr(context.settings, name)}
    environ = {f"GATEHOUSE_{name.upper()}": _text(value) for name, value in given.items()}
    return environ | {"GATEHOUSE_MODE": "test", "GATEHOUSE_BROKER_URL": "memory:", "GATEHOUSE_CACHE_URL": "memory:"}


def resealed(context: Context, exit_code: int = 0) -> dict[str, Any]:
    """Run `secrets reseal` and return what it says to programs."""
    result = typed(context, *RESEAL, "--json")
    assert result.exit_code == exit_code, (result.output, result.exception)
    (told,) = json.loads(result.stdout)
    return cast("dict[str, Any]", told)


def _text(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
