"""How long things live, where no client has a say; for the rest see `clients.policy`. Pure."""

from datetime import timedelta

CODE = timedelta(seconds=60)  # ASVS 10.4.3 at level 3, FAPI 2.0 §5.3.2.1
ID_TOKEN = timedelta(minutes=10)
# Long enough to find a phone and sign in with two factors, short enough for a code of 34 bits (RFC 8628 §5.1).
DEVICE_CODE = timedelta(minutes=10)
# Grants are kept a while after their end, so that a late replay is still recognized as one.
KEPT_AFTER_END = timedelta(days=1)
