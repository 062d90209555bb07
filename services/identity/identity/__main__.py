"""The command-line program: `identity web`, `identity worker`, `identity migrate`, `identity accounts …`."""

from shared.loading import loaded


def main() -> None:
    """Run the program."""
    loaded("shared.cli:run")("identity.app:SERVICE")


if __name__ == "__main__":
    main()
