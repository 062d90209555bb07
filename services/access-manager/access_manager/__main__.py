"""The `access-manager` program."""

from access_manager.app import SERVICE
from shared.cli import run


def main() -> None:
    """Run the program."""
    run(SERVICE)


if __name__ == "__main__":
    main()
