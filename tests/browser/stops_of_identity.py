"""The pages of identity: signing in, one's own account, recovery's neighbours, and the operators' pages."""

from tests.browser.stop import ENGLISH, MAIN_BUTTON, Stop
from tests.journeys.story import PASSWORD

TRIAL = "/oauth/authorize?response_type=code&client_id=trial&scope=openid&state=s&nonce=n&code_challenge_method=S256"
CHALLENGE = "code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
NOBODY_THERE = "http%3A%2F%2F127.0.0.1%3A9%2Fcallback"
# One policy of each kind, with what is wrong for it.
POLICIES: dict[str, tuple[tuple[str, str], ...]] = {
    "lock_minutes": (("[name=value]", "31"),),
    "sms_for_managers": (),
    "sms_populations": (),
    "risk_weights": (("[name=points_new_device]", "many"),),
    "member_id_pattern": (("[name=value]", "(a+)+"),),
}

IDENTITY = (
    Stop("login-closed", "/login/closed", "shut_out", world="closed", status=503),
    Stop("sign-in", "/login"),
    Stop("sign-in-empty", "/login", press=MAIN_BUTTON, status=422),
    Stop(
        "sign-in-wrong",
        "/login",
        fill=(("[name=user_id]", "alice.moreno"), ("[name=password]", "not the password")),
        press=MAIN_BUTTON,
        status=403,
    ),
    Stop("sign-in-for-an-app", f"{TRIAL}&{CHALLENGE}&redirect_uri={NOBODY_THERE}"),
    Stop("code", "/manage", "half", on_the_way=True),
    Stop(
        "code-wrong",
        "/manage",
        "half",
        fill=(("[name=code]", "12 34"),),
        press=MAIN_BUTTON,
        status=422,
        on_the_way=True,
    ),
    Stop("enrol", "/manage", "enrolling", on_the_way=True),
    Stop("enrol-app", "/manage", "enrolling", press="a[href*='/login/enrol/app']", on_the_way=True),
    Stop("choose-organization", "portal/sign-in", "between"),
    Stop("choose-organization-none", "portal/sign-in", "between", press=MAIN_BUTTON, status=422),
    Stop("recover", "/recover"),
    Stop("help", "/account/help"),
    Stop("account-member", "/account", "member"),
    Stop("account-manager", "/account", "manager"),
    Stop("account-of-two", "/account", "manager_of_two"),
    Stop("account-desk", "/account", "desk"),
    Stop("account-pending", "/account", "pending"),
    Stop("sign-out-question", "/logout", "member"),
    Stop("signed-out", "/logout"),
    Stop("activate", "{activation}", "draft_activate"),
    Stop("activate-empty", "{activation}", "draft_activate", press=MAIN_BUTTON, status=422),
    Stop("activate-used", "{used_activation}", status=410),
    Stop("activate-broken", "/account/activate?token=broken", status=404),
    Stop("app-unknown", "/oauth/authorize?client_id=nobody&response_type=code", status=400),
    Stop("app-wrong-address", f"{TRIAL}&{CHALLENGE}&redirect_uri=https%3A%2F%2Fevil.example%2Fcallback", status=400),
    Stop("app-for-others", "portal/sign-in", "desk", status=403),
    Stop("app-form-post", f"{TRIAL}&{CHALLENGE}&redirect_uri={NOBODY_THERE}&response_mode=form_post", "member"),
    Stop("app-sign-out-refused", "/oauth/logout?id_token_hint=nonsense", status=400),
    Stop("not-found", "/no/such/page", status=404),
)

PASSWORDS = (
    Stop(
        "sign-in-member-number",
        "/login",
        fill=(("[name=user_id]", "ABC 123456789"), ("[name=password]", "not the password")),
        press=MAIN_BUTTON,
        status=403,
    ),
    Stop("password", "/account/methods/password", "member"),
    Stop(
        "password-wrong",
        "/account/methods/password",
        "member",
        fill=(("[name=current]", "not the password"), ("[name=password]", "nine copper kettles sing")),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("password-changed", "/account/methods/password?done", "member"),
    Stop("renew", "/login/renew", "robbed"),
    Stop("renew-common", "/login/renew", "robbed", 422, (("[name=password]", "password12345678"),), MAIN_BUTTON),
)

SESSIONS = (
    Stop("account-language", "/account/language", "member"),
    Stop("account-language-none", "/account/language?done=saved", "member"),
    Stop("account-apps", "/account/apps", "manager"),
    Stop("account-apps-none", "/account/apps?done=disconnected", "member"),
    Stop("account-switched", "/account?done=switched", "manager_of_two"),
    Stop("account-operator", "/account", "admin"),
    Stop("signed-out-idle", "/logout/idle?minutes=30&back=/account/apps"),
    Stop("signed-out-idle-unsaid", "/logout/idle"),
)

DEVICES = (
    Stop("sign-in-shared", "/login", "at_reception"),
    Stop("devices", "/account/devices", "at_two"),
    Stop("devices-sign-out", "/account/devices/sign-out", "at_two"),
    Stop("activity", "/account/activity", "at_two"),
    Stop("activity-none", "/account/activity?before=2020-01-01T00:00:00Z", "at_two"),
    Stop("not-me", "{not_me}"),
    Stop("not-me-over", "/recover/not-me?token=none", status=410),
    Stop("not-me-done", "/recover/not-me/done"),
)

CONTACTS = (
    Stop("contacts", "/account/contacts", "owner"),
    Stop("contact-add", "/account/contacts/add/email", "owner"),
    Stop("contact-add-empty", "/account/contacts/add/email", "owner", press=MAIN_BUTTON, status=422),
    Stop(
        "contact-add-mobile-wrong",
        "/account/contacts/add/sms",
        "owner",
        fill=(("[name=address]", "555 0142"),),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("contact-code", "/account/contacts/{contact_asked}/code", "owner"),
    Stop("contact-code-empty", "/account/contacts/{contact_asked}/code", "owner", press=MAIN_BUTTON, status=422),
    Stop("contact-confirm", "/account/contacts/{contact_waiting}/confirm", "owner"),
    Stop("contact-main", "/account/contacts/{contact_waiting}/main", "owner"),
    Stop("contact-main-refused", "/account/contacts/{contact_waiting}/main", "owner", press=MAIN_BUTTON, status=409),
    Stop("contact-remove", "/account/contacts/{contact_waiting}/remove", "owner"),
    Stop("contact-answer", "{contact_answer}"),
    Stop("contact-answer-empty", "{contact_answer}", press=MAIN_BUTTON, status=422),
    Stop("contact-answer-broken", "/account/contacts/answer?token=broken", status=410),
    Stop("close-account", "/account/close", "owner"),
    Stop("close-account-empty", "/account/close", "owner", press=MAIN_BUTTON, status=422),
    Stop(
        "account-closed",
        "/login",
        fill=(("[name=user_id]", "gus.field"), ("[name=password]", PASSWORD)),
        press=MAIN_BUTTON,
        status=403,
    ),
)

FACTORS = (
    Stop("methods-none", "/account/methods", "member"),
    Stop("methods", "/account/methods?added", "pocket"),
    Stop("methods-app", "/account/methods/app", "pocket"),
    Stop("methods-app-empty", "/account/methods/app", "pocket", press=MAIN_BUTTON, status=422),
    Stop(
        "methods-app-name-empty",
        "/account/methods/{app}/name",
        "pocket",
        fill=(("[name=name]", ""),),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("methods-phone-none", "/account/methods/phone", "pocket"),
    Stop("methods-remove", "/account/methods/{app}/remove", "pocket"),
    Stop("recovery-codes", "/account/methods/recovery-codes", "pocket"),
    Stop("recovery-codes-made", "/account/methods/recovery-codes", "pocket", press=MAIN_BUTTON),
    Stop("methods-phone", "/account/methods/phone", "one_way"),
    Stop("methods-phone-sent", "/account/methods/phone", "one_way", press=MAIN_BUTTON, languages=ENGLISH),
    Stop("prove", "/login/prove", "pocket_half"),
    Stop("prove-empty", "/login/prove", "pocket_half", press=MAIN_BUTTON, status=422),
    Stop("prove-ways", "/login/prove/ways", "pocket_half"),
    Stop("prove-by-text", "/login/prove?by={phone}", "pocket_half"),
    Stop("prove-by-paper", "/login/prove?by=recovery_codes", "pocket_half"),
    Stop("prove-by-paper-wrong", "/login/prove?by=recovery_codes", "pocket_half", press=MAIN_BUTTON, status=422),
    Stop("prove-sent", "/login/prove?by={phone}", "pocket_sent"),
    Stop("prove-sent-wait", "/login/prove?by={phone}", "pocket_sent", press="form[action*=send] button", status=429),
    Stop("nudge", "/login/nudge", "one_way"),
    Stop("nudge-codes", "/login/nudge", "one_way", press=MAIN_BUTTON, languages=ENGLISH),
)

ADMIN = (
    Stop("admin", "/admin", "admin"),
    Stop("admin-empty", "/admin", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-nobody", "/admin", "admin", fill=(("[name=who]", "nobody.at.all"),), press=MAIN_BUTTON),
    Stop("admin-account", "/admin/accounts/{admin_account}", "admin"),
    Stop("admin-account-held", "/admin/accounts/{admin_held}?done=suspend", "admin"),
    Stop("admin-suspend", "/admin/accounts/{admin_account}/suspend", "admin"),
    Stop("admin-suspend-empty", "/admin/accounts/{admin_account}/suspend", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-suspend-twice", "/admin/accounts/{admin_held}/suspend", "admin"),
    Stop("admin-recover", "/admin/accounts/{admin_account}/recover", "admin"),
    Stop("admin-recover-empty", "/admin/accounts/{admin_account}/recover", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-policies", "/admin/policies?done=lock_minutes", "admin"),
    Stop("admin-deviations", "/admin/policies/deviations", "admin"),
    *(Stop(f"admin-policy-{name}", f"/admin/policies/{name}", "admin") for name in POLICIES),
    *(
        Stop(
            f"admin-policy-{name}-wrong", f"/admin/policies/{name}", "admin", fill=wrong, press=MAIN_BUTTON, status=422
        )
        for name, wrong in POLICIES.items()
        if wrong
    ),
    Stop("admin-organizations", "/admin/organizations", "admin"),
    Stop("admin-organizations-empty", "/admin/organizations", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-organization", "/admin/organizations/{admin_organization}", "admin"),
    Stop(
        "admin-organization-wrong",
        "/admin/organizations/{admin_organization}",
        "admin",
        fill=(("[name=idle_minutes]", "4"), ("[name=function_acr]", "payment.manage strong")),
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("admin-terms", "/admin/terms?done=yes", "admin"),
    Stop("admin-terms-empty", "/admin/terms", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-audit", "/admin/audit", "admin"),
    Stop("admin-audit-none", "/admin/audit?actor=nobody", "admin"),
    Stop("admin-audit-wrong", "/admin/audit?since=yesterday", "admin", status=422),
    Stop("admin-not-yours", "/admin", "manager", status=404),
    Stop("admin-not-your-role", "/admin/policies", "desk", status=403),
)

PASSKEYS = (
    Stop("passkey-add", "/account/methods/passkeys", "keyholder"),
    Stop("passkey-made", "{passkey}", "keyholder"),
    Stop("passkey-name-empty", "{passkey}", "keyholder", fill=(("[name=name]", ""),), press=MAIN_BUTTON, status=422),
    Stop("passkey-listed", "/account/methods", "keyholder"),
    Stop("passkey-not-found", "/account/methods/passkeys/pky_none", "keyholder", status=404),
    Stop("passkey-prove", "/account", "half_keyholder"),
    Stop("passkey-enrol", "{enrol_passkey}", "enrolling"),
)

UNUSUAL = (
    Stop("terms", "{terms}", "unread", world="terms"),
    Stop("terms-unaccepted", "{terms}", "unread", press=MAIN_BUTTON, status=422, world="terms"),
    Stop("verify", "/login/verify", "unusual"),
    Stop("verify-empty", "/login/verify", "unusual", press=MAIN_BUTTON, status=422),
    Stop(
        "held",
        "/login",
        "held",
        fill=(("[name=user_id]", "hal.pine"), ("[name=password]", PASSWORD)),
        press=MAIN_BUTTON,
        status=403,
    ),
    Stop(
        "closed",
        "/login",
        "closed",
        fill=(("[name=user_id]", "cleo.pine"), ("[name=password]", PASSWORD)),
        press=MAIN_BUTTON,
        status=403,
    ),
    Stop(
        "denied",
        "/login",
        "refused",
        fill=(("[name=user_id]", "una.reed"), ("[name=password]", PASSWORD)),
        press=MAIN_BUTTON,
        status=403,
        world="strict",
    ),
    Stop(
        "sign-in-resting",
        "/login",
        "resting",
        fill=(("[name=user_id]", "nobody.rests"), ("[name=password]", PASSWORD)),
        press=MAIN_BUTTON,
        status=429,
        world="strict",
    ),
)

CLIENTS = (
    Stop("admin-clients", "/admin/clients", "admin"),
    Stop("admin-clients-none", "/admin/clients?q=nothing-is-called-so", "admin"),
    Stop("admin-client", "/admin/clients/portal?done=saved", "admin"),
    Stop("admin-client-kinds", "/admin/new-client", "admin"),
    Stop("admin-client-new", "/admin/new-client?profile=third-party", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-client-new-program", "/admin/new-client?profile=service", "admin"),
    Stop("admin-client-edit", "/admin/clients/portal/edit", "admin"),
    Stop(
        "admin-client-change",
        "/admin/clients/portal/edit",
        "admin",
        fill=(("[name=name]", "Provider portal"), ("[name=redirect_uris]", "https://portal.example/cb")),
        press=MAIN_BUTTON,
    ),
    Stop("admin-client-secret", "/admin/clients/portal/secret", "admin"),
    Stop(
        "admin-client-secret-made", "/admin/clients/suite-service/secret", "admin", press=MAIN_BUTTON, languages=ENGLISH
    ),
    Stop("admin-client-switch", "/admin/clients/portal/switch", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-client-check", "/admin/clients/trial/check", "admin"),
    Stop("admin-registration", "/admin/registration?done=withdrawn", "admin"),
    Stop("admin-registration-new", "/admin/registration/new", "admin", press=MAIN_BUTTON, status=422),
    Stop("admin-keys", "/admin/keys", "admin"),
    Stop("errors", "/oauth/errors"),
    Stop("error", "/oauth/errors/GH-OIDC-048"),
)
