"""Somebody with devices that show codes: one to answer, one allowed, one denied, one whose code has run out."""

from typing import TYPE_CHECKING, cast

import httpx
from sqlalchemy import update

from identity.mfa.assurance import ACR_1
from identity.oidc.clients.policy import DEVICE_CODE, REFRESH, ClientSpec
from identity.oidc.clients.service import ensure_client
from identity.oidc.grants.device_models import device_codes
from tests.browser.stop import MAIN_BUTTON, Stop
from tests.support.pages import PageVisitor
from tests.support.world import OneProcess

if TYPE_CHECKING:  # the scene knows everybody who stands in it, this one included
    from tests.browser.scene import Scene

SECRET = "television-".ljust(48, "x")
PAGE = "/oauth/device"
TELEVISION = ClientSpec(
    id="television",
    name="Waiting room screen",
    grant_types=(DEVICE_CODE, REFRESH),
    scopes=("openid", "profile", "organization", "functions", "access.evaluate"),
    minimum_acr=ACR_1,
    purpose="Shows on the wall which requests of the practice were decided today.",
    justification="For the tests of pages.",
)

STOPS = (
    Stop("device", PAGE, "holder"),
    Stop("device-code-in-address", f"{PAGE}?user_code=WDJB-MJHT", "holder"),
    Stop("device-empty", PAGE, "holder", 422, press=MAIN_BUTTON),
    Stop("device-no-code", PAGE, "holder", 422, (("[name=user_code]", "12 34"),), MAIN_BUTTON),
    Stop("device-confirm", "{device_waiting}", "holder"),
    Stop("device-connected", "{device_allowed}", "holder"),
    Stop("device-not-connected", "{device_denied}", "holder"),
    Stop("device-code-run-out", "{device_over}", "holder"),
    Stop("device-of-nobody", f"{PAGE}/dev_none", "holder", 404),
)


def arrive(scene: "Scene") -> PageVisitor:
    """Somebody who has typed four codes."""
    visitor = scene.signed_in("priya.nair")
    scene.places |= hold(cast("OneProcess", scene.world), visitor)
    return visitor


def hold(world: OneProcess, visitor: PageVisitor) -> dict[str, str]:
    """Let four devices begin, type their codes and answer; return the addresses of their pages."""
    with world.suite.contexts["identity"].transaction() as work:
        ensure_client(work, TELEVISION, SECRET)
    places = {"device_over": _typed(world, visitor), "device_waiting": _typed(world, visitor)}
    with world.suite.contexts["identity"].transaction() as work:
        first = places["device_over"].rpartition("/")[2]
        work.session.execute(update(device_codes).where(device_codes.c.id == first).values(expires_at=work.now))
    for said, button in (("allowed", "Yes, connect the device"), ("denied", "No, do not connect it")):
        places[f"device_{said}"] = _typed(world, visitor)
        visitor.press(button)
    return places


def _typed(world: OneProcess, visitor: PageVisitor) -> str:
    form = {"scope": " ".join(TELEVISION.scopes)}
    with httpx.Client(base_url=world.base_url) as device:
        answer = device.post("/oauth/device_authorization", data=form, auth=(TELEVISION.id, SECRET))
    visitor.open(PAGE)
    visitor.fill("Code on the device", answer.json()["user_code"])
    visitor.press("Continue")
    assert "May a device use your account?" in visitor.text, visitor.text
    return httpx.URL(visitor.address).path
