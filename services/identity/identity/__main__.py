"""The command-line program: `identity web`, `identity worker`, `identity migrate`, `identity accounts …`."""

from identity.app import SERVICE
from shared.cli import run


def main() -> None:
    """Entry point."""
    run(SERVICE)


if __name__ == "__main__":
    main()
