"""The operator at /admin: what happened before they look, so that no page is empty."""

from urllib.parse import urlsplit

from tests.support.pages import PageVisitor

WHY = "Decided by the payer's security board in October"


def work(operator: PageVisitor) -> dict[str, str]:
    """Find people, suspend one, let policies depart; return the ids that addresses need."""
    places = {"admin_account": found(operator, "priya.nair"), "admin_held": found(operator, "ines.olsen")}
    operator.open(f"/admin/accounts/{places['admin_held']}/suspend")
    operator.fill("Reason", "The office says that the password was shared")
    operator.press("Suspend the account now")
    operator.open("/admin/policies/password_max_age_days")
    operator.fill("Value", "365")
    operator.fill("Justification", WHY)
    operator.press("Change this policy")
    operator.open(f"/admin/accounts/{places['admin_account']}")
    places["admin_organization"] = next(last_part(link) for link in operator.links() if "/admin/organizations/" in link)
    operator.open("/admin/terms")
    operator.fill("Text in English", "Look only at what your work needs.\n\nLock your screen.")
    operator.fill("Text in Spanish", "Mire solo lo que su trabajo necesita.\n\nBloquee su pantalla.")
    operator.fill("In force from this day", "2030-01-01")
    operator.press("Publish these terms")
    return places


def found(operator: PageVisitor, who: str) -> str:
    """Find an account; return its id."""
    operator.open("/admin")
    operator.fill("User ID, e-mail address, mobile number, support code or account id", who)
    operator.press("Find")
    return last_part(operator.address)


def last_part(address: str) -> str:
    """The id at the end of an address."""
    return urlsplit(address).path.rsplit("/", 1)[1]
