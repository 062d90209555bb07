"""The vocabulary of refusals (RFC 9457). Raised anywhere, rendered at one exit: `shared.web.exits`."""

from collections.abc import Mapping, Sequence

_PUBLIC_PREFIX = "/problems/"


class Problem(Exception):
    """A refusal with a stable name.

    `slug` becomes the type URI `/problems/<slug>`; `title` is the same for every occurrence; `detail` says what
    happened this time and how to mend it; `members` are the named extension members of RFC 9457 §3.2.
    """

    def __init__(
        self,
        status: int,
        slug: str,
        title: str,
        detail: str = "",
        headers: Mapping[str, str] | None = None,
        **members: object,
    ) -> None:
        super().__init__(f"{status} {slug}: {detail or title}")
        self.status = status
        self.slug = slug
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})
        self.members = members

    def body(self, *, instance: str, request_id: str) -> dict[str, object]:
        """Return the JSON object of RFC 9457 §3."""
        return {
            "type": _PUBLIC_PREFIX + self.slug,
            "title": self.title,
            "status": self.status,
            "detail": self.detail or self.title,
            "instance": instance,
            "request_id": request_id,
            **self.members,
        }


def bad_request(slug: str, detail: str, **members: object) -> Problem:
    """400: the request cannot be read."""
    return Problem(400, slug, "The request could not be read.", detail, None, **members)


def unauthorized(slug: str, detail: str, challenge: str) -> Problem:
    """401 with a `WWW-Authenticate` challenge (RFC 9110 §11.6.1)."""
    return Problem(401, slug, "Authentication is needed.", detail, {"WWW-Authenticate": challenge})


def forbidden(slug: str, detail: str, **members: object) -> Problem:
    """403: known caller, not allowed."""
    return Problem(403, slug, "This is not allowed.", detail, None, **members)


def not_found(detail: str = "There is nothing at this address that you may see.") -> Problem:
    """404, used alike for what does not exist and for what belongs to somebody else."""
    return Problem(404, "not-found", "Not found.", detail)


def conflict(slug: str, detail: str, **members: object) -> Problem:
    """409: the request is right, the present state forbids it."""
    return Problem(409, slug, "The present state does not allow this.", detail, None, **members)


def precondition_failed(detail: str) -> Problem:
    """412: somebody changed the resource since it was read (RFC 9110 §15.5.13)."""
    return Problem(412, "changed-meanwhile", "It was changed meanwhile.", detail)


def unsupported_media(detail: str) -> Problem:
    """415: the body is of another kind than the endpoint reads."""
    return Problem(415, "unsupported-media-type", "The body is of another kind.", detail)


def unprocessable(errors: Mapping[str, Sequence[str]]) -> Problem:
    """422: fields by name, each with its messages."""
    names = ", ".join(sorted(errors))
    return Problem(422, "validation", "Some fields need mending.", f"See errors: {names}.", errors=dict(errors))


def too_many(retry_after: int, detail: str = "Too many attempts.") -> Problem:
    """429 with `Retry-After` in seconds."""
    headers = {"Retry-After": str(max(1, retry_after))}
    return Problem(429, "too-many-requests", "Too many requests.", detail, headers, retry_after=max(1, retry_after))


def unavailable(slug: str, detail: str, retry_after: int = 5, **members: object) -> Problem:
    """503 with `Retry-After` in seconds."""
    headers = {"Retry-After": str(max(1, retry_after))}
    return Problem(503, slug, "Not available right now.", detail, headers, **members)
