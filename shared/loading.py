"""Whatever is loaded by its name, `module:name`: the one place where the house does so."""

import gc
from importlib import import_module
from typing import Any


def loaded(place: str) -> Any:
    """Return what stands at a place; raises ImportError or AttributeError where nothing does.

    The collector of garbage rests meanwhile: what is loaded stays, and to look through it again and again was an eighth
    of a start.
    """
    module, _, name = place.partition(":")
    collecting = gc.isenabled()
    gc.disable()
    try:
        return getattr(import_module(module), name)
    finally:
        if collecting:
            gc.enable()
