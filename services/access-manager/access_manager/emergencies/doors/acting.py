"""What it takes to begin emergency access: two factors proved within minutes, by a way that is not held back."""

from datetime import timedelta

from shared.auth import ACR_TWO_FACTORS, requires
from shared.web.signin import signed_in

_FRESH = timedelta(minutes=10)
member_act = signed_in(ACR_TWO_FACTORS, ("provider",), fresh=_FRESH, unheld=True)
member_call = requires("access.manage", acr=ACR_TWO_FACTORS, max_age=_FRESH, unheld=True)
