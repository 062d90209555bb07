"""The audit: who did what to whom, when and why, in a form that shows when somebody touched it.

Owns: entries (append-only, by trigger), their chain of hashes, its verification and export. Offers: `append` for a
transaction, `seal` for a worker, `check` and `export` for an operator, `python -m shared.audit.verify FILE` offline.
Refuses to know: which acts are worth recording (the use cases say so) and how entries are shown.
"""

from shared.audit.chain import BadEntry, Head, seal
from shared.audit.chain import verify as check
from shared.audit.entries import append
from shared.audit.export import lines as export

__all__ = ["BadEntry", "Head", "append", "check", "export", "seal"]
