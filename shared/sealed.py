"""What a box has closed, told from any other text, so that none of it lies where nobody looks for it.

A box (`shared.crypto`) returns `Sealed`; only columns that say so take it (`shared.db.SealedText`, `SealedHash`), and
both drivers refuse it anywhere else. So whoever goes through those columns has seen all that a key is needed for.
"""


class Sealed(str):
    """A text or a hash under one of the service's keys."""

    __slots__ = ()
