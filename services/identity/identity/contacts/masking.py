"""How an address is shown where it should be recognized by its owner and learned by nobody else. Pure."""


def masked(kind: str, address: str) -> str:
    """Return `j***@c***.org` for an e-mail address, `•••• 0142` for a mobile.

    The number of signs never follows the length of what is hidden.
    """
    return _email(address) if kind == "email" else f"•••• {_last_digits(address)}"


def _email(address: str) -> str:
    local, _, domain = address.rpartition("@")
    name, _, ending = domain.rpartition(".")
    return f"{local[:1]}***@{name[:1]}***.{ending}" if name else f"{local[:1]}***@{domain[:1]}***"


def _last_digits(number: str) -> str:
    return "".join(sign for sign in number if sign.isdigit())[-4:]
