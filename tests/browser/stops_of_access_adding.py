"""The pages of invitations, of whoever is invited, and of lists. `tests/browser/inviting.py` makes the places."""

from datetime import timedelta

from tests.browser.stop import Stop
from tests.journeys.story import THURSDAY

_LIST = (("[name=list]", "Ann Lee, ann@office.example\nPriya, priya.nair@northfield.example\nBob Ray, bob at office"),)
_REMOVED = (("[name=list]", "priya.nair@northfield.example\nalice.moreno@northfield.example\nnobody@office.example"),)
_CHECK, _INVITE = "button[value=check]", "main form[method=post] button"
_JOIN = "/manage/join?token={join_secret}"

STOPS = (
    Stop("add", "/manage/people/add", "manager"),
    Stop("add-profile", "/manage/people/add?profile=full_access", "manager"),
    Stop("add-empty", "/manage/people/add", "manager", press=_INVITE, status=422),
    Stop("add-several", "/manage/people/add/several?profile=billing", "manager"),
    Stop("add-several-empty", "/manage/people/add/several", "manager", press=_CHECK, status=422),
    Stop("add-several-checked", "/manage/people/add/several?profile=billing", "manager", fill=_LIST, press=_CHECK),
    Stop("add-several-done", "/manage/batches/{batch}", "manager"),
    Stop("add-several-undone", "/manage/batches/{undone}", "manager"),
    Stop("remove-several", "/manage/people/remove", "manager"),
    Stop("remove-several-empty", "/manage/people/remove", "manager", press=_CHECK, status=422),
    Stop("remove-several-checked", "/manage/people/remove?reason=left", "manager", fill=_REMOVED, press=_CHECK),
    Stop("invitations", "/manage/invitations", "manager"),
    Stop("invitations-narrowed", "/manage/invitations?standing=bounced", "manager"),
    Stop("invitations-none", "/manage/invitations", "only_manager"),
    Stop("invitation", "/manage/invitations/{invitation}?invited=1", "manager"),
    Stop("invitation-bounced", "/manage/invitations/{bounced}", "manager"),
    Stop("invitation-revoked", "/manage/invitations/{revoked}", "manager"),
    Stop("invitation-of-others", "/manage/invitations/{invitation}", "only_manager", status=404),
    Stop("join", _JOIN),
    Stop("join-sent", f"{_JOIN}&sent=1"),
    Stop("join-ended", _JOIN, status=410, at=THURSDAY + timedelta(days=15)),
    Stop("join-broken", "/manage/join?token=broken", status=404),
    Stop("join-yes", "/manage/join/{join_mine}", "only_manager"),
    Stop("join-for-another", "/manage/join/{join}", "member", status=403),
    Stop("join-taken-back", "/manage/join/{revoked}", "member", status=410),
)
