"""The pages of requests, people and history, and of whoever asks for more. `tests/browser/asking.py` makes the places:
`asked`, `answered`."""

from tests.browser.stop import MAIN_BUTTON, Stop

_DENY = ".usa-button--danger"

STOPS = (
    Stop("inbox-none-chosen", "/manage/approve", "manager", status=422),
    Stop("approve-several", "/manage/approve?request={request}&request={asked}", "manager"),
    Stop("approved", "/manage/approved?request={decided}&request={denied_request}&request={answered}", "manager"),
    Stop("mails", "/manage/mails", "manager"),
    Stop("mails-saved", "/manage/mails", "only_manager", press=MAIN_BUTTON),
    Stop("more", "/manage/requests/more/{asked}", "manager"),
    Stop("more-deny-empty", "/manage/requests/more/{asked}", "manager", press=_DENY, status=422),
    Stop("more-decided", "/manage/requests/more/{answered}", "manager"),
    Stop("more-of-others", "/manage/requests/more/{asked}", "only_manager", status=404),
    Stop("people-narrowed", "/manage/people?status=active&role=member&size=50", "manager"),
    Stop("people-none", "/manage/people?text=nobody", "manager"),
    Stop("person-colleagues", "/manage/people/{member}?colleague=a", "manager"),
    Stop("person-copied", "/manage/people/{member}?copy={own}", "manager"),
    Stop("person-history", "/manage/people/{member}/history", "manager"),
    Stop("history-narrowed", "/manage/history?kind=requests&person=priya&since=2026-11-01", "manager"),
    Stop("history-none", "/manage/history?kind=reviews&until=2026-01-01", "manager"),
    Stop("history-wrong-day", "/manage/history?since=yesterday", "manager", status=422),
    Stop("my-access-asked", "/manage/mine?asked=1", "asker"),
    Stop("my-access-answered", "/manage/mine", "answered"),
    Stop("my-access-message-empty", "/manage/mine", "pending", press=MAIN_BUTTON, status=422),
    Stop("ask", "/manage/mine/ask?function=remittance.view", "asker"),
    Stop("ask-empty", "/manage/mine/ask", "answered", press=MAIN_BUTTON, status=422),
    Stop("ask-nobody-decides", "/manage/mine/ask?function=payment.manage", "only_manager"),
    Stop("ask-where", "/manage/mine/ask?function=payment.manage", "manager_of_two"),
)
