"""How long what is over is kept. HIPAA asks for six years of documentation (45 CFR 164.316(b)(2)(i))."""

from datetime import timedelta

DOCUMENTS_KEPT = timedelta(days=6 * 365 + 2)
