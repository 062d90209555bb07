"""Whatever is loaded by its name, `module:name`: the one place where the house does so; and what follows from it."""

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


def settled() -> None:
    """All is loaded, and stays for ever: no collection need look at it, nor so often at the rest.

    In a worker that was a fifth of the inbox's time; in processes that share pages, they remain shared.
    """
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
