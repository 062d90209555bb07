"""Who looks after opening hours: operators of the payer, and programs that were given the scope.

A page asks for a session of somebody of the staff, with two factors, whose role is operator; whoever acts there has
proved both factors in the last 20 minutes. A token with `hours.manage` that speaks of a person counts for operators.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask.typing import ResponseReturnValue

from shared.auth import ACR_TWO_FACTORS, Access, caller, declare, requires
from shared.auth.declared import ATTRIBUTE, View
from shared.errors import Problem, forbidden
from shared.i18n import say
from shared.web.signin import person, signed_in

_OPERATOR = "operator"
_RECENT = timedelta(minutes=20)
_NOT_YOURS = say("Opening hours are looked after by operators. Your role does not include this page.")


def operators(*, acting: bool = False) -> Callable[[View], View]:
    """The page is for operators; to act they proved both factors a moment ago. Others of the staff get 403."""
    shape = signed_in(acr=ACR_TWO_FACTORS, population=("staff",), fresh=_RECENT if acting else None)
    return lambda view: _narrowed(view, shape, lambda: person().staff_role == _OPERATOR, "operators")


def acts_with_scope(scope: str) -> Callable[[View], View]:
    """The act is for tokens with the scope: of programs, and of operators with two factors."""
    shape = requires(scope, acr=ACR_TWO_FACTORS, max_age=_RECENT)
    return lambda view: _narrowed(view, shape, _is_program_or_operator)


def _is_program_or_operator() -> bool:
    found = caller()
    return found.subject == found.client_id or found.claims.get("staff_role") == _OPERATOR


def _narrowed(view: View, shape: Callable[[View], View], holds: Callable[[], bool], told: str = "") -> View:
    wider: Access = getattr(shape(view), ATTRIBUTE)

    def enforce() -> ResponseReturnValue | None:
        answer = wider.enforce()
        if answer is None and not holds():
            raise _refused()
        return answer

    detail = ", ".join(filter(None, (wider.detail, told)))
    return declare(replace(wider, detail=detail, enforce=enforce))(view)


def _refused() -> Problem:
    return forbidden("not-your-role", _NOT_YOURS)
