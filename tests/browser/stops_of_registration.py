"""Every page of an applicant and of the support desk, as data."""

from tests.browser.stop import MAIN_BUTTON, Stop

_WRONG_CLAIM = (("#f-number", "CL-900001"), ("#f-day", "11/5/2026"), ("#f-amount", "1,250.00"))
_WRONG_PAYMENT = (("#f-number", "800009"), ("#f-amount", "12.00"))

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
    Stop("evidence-claim-wrong", "{guess_0}/claim", "guesser", fill=_WRONG_CLAIM, press=MAIN_BUTTON, status=422),
    Stop("evidence-resting", "{guess_4}/claim", "resting_tin"),
    Stop("evidence-too-soon", "{guess_4}/payment", "resting_tin", fill=_WRONG_PAYMENT, press=MAIN_BUTTON, status=429),
    Stop("evidence-key-short", "{guess_4}/letter", "resting_tin", press="form[action$='/key'] button", status=422),
    Stop("evidence-proved", "{proved}", "proved"),
    Stop("evidence-payment", "{evidence}/payment", "waiting"),
    Stop("evidence-letter", "{evidence}/letter", "waiting"),
    Stop("register-again", "{again}", "known"),
    Stop("register-attach", "{attach}", "attaching"),
    Stop("register-attach-other", "{attach_other}", "attaching_other", status=403),
    Stop("register-fifty", "/register/organizations", "fifty"),
    Stop("register-fifty-check", "/register/check", "fifty"),
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
    Stop(
        "desk-find-unknown",
        "/desk",
        "desk",
        status=422,
        fill=(("#f-number", "A-1"),),
        press=".gr-find button",
    ),
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
    Stop("case-proposed-own", "/desk/cases/{proposed_own}", "desk"),
    Stop("case-proposed-colleague", "/desk/cases/{proposed_colleague}", "desk"),
    Stop(
        "case-reject-empty",
        "/desk/cases/{proposed_colleague}",
        "desk",
        press="form[action$='/reject'] button",
        status=422,
    ),
    Stop("letters", "/desk/letters", "desk"),
    Stop("letters-write-unknown", "/desk/letters", "desk", fill=(("#f-number", "A-1"),), press=MAIN_BUTTON, status=422),
    Stop("letter", "/desk/letters/{letter}", "desk"),
    Stop("letter-cancel-empty", "/desk/letters/{letter}", "desk", press="form[action$='/cancel'] button", status=422),
    Stop("letter-paper", "/desk/letters/{letter}", "desk", press="form[action$='/print'] button"),
    Stop("case-not-found", "/desk/cases/case_none", "desk", status=404),
    Stop("desk-for-others", "/desk", "manager", status=403),
)
