"""The `access-manager` program."""

from shared.loading import loaded


def main() -> None:
    """Run the program."""
    loaded("shared.cli:run")("access_manager.app:SERVICE")


if __name__ == "__main__":
    main()
