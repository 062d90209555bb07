"""The `availability` program."""

from shared.loading import loaded


def main() -> None:
    """Run the program."""
    loaded("shared.cli:run")("availability.app:SERVICE")


if __name__ == "__main__":
    main()
