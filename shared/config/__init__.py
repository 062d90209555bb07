"""Settings, parsed once and strictly.

Owns: reading `GATEHOUSE_*` variables (or `GATEHOUSE_*_FILE`), refusing what is unknown or given twice, and naming
unsafe values. Offers: `Settings`, `load`. Refuses to know: what a service does with its settings.
"""

from shared.config.settings import Settings, load, unsafe_values

__all__ = ["Settings", "load", "unsafe_values"]
