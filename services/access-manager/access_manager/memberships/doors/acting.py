"""What it takes to act as an access manager, said once for every page and every call.

Managers decide about others: two factors, people of practices only, and for an act a sign-in of the last hour, by a
way that is not held back after a recovery. The API asks a person's token for the same; a program has its scope.
"""

from datetime import timedelta

from shared.auth import ACR_TWO_FACTORS, requires
from shared.web.signin import signed_in

_FRESH = timedelta(hours=1)
manager_page = signed_in(ACR_TWO_FACTORS, ("provider",))
manager_act = signed_in(ACR_TWO_FACTORS, ("provider",), fresh=_FRESH, unheld=True)
manager_call = requires("access.manage", acr=ACR_TWO_FACTORS, max_age=_FRESH, unheld=True)
