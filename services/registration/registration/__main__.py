"""The program `registration`: web, worker, migrate, and the administrator's acts."""

from registration.app import SERVICE
from shared.cli import run


def main() -> None:
    """Run the program."""
    run(SERVICE)


if __name__ == "__main__":
    main()
