"""What staff type about policies. The values themselves are read by `showing.read` and judged by `policies.bounds`."""

from identity.operators.governance.showing import whole
from identity.policies.bounds import LEVELS, LONGEST_JUSTIFICATION
from identity.policies.rules import OrganizationPolicy
from shared.i18n import say
from shared.web.forms import Choice, PageForm, Text, Values

AS_EVERYBODY = "everybody"
LEVEL_WORDS = {
    AS_EVERYBODY: say("As everybody"),
    LEVELS[0]: say("Two factors"),
    LEVELS[1]: say("A passkey"),
}


class JustificationForm(PageForm):
    """Why it departs; the policies room says when that is needed."""

    justification = Text(longest=LONGEST_JUSTIFICATION, multiline=True)


class WhichForm(PageForm):
    """Which organization."""

    organization_id = Text(empty=say("Enter the id of an organization"), longest=64)


class OrganizationForm(JustificationForm):
    """What one organization is held to; nothing means: as everybody."""

    idle_minutes = Text(longest=9)
    life_hours = Text(longest=9)
    minimum_acr = Choice(tuple(LEVEL_WORDS))
    function_acr = Text(longest=4000, multiline=True)


def organization_policy(values: Values) -> OrganizationPolicy:
    """Return the policy that the form means; what is no number stays text for the bounds to refuse."""
    return OrganizationPolicy(
        idle_minutes=_number(values["idle_minutes"]),
        life_hours=_number(values["life_hours"]),
        minimum_acr=None if values["minimum_acr"] in ("", AS_EVERYBODY) else values["minimum_acr"],
        function_acr=dict(_pair(line) for line in values["function_acr"].splitlines() if line.strip()),
    )


def as_lines(function_acr: dict[str, str]) -> str:
    """Return levels of functions as people type them: one "function level" in a line."""
    return "\n".join(f"{function} {level}" for function, level in function_acr.items())


def _number(text: str) -> int | None:
    return whole(text) if text else None  # type: ignore[return-value]


def _pair(line: str) -> tuple[str, str]:
    function, _, level = line.strip().partition(" ")
    return function, level.strip()
