"""Where this service keeps its words in other languages."""

from pathlib import Path

LOCALE = Path(__file__).parent / "locale"
