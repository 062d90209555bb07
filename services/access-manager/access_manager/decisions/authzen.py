"""The vocabulary of AuthZEN Authorization API 1.0, pure: JSON objects in, questions out, answers back.

A question is subject {type: account, id}, action {name: function}, resource {type: organization, id}; context.acr
tells how the person signed in (or the subject's property acr, where context has none), context.session_ends_at until
when. Members that nobody declared are ignored (§5); what is missing or of another type is `Malformed`.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from access_manager.decisions.decide import Answer

_LONGEST = 256
_NO_INSTANT = "context.session_ends_at must be an instant with its offset (RFC 3339), for example 2027-01-31T17:00:00Z"
OURS = ("account", "organization")
MOST_EVALUATIONS = 100
DEFAULT_RESULTS, MOST_RESULTS = 100, 500


class Malformed(ValueError):
    """The body is not a request of AuthZEN; the message says where."""


class Semantic(StrEnum):
    """How a batch proceeds (§7.1.2): all of it, or until the first denial or permit, which is still answered."""

    EXECUTE_ALL = "execute_all"
    DENY_ON_FIRST_DENY = "deny_on_first_deny"
    PERMIT_ON_FIRST_PERMIT = "permit_on_first_permit"


@dataclass(frozen=True, slots=True)
class Question:
    """One evaluation in our own words, asked by a client. An empty organization means that none was chosen.

    `acr` is empty where the client does not say how the person signed in, `session_ends_at` (aware) None where it does
    not say until when. `is_ours` is False where the subject is no account or the resource no organization.
    """

    account_id: str
    function: str
    organization_id: str
    acr: str = ""
    session_ends_at: datetime | None = None
    client_id: str = ""
    is_ours: bool = True


def question(body: object, client_id: str = "") -> Question:
    """Read one evaluation (§6.1) that the client of the access token asks; raises Malformed."""
    request = _object(body, "the request")
    subject = _object(request.get("subject"), "subject")
    action = _object(request.get("action"), "action")
    resource = _object(request.get("resource"), "resource")
    subject_type, subject_id = _text(subject, "subject", "type"), _text(subject, "subject", "id")
    resource_type, resource_id = _text(resource, "resource", "type"), _text(resource, "resource", "id", empty=True)
    for name, value in (("action", action), ("resource", resource)):
        _optional_object(value.get("properties"), f"{name}.properties")
    return Question(
        account_id=subject_id if subject_type == "account" else "",
        function=_text(action, "action", "name"),
        organization_id=resource_id if resource_type == "organization" else "",
        acr=_stated_acr(request),
        session_ends_at=_stated_end(request),
        client_id=client_id,
        is_ours=(subject_type, resource_type) == OURS,
    )


class Search(StrEnum):
    """What is searched for (§8): the part of the question that is left open."""

    SUBJECT = "subject"
    RESOURCE = "resource"
    ACTION = "action"


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of the results (§8.2): those behind the id `after`, `limit` of them."""

    after: str
    limit: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """One search in our own words; the part searched for is empty. `mark` ties a page token to its question."""

    account_id: str
    function: str
    organization_id: str
    page: Page
    mark: str
    acr: str = ""
    session_ends_at: datetime | None = None
    client_id: str = ""
    is_ours: bool = True

    def token(self, last: str) -> str:
        """The token of the page behind the result `last`."""
        return urlsafe_b64encode(f"{self.mark}.{last}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Found:
    """One page of results; `next_token` is empty on the last."""

    results: list[dict[str, str]]
    next_token: str


def search(body: object, kind: Search, client_id: str = "") -> Wanted:
    """Read a search (§8.4–§8.6); an id of the part searched for is ignored. Raises Malformed.

    An unknown type of subject or resource has no results: it is asked with an empty id, which nobody has.
    """
    request = _object(body, "the request")
    subject = _part(request.get("subject"), "subject", searched=kind is Search.SUBJECT)
    resource = _part(request.get("resource"), "resource", searched=kind is Search.RESOURCE)
    function = ""
    if kind is not Search.ACTION:
        function = _text(_object(request.get("action"), "action"), "action", "name")
    acr = _stated_acr(request)
    is_ours = (subject[0], resource[0]) == OURS
    mark = sha256("|".join((kind, *subject, function, *resource, acr)).encode()).hexdigest()[:16]
    page = _read_page(request.get("page"), mark)
    account, organization = (subject[1], resource[1]) if is_ours else ("", "")
    return Wanted(account, function, organization, page, mark, acr, _stated_end(request), client_id, is_ours)


def found(answer: Found) -> dict[str, object]:
    """Return one page of results (§8.2)."""
    return {"results": answer.results, "page": {"next_token": answer.next_token, "count": len(answer.results)}}


def _part(value: object, place: str, *, searched: bool) -> tuple[str, str]:
    """The type and the id of a subject or resource; "" for the id where it is searched for."""
    part = _object(value, place)
    _optional_object(part.get("properties"), f"{place}.properties")
    return _text(part, place, "type"), "" if searched else _text(part, place, "id")


def _read_page(value: object, mark: str) -> Page:
    asked = {} if value is None else _object(value, "page")
    limit, token = asked.get("limit", DEFAULT_RESULTS), asked.get("token", "")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Malformed("page.limit must be a whole number from 1")
    if not isinstance(token, str):
        raise Malformed("page.token must be a text")
    return Page(_after(token, mark), min(limit, MOST_RESULTS))


def _after(token: str, mark: str) -> str:
    if not token:
        return ""
    try:
        known, _, last = urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode().partition(".")
    except ValueError as error:
        raise Malformed("page.token is not one of ours") from error
    if known != mark or "\x00" in last:
        raise Malformed("page.token belongs to another search: send the same question with it")
    return last


def batch(body: object) -> tuple[Semantic, list[dict[str, Any]]] | None:
    """Read a batch (§7.1), each item merged over the defaults; None where it is a single question. Raises Malformed."""
    request = _object(body, "the request")
    items = request.get("evaluations")
    if items is None or items == []:
        return None
    if not isinstance(items, list) or len(items) > MOST_EVALUATIONS:
        raise Malformed(f"evaluations must be a list of at most {MOST_EVALUATIONS} objects")
    defaults = {name: request[name] for name in ("subject", "action", "resource", "context") if name in request}
    return _semantic(request), [_merged(defaults, _object(item, "evaluations[]")) for item in items]


def _merged(defaults: Mapping[str, Any], item: Mapping[str, Any]) -> dict[str, Any]:
    """An item replaces whole parts; a type or an id that it leaves out comes from the default of that part."""
    whole = {**defaults, **item}
    for name in ("subject", "resource"):
        own, default = item.get(name), defaults.get(name)
        if isinstance(own, dict) and isinstance(default, dict):
            whole[name] = {key: default[key] for key in ("type", "id") if key in default} | own
    return whole


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
    if answer.acr_values:
        context["acr_values"] = answer.acr_values
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


def _optional_object(value: object, place: str) -> Mapping[str, Any]:
    return {} if value is None else _object(value, place)


def _stated_acr(request: Mapping[str, Any]) -> str:
    """How the person signed in: context.acr, else the subject's property; "" where neither says."""
    stated = _optional_object(request.get("context"), "context")
    properties = _optional_object(request["subject"].get("properties"), "subject.properties")
    places = (("context", stated), ("subject.properties", properties))
    acrs = [_text(value, place, "acr") for place, value in places if value.get("acr") is not None]
    return acrs[0] if acrs else ""


def _stated_end(request: Mapping[str, Any]) -> datetime | None:
    """When the sign-in ends; None where the asker does not say."""
    stated = _optional_object(request.get("context"), "context").get("session_ends_at")
    if stated is None:
        return None
    try:
        at = datetime.fromisoformat(stated)
    except (TypeError, ValueError) as error:
        raise Malformed(_NO_INSTANT) from error
    if at.tzinfo is None:
        raise Malformed(_NO_INSTANT)
    return at


def _text(value: Mapping[str, Any], place: str, name: str, *, empty: bool = False) -> str:
    found = value.get(name)
    if not isinstance(found, str) or not (found or empty) or len(found) > _LONGEST or "\x00" in found:
        raise Malformed(f"{place}.{name} must be a text of 1 to {_LONGEST} characters")
    return found
