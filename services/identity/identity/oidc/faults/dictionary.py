"""Every entry, by its code; two entries of one code would be a fault of ours, and the program would not start."""

from identity.oidc.faults import asking, calling, people, registering, signing_out, tokens
from identity.oidc.faults.fault import Fault

_PARTS = (asking, calling, people, registering, signing_out, tokens)


def _every() -> tuple[Fault, ...]:
    found = [one for part in _PARTS for one in vars(part).values() if isinstance(one, Fault)]
    if len({one.code for one in found}) != len(found):
        raise ValueError("two refusals have one code")
    return tuple(sorted(found, key=lambda one: one.code))


ALL = _every()
