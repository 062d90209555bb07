"""The pages about managers, deputies, proposals and lines of business."""

from tests.browser.stop import MAIN_BUTTON, Stop

STOPS = (
    Stop("hand-over", "/manage/managers/hand-over", "manager"),
    Stop("hand-over-nobody", "/manage/managers/hand-over", "only_manager"),
    Stop("hand-over-to", "/manage/managers/{member}/hand-over", "manager"),
    Stop("end-role", "/manage/managers/{other_manager}", "manager"),
    Stop("only-manager-leaves", "/manage/managers/{only_own}", "only_manager"),
    Stop("deputies", "/manage/deputies", "manager"),
    Stop("deputies-none", "/manage/deputies", "only_manager"),
    Stop("deputy", "/manage/deputies/{member}/new", "manager"),
    Stop("deputy-empty", "/manage/deputies/{member}/new", "manager", press=MAIN_BUTTON, status=422),
    Stop("proposal", "/manage/proposals/{seat_asked}", "manager"),
    Stop("proposal-agree", "/manage/proposals/{seat_asked}", "manager_of_two"),
    Stop("proposal-asked", "/manage/proposals/{seat_asked}", "member_strong"),
    Stop(
        "proposal-decline-empty",
        "/manage/proposals/{seat_asked}",
        "member_strong",
        press=".usa-button--danger",
        status=422,
    ),
    Stop("proposal-of-others", "/manage/proposals/{seat_asked}", "only_manager", status=404),
    Stop("proposal-tasks", "/manage/proposals/functions/{member}", "manager"),
    Stop("proposal-tasks-empty", "/manage/proposals/functions/{member}", "manager", press=MAIN_BUTTON, status=422),
    Stop("lines", "/manage/people/{member}/lines", "manager"),
)
