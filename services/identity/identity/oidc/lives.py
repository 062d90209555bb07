"""How long things live. Pure."""

from datetime import timedelta

CODE = timedelta(seconds=60)  # ASVS 10.4.3 at level 3, FAPI 2.0 §5.3.2.1
ACCESS_TOKEN = timedelta(minutes=10)  # contract: at most ten minutes
ID_TOKEN = timedelta(minutes=10)
# The absolute end of a family of refresh tokens (ASVS 10.4.8); the session behind it usually ends first.
GRANT = timedelta(hours=12)
GRANT_WITHOUT_REFRESH = CODE + ACCESS_TOKEN
# Grants are kept a while after their end, so that a late replay is still recognized as one.
KEPT_AFTER_END = timedelta(days=1)
