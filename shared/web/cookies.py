"""What cookies are called."""

from shared.web.door import context


def bound_to_host(name: str) -> str:
    """Return the whole name of a cookie: `__Host-` binds it to this host and path (ASVS 3.3.1).

    Browsers demand https for that; on a developer's machine the bare name serves.
    """
    return f"__Host-{name}" if context().settings.secure else name
