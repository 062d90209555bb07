"""Templates and routes are compiled once per test process, not once per app: most tests build an app of their own.

And an app describes its API when somebody reads the description, which hardly a test does: half of its start was that.
"""

from collections.abc import Callable
from functools import partial
from types import CodeType
from typing import Any, ClassVar

from apispec import APISpec
from flask import Flask
from flask_smorest import Api, Blueprint
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from werkzeug.routing import Rule


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


class Route(Rule):
    """A route whose function that builds addresses is taken from an equal route; a third of an app's start was those.

    Werkzeug writes and compiles the source of two functions per route; they hold nothing but the route's own words.
    """

    _kept: ClassVar[dict[tuple[object, ...], Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        defaults = tuple(sorted((name, repr(value)) for name, value in (self.defaults or {}).items()))
        key = (self.rule, self.subdomain, self.host, tuple(self._trace), defaults, append_unknown)
        if key not in self._kept:
            self._kept[key] = super()._compile_builder(append_unknown)
        return self._kept[key]


def compile_once() -> None:
    """Let every Flask app that is built from now on share what is compiled; what an app answers stays the same."""
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Compiled()}
    Flask.url_rule_class = Route
    Blueprint.register_views_in_doc = _describe_later
    Api._register_responses = _describe_answers_later
    APISpec.to_dict = _described


_describe, _describe_answers = Blueprint.register_views_in_doc, Api._register_responses
_to_dict = APISpec.to_dict


def _describe_answers_later(api: Api) -> None:
    vars(api.spec).setdefault("_later", []).append(partial(_describe_answers, api))


def _describe_later(blueprint: Blueprint, api: Api, app: Flask, spec: APISpec, **rest: Any) -> None:
    vars(spec).setdefault("_later", []).append(partial(_describe, blueprint, api, app, spec, **rest))


def _described(spec: APISpec) -> dict[str, Any]:
    for describe in vars(spec).pop("_later", ()):
        describe()
    return _to_dict(spec)


def _key(bucket: Bucket) -> tuple[object, ...]:
    return (bucket.key, bucket.checksum, *_dialect(bucket.environment))


def _dialect(environment: Environment) -> tuple[object, ...]:
    """What decides, apart from the source, which code a template becomes."""
    names = (frozenset(table) for table in (environment.filters, environment.tests, environment.extensions))
    return (environment.trim_blocks, environment.lstrip_blocks, environment.autoescape.__class__, *names)
