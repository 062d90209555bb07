"""What all pages of the desk share: who may enter, who acts, and the way around."""

from flask import Response

from registration.vetting.service import Agent
from shared.auth import ACR_TWO_FACTORS
from shared.web.shell.language import gettext as _
from shared.web.shell.render import page
from shared.web.signin import person, signed_in

QUEUE = "/desk"
LETTERS = "/desk/letters"
HELP = "/admin"  # identity's page for staff: a caller who cannot sign in is no case of ours
staff = signed_in(acr=ACR_TWO_FACTORS, population=("staff",))


def agent() -> Agent:
    """Who is at the desk in this request."""
    return Agent(person().account_id, person().name)


def case_address(case_id: str) -> str:
    """The page of a case."""
    return f"{QUEUE}/cases/{case_id}"


def desk_page(template: str, status: int = 200, /, **values: object) -> Response:
    """A page of the desk, with the way to the others."""
    nav = [(QUEUE, _("Vetting queue"), True), (LETTERS, _("Letters"), False), (HELP, _("Help somebody sign in"), False)]
    shell: dict[str, object] = {
        "person_name": person().name,
        "signout_url": "/register/signout",
        "nav": nav,
        "home_url": QUEUE,
    }
    return page(f"registration/{template}", status, **{**shell, **values})
