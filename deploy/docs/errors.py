"""docs/errors.md: every refusal a client can meet, by its stable name."""

from collections import defaultdict
from importlib import import_module

from deploy.docs.house import file_of
from deploy.docs.markdown import code, link, page, table
from deploy.docs.refusals import VARIES, Refusal, inventory

_INTRODUCTION = """
JSON APIs refuse with problem details (RFC 9457, `application/problem+json`): `type` is `/problems/<slug>` and never
changes its meaning, `title` is the same every time, `detail` says what happened and how to mend it, `request_id` finds
it in the logs. Pages say the same in the reader's language. `…` stands for what differs from case to case.
"""
_OAUTH = """
OAuth and OpenID Connect endpoints answer as their RFCs say, with `error` and `error_description`. Every description
ends with a code that never changes its meaning:
"""


def render() -> str:
    """The page."""
    grouped: dict[str, list[Refusal]] = defaultdict(list)
    for refusal in inventory():
        grouped[refusal.slug].append(refusal)
    problems = table(["slug", "status", "title", "details", "given by"], map(_row, grouped.values()))
    return page(
        "Errors",
        "the calls of `shared.errors` and the tables of refusals",
        _INTRODUCTION,
        problems,
        "## GH-OIDC codes",
        _OAUTH,
        _oidc(),
    )


def _row(same: list[Refusal]) -> list[str]:
    one = same[0]
    details = list(dict.fromkeys(refusal.detail for refusal in same if refusal.detail.strip(VARIES + " ")))
    files = list(dict.fromkeys(refusal.file for refusal in same))
    places = ", ".join(link(file, "/".join(file.parts[-2:])) for file in files)
    return [code(one.slug), str(one.status), one.title, "<br>".join(details), places]


def _oidc() -> str:
    dictionary = import_module("identity.oidc.faults.dictionary")
    rows = [[code(one.code), code(one.error), str(one.status), one.why, one.mend] for one in dictionary.ALL]
    given_by = f"They are one dictionary: {link(file_of(dictionary.__name__).parent)}."
    return given_by + "\n\n" + table(["code", "error", "status", "why", "what to do"], rows)
