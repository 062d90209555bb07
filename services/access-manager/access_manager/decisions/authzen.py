"""The vocabulary of AuthZEN Authorization API 1.0, pure: JSON objects in, questions out, answers back.

A question is subject {type: account, id}, action {name: function}, resource {type: organization, id}. Members that
nobody declared are ignored (§5); what is missing or of another type is `Malformed`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from access_manager.decisions.decide import Answer

_LONGEST = 256
MOST_EVALUATIONS = 100


class Malformed(ValueError):
    """The body is not a request of AuthZEN; the message says where."""


class Semantic(StrEnum):
    """How a batch proceeds (§7.1.2): all of it, or until the first denial or permit, which is still answered."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"


@dataclass(frozen=True, slots=True)
class Question:
    """One evaluation in our own words. An empty organization means that none was chosen."""

    account_id: str
    function: str
    organization_id: str


def question(body: object) -> Question:
    """Read one evaluation (§6.1); raises Malformed."""
    request = _object(body, "the request")
    subject = _object(request.get("subject"), "subject")
    action = _object(request.get("action"), "action")
    resource = _object(request.get("resource"), "resource")
    subject_type, subject_id = _text(subject, "subject", "type"), _text(subject, "subject", "id")
    resource_type, resource_id = _text(resource, "resource", "type"), _text(resource, "resource", "id", empty=True)
    for name, value in (("subject", subject), ("action", action), ("resource", resource)):
        _optional_object(value.get("properties"), f"{name}.properties")
    _optional_object(request.get("context"), "context")
    return Question(
        account_id=subject_id if subject_type == "account" else "",
        function=_text(action, "action", "name"),
        organization_id=resource_id if resource_type == "organization" else "",
    )


def batch(body: object) -> tuple[Semantic, list[dict[str, Any]]] | None:
    """Read a batch (§7.1), each item merged over the defaults; None where it is a single question. Raises Malformed."""
    request = _object(body, "the request")
    items = request.get("evaluations")
    if items is None or items == []:
        return None
    if not isinstance(items, list) or len(items) > MOST_EVALUATIONS:
        raise Malformed(f"evaluations must be a list of at most {MOST_EVALUATIONS} objects")
    defaults = {name: request[name] for name in ("subject", "action", "resource", "context") if name in request}
    return _semantic(request), [{**defaults, **_object(item, "evaluations[]")} for item in items]


def is_last(semantic: Semantic, permitted: bool) -> bool:
    """Return whether a batch stops after this answer."""
    if semantic is Semantic.DENY_ON_FIRST_DENY:
        return not permitted
    return semantic is Semantic.PERMIT_ON_FIRST_PERMIT and permitted


def response(answer: Answer, sentence: str) -> dict[str, object]:
    """Return the decision (§6.2); `sentence` is the reason in the caller's language. Instants are aware datetimes."""
    context: dict[str, object] = {
        "reason_code": answer.reason.value,
        "reason": sentence,
        "who_can_fix": answer.who_can_fix,
        "valid_until": answer.valid_until,
        "next_open": answer.next_open,
    }
    if answer.stale:
        context["stale"] = True
    return {"decision": answer.permitted, "context": context}


def failed(error: Malformed) -> dict[str, object]:
    """Return the denial of one malformed item of a batch (§7.2.1)."""
    return {"decision": False, "context": {"error": {"status": 400, "message": str(error)}}}


def _semantic(request: Mapping[str, Any]) -> Semantic:
    options = request.get("options")
    if options is None:
        return Semantic.EXECUTE_ALL
    wanted = _object(options, "options").get("evaluations_semantic", Semantic.EXECUTE_ALL.value)
    if wanted not in list(Semantic):
        raise Malformed("options.evaluations_semantic is not one of " + ", ".join(Semantic))
    return Semantic(wanted)


def _object(value: object, place: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise Malformed(f"{place} must be an object")
    return value


def _optional_object(value: object, place: str) -> None:
    if value is not None:
        _object(value, place)


def _text(value: Mapping[str, Any], place: str, name: str, *, empty: bool = False) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not (found or empty) or len(found) > _LONGEST or "\x00" in found:
        raise Malformed(f"{place}.{name} must be a text of 1 to {_LONGEST} characters")
    return found
