"""Every page of the suite, as data: its address, who stands there, and what they did to get it. {words} are places of
the scene (tests/browser/scene.py); an address that begins with "portal" is the sample portal's."""

from tests.browser.forgetful import RECOVERY
from tests.browser.guest import STOPS as GUEST
from tests.browser.holder import STOPS as TELEVISION
from tests.browser.stop import ENGLISH, MAIN_BUTTON, Stop
from tests.browser.stops_of_access_adding import STOPS as ADDING
from tests.browser.stops_of_access_managers import STOPS as MANAGERS
from tests.browser.stops_of_access_partners import STOPS as PARTNERS
from tests.browser.stops_of_access_people import STOPS as PEOPLE
from tests.browser.stops_of_access_reviews import STOPS as REVIEWS
from tests.browser.stops_of_dormant import STOPS as DORMANT
from tests.browser.stops_of_hours import AVAILABILITY
from tests.browser.stops_of_identity import (
    ADMIN,
    CLIENTS,
    CONTACTS,
    DEVICES,
    FACTORS,
    IDENTITY,
    PASSKEYS,
    PASSWORDS,
    SESSIONS,
    UNUSUAL,
)
from tests.browser.stops_of_registration import DESK, REGISTRATION

MANAGE = (
    Stop("inbox", "/manage", "manager"),
    Stop("inbox-empty", "/manage", "only_manager"),
    Stop("request", "/manage/requests/{request}", "manager"),
    Stop("request-profile", "/manage/requests/{request}?profile=billing", "manager"),
    Stop("request-deny-empty", "/manage/requests/{request}", "manager", press=".usa-button--danger", status=422),
    Stop("request-approved", "/manage/requests/{decided}", "manager"),
    Stop("request-denied", "/manage/requests/{denied_request}", "manager"),
    Stop("request-of-others", "/manage/requests/{request}", "only_manager", status=404),
    Stop("people", "/manage/people", "manager"),
    Stop("person", "/manage/people/{member}", "manager"),
    Stop("person-own", "/manage/people/{own}", "manager"),
    Stop("remove", "/manage/people/{member}/remove", "manager"),
    Stop("remove-empty", "/manage/people/{member}/remove", "manager", press=MAIN_BUTTON, status=422),
    Stop("managers", "/manage/managers", "manager"),
    Stop("managers-one", "/manage/managers", "only_manager"),
    Stop("make-manager", "/manage/managers/{member}", "manager"),
    Stop("step-down", "/manage/managers/{own}", "manager"),
    Stop("history", "/manage/history", "manager"),
    Stop("history-short", "/manage/history", "only_manager"),
    Stop("organization", "/manage/organizations", "manager"),
    Stop("organizations", "/manage/organizations", "manager_of_two"),
    Stop("manage-not-found", "/manage/people/mem_none", "manager", status=404),
    Stop("manage-for-managers", "/manage", "member_strong", status=403),
    Stop("manage-for-providers", "/manage", "desk", status=403),
    Stop("my-access", "/manage/mine", "manager"),
    Stop("my-access-two", "/manage/mine", "manager_of_two"),
    Stop("manage-help", "/manage/help"),
)

APIS = tuple(
    Stop(f"api-{name}", f"/api/{name}/docs") for name in ("identity", "registration", "access", "availability")
)

PORTAL = (
    Stop("portal", "portal/", languages=ENGLISH),
    Stop("portal-signed-in", "portal/", "at_portal", languages=ENGLISH),
    Stop(
        "portal-not-permitted",
        "portal/",
        "at_portal",
        press="form[action$=precertifications] button",
        status=403,
        languages=ENGLISH,
    ),
    Stop(
        "portal-permitted",
        "portal/",
        "at_portal_strong",
        press="form[action$=precertifications] button",
        languages=ENGLISH,
    ),
    Stop("portal-waiting", "portal/sign-in", "waiting", languages=ENGLISH),
    Stop(
        "portal-refused",
        "portal/callback?error=access_denied&error_description=Nobody+signed+in.",
        status=403,
        languages=ENGLISH,
    ),
)

LOCAL = (
    Stop("dev", "/dev", languages=ENGLISH),
    Stop("dev-messages", "/dev/messages", languages=ENGLISH),
    Stop("dev-messages-none", "/dev/messages?to=nobody@example.org", languages=ENGLISH),
    Stop("dev-not-found", "/dev/nothing", status=404, languages=ENGLISH),
)

STOPS = (
    *IDENTITY,
    *PASSWORDS,
    *SESSIONS,
    *DEVICES,
    *CONTACTS,
    *FACTORS,
    *ADMIN,
    *CLIENTS,
    *PASSKEYS,
    *UNUSUAL,
    *RECOVERY,
    *TELEVISION,
    *GUEST,
    *REGISTRATION,
    *DESK,
    *DORMANT,
    *MANAGE,
    *PEOPLE,
    *ADDING,
    *MANAGERS,
    *PARTNERS,
    *REVIEWS,
    *AVAILABILITY,
    *APIS,
    *PORTAL,
    *LOCAL,
)
