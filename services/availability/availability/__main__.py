"""The `availability` program."""

from availability.app import SERVICE
from shared.cli import run


def main() -> None:
    """Run it."""
    run(SERVICE)


if __name__ == "__main__":
    main()
