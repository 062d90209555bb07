"""Every page of the suite, as data: its address, who stands there, and what they did to get it. {words} are places of
the scene (tests/browser/scene.py); an address that begins with "portal" is the sample portal's."""

from tests.browser.forgetful import RECOVERY
from tests.browser.guest import STOPS as GUEST
from tests.browser.holder import STOPS as TELEVISION
from tests.browser.stop import ENGLISH, MAIN_BUTTON, Stop
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
from tests.journeys.story import SUNDAY_NIGHT

REGISTRATION = (
    Stop("register", "/register"),
    Stop("register-begun", "/register", "draft_access"),
    Stop("register-handed-in", "/register", "draft_done"),
    *(Stop(f"register-{step}", f"/register/{step}", f"draft_{step}") for step in ("who", "organization", "contact")),
    *(
        Stop(f"register-{step}-empty", f"/register/{step}", f"draft_{step}", press=MAIN_BUTTON, status=422)
        for step in ("who", "organization", "contact")
    ),
    Stop("register-organization-kept", "/register/organization", "draft_contact"),
    Stop("register-organizations", "/register/organizations", "draft_contact"),
    Stop("register-organizations-paste", "/register/organizations/paste", "draft_contact"),
    Stop(
        "register-organizations-paste-empty",
        "/register/organizations/paste",
        "draft_contact",
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("register-email-code", "/register/email-code", "draft_email-code"),
    Stop(
        "register-email-code-wrong",
        "/register/email-code",
        "draft_email-code",
        fill=(("[name=code]", "12"),),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("register-mobile-code", "/register/mobile-code", "draft_mobile-code"),
    Stop("register-access", "/register/access", "draft_access"),
    Stop("register-access-empty", "/register/access", "draft_access", press=MAIN_BUTTON, status=422),
    Stop("register-tasks", "/register/access/tasks", "draft_access"),
    Stop("register-check", "/register/check", "draft_check"),
    Stop("register-one-step-left", "/register/who", "draft_activate"),
    Stop("register-done", "{done}", "draft_done"),
    Stop("register-not-found", "/register/no-such-page", status=404),
    Stop("status-waiting", "/register/status", "waiting"),
    Stop("status-approved", "/register/status", "approved"),
    Stop("status-denied", "/register/status", "denied"),
    Stop("status-no-claim", "/register/status", "no_claim"),
    Stop("status-none", "/register/status", "member"),
    Stop("withdraw", "{withdraw}", "waiting"),
    Stop("evidence", "{evidence}", "waiting"),
    Stop("evidence-claim", "{evidence}/claim", "waiting"),
    Stop("evidence-claim-empty", "{evidence}/claim", "waiting", press=MAIN_BUTTON, status=422),
    Stop("evidence-payment", "{evidence}/payment", "waiting"),
    Stop("evidence-letter", "{evidence}/letter", "waiting"),
    Stop("register-help", "/register/help"),
)

DESK = (
    Stop("desk", "/desk", "desk"),
    Stop("desk-empty", "/desk", "desk", world="quiet"),
    Stop("case-new", "/desk/cases/{case}", "desk"),
    Stop("case-call-empty", "/desk/cases/{case}", "desk", press="form[action$='/calls'] button", status=422),
    Stop("case-refuse-empty", "/desk/cases/{case}", "desk", press="form[action$='/refuse'] button", status=422),
    Stop("case-called", "/desk/cases/{called}", "desk"),
    Stop("case-refused", "/desk/cases/{refused}", "desk"),
    Stop("desk-narrowed", "/desk?only=alerts&ground=first_person", "desk"),
    Stop("desk-none-fits", "/desk?ground=managers_silent&only=second", "desk"),
    Stop("case-revealed", "/desk/cases/{case}", "desk", press="form[action$='/reveal'] button"),
    *(
        stop
        for page in ("next-call", "propose", "another")
        for stop in (
            Stop(f"case-{page}", f"/desk/cases/{{case}}/{page}", "desk"),
            Stop(f"case-{page}-empty", f"/desk/cases/{{case}}/{page}", "desk", press=MAIN_BUTTON, status=422),
        )
    ),
    Stop("letters", "/desk/letters", "desk"),
    Stop("case-not-found", "/desk/cases/case_none", "desk", status=404),
    Stop("desk-for-others", "/desk", "manager", status=403),
)

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

AVAILABILITY = (
    Stop("status", "/status", world="quiet"),
    Stop("status-planned", "/status"),
    Stop("status-closed", "/status", at=SUNDAY_NIGHT),
    Stop("status-history", "/status/history"),
    Stop("gate-closed", "/gate/check?function=precert.submit", status=503, at=SUNDAY_NIGHT),
    Stop("status-help", "/hours/help"),
    Stop("hours", "/hours", "operator", world="quiet"),
    Stop("hours-planned", "/hours", "operator"),
    Stop("maintenance-new", "/hours/maintenance/new?when=now", "operator"),
    Stop("maintenance-empty", "/hours/maintenance/new?when=later", "operator", press=MAIN_BUTTON, status=422),
    Stop("maintenance-start", "/hours/maintenance/{maintenance}/start", "operator"),
    Stop("maintenance-cancel", "/hours/maintenance/{maintenance}/cancel", "operator"),
    Stop("maintenance-extend", "/hours/maintenance/{maintenance}/extend", "operator"),
    Stop("maintenance-end-impossible", "/hours/maintenance/{maintenance}/end", "operator"),
    Stop("calendar-hours", "/hours/calendars/precertification", "operator"),
    Stop("calendar-hours-empty", "/hours/calendars/precertification", "operator", press=MAIN_BUTTON, status=422),
    Stop(
        "calendar-preview",
        "/hours/calendars/precertification",
        "operator",
        fill=(("#f-windows", "Mon-Sat 05:00-03:00\nSun 05:00-22:00\nSun 22:30-23:00"), ("#f-reason", "Longer Sundays")),
        press=MAIN_BUTTON,
    ),
    Stop("schedule-version", "/hours/versions/1", "operator"),
    Stop("hours-for-others", "/hours", "manager", status=403),
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
    *MANAGE,
    *AVAILABILITY,
    *APIS,
    *PORTAL,
    *LOCAL,
)
