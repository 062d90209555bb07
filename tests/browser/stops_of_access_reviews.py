"""The pages of access reviews and of people who do not sign in. `tests/browser/reviewing.py` makes the places:
`review`, `reviewed_person`, `review_over`."""

from tests.browser.stop import MAIN_BUTTON, Stop

STOPS = (
    Stop("reviews", "/manage/reviews", "manager"),
    Stop("reviews-past", "/manage/reviews", "only_manager"),
    Stop("reviews-no-day", "/manage/reviews", "only_manager", fill=(("#f-due_on", ""),), press=MAIN_BUTTON, status=422),
    Stop("review", "/manage/reviews/{review}", "manager"),
    Stop("review-no-answer", "/manage/reviews/{review}", "manager", press=MAIN_BUTTON, status=422),
    Stop("review-decided", "/manage/reviews/{review}?show=decided", "manager"),
    Stop("review-person", "/manage/reviews/{review}/people/{reviewed_person}", "manager"),
    Stop(
        "review-person-none",
        "/manage/reviews/{review}/people/{reviewed_person}",
        "manager",
        press=MAIN_BUTTON,
        status=422,
    ),
    Stop("review-certificate-open", "/manage/reviews/{review}/certificate", "manager"),
    Stop("review-over", "/manage/reviews/{review_over}", "only_manager"),
    Stop("review-certificate", "/manage/reviews/{review_over}/certificate", "only_manager"),
    Stop("review-of-others", "/manage/reviews/{review}", "only_manager", status=404),
    Stop("dormant", "/manage/dormant", "manager"),
)
