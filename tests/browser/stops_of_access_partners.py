"""The pages of partners and of emergency access. `tests/browser/partnering.py` makes the places: `link`, `proposed`,
`sent_person`, `emergency`, `emergency_at`."""

from datetime import timedelta

from tests.browser.stop import MAIN_BUTTON, Stop
from tests.journeys.story import THURSDAY

SOON_AFTER = THURSDAY + timedelta(minutes=6)

STOPS = (
    Stop("partners", "/manage/partners", "manager"),
    Stop("partners-none", "/manage/partners", "only_manager"),
    Stop("partners-of-company", "/manage/partners", "company"),
    Stop("partner-connect", "/manage/partners/connect", "manager"),
    Stop("partner-connect-empty", "/manage/partners/connect", "manager", press=MAIN_BUTTON, status=422),
    Stop("partner-given", "/manage/partners/{link}", "manager"),
    Stop("partner-held", "/manage/partners/{link}", "company"),
    Stop("partner-proposed", "/manage/partners/{proposed}", "company"),
    Stop("partner-narrow", "/manage/partners/{link}/narrow", "manager"),
    Stop(
        "partner-narrow-check",
        "/manage/partners/{link}/narrow",
        "manager",
        fill=(("#f-ends_on", "2027-01-31"),),
        press=MAIN_BUTTON,
    ),
    Stop("partner-end", "/manage/partners/{link}/end", "manager"),
    Stop("partner-staff", "/manage/partners/{link}/staff", "company"),
    Stop("partner-person", "/manage/partners/{link}/staff/{sent_person}", "company"),
    Stop("partner-remove", "/manage/partners/{link}/staff/{sent_person}/remove", "company"),
    Stop("partner-of-others", "/manage/partners/{link}", "only_manager", status=404),
    Stop("emergencies", "/manage/emergencies", "helped_themself"),
    Stop("emergencies-none", "/manage/emergencies", "only_manager"),
    Stop("emergency-list", "/manage/emergencies/list", "manager"),
    Stop(
        "emergency-list-wrong",
        "/manage/emergencies/list",
        "manager",
        fill=(("#f-minutes", "600"),),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("emergency-running", "/manage/emergencies/{emergency}", "helped_themself"),
    Stop("emergency-mine", "/manage/mine/emergency/{emergency_at}", "in_need"),
    # These take a sign-in of the last minutes, and so they are looked at soon after it.
    Stop("emergency-nothing", "/manage/mine/emergency/{emergency_at}", "manager", at=SOON_AFTER),
    Stop("emergency-begin", "/manage/mine/emergency/{emergency_at}", "manager_of_two", at=SOON_AFTER),
    Stop(
        "emergency-begin-empty",
        "/manage/mine/emergency/{emergency_at}",
        "manager_of_two",
        press=MAIN_BUTTON,
        status=422,
        at=SOON_AFTER,
    ),
    Stop("emergency-choose", "/manage/mine/emergency", "manager_of_two", at=SOON_AFTER),
    Stop("emergency-of-others", "/manage/emergencies/{emergency}", "only_manager", status=404),
)
