"""Templates are compiled once per test process, not once per app: most tests build an app of their own."""

from types import CodeType

from flask import Flask
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Compiled templates by source, for environments that would compile it alike."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code of the same source, where there is one."""
        bucket.code = self._kept.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        if bucket.code is not None:
            self._kept[_key(bucket)] = bucket.code


def compile_once() -> None:
    """Let every Flask app that is built from now on share one store; what an app renders stays the same."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}


def _key(bucket: Bucket) -> tuple[object, ...]:
    return (bucket.key, bucket.checksum, *_dialect(bucket.environment))


def _dialect(environment: Environment) -> tuple[object, ...]:
    """What decides, apart from the source, which code a template becomes."""
    names = (frozenset(table) for table in (environment.filters, environment.tests, environment.extensions))
    return (environment.trim_blocks, environment.lstrip_blocks, environment.autoescape.__class__, *names)
