"""The program `registration`: web, worker, migrate, and the administrator's acts."""

from shared.loading import loaded


def main() -> None:
    """Run the program; it begins with the parts, and a verb that needs all rooms loads them."""
    loaded("shared.cli:run")("registration.parts:PARTS")


if __name__ == "__main__":
    main()
