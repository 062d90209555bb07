"""The use case of a decision: read once, decide, and ask for the hours only where everything else permits."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from access_manager.decisions import lookup
from access_manager.decisions.authzen import Question
from access_manager.decisions.decide import SENSITIVE_ACR, Answer, Reason, decide
from access_manager.hours.openness import Openness
from access_manager.hours.service import openness
from shared.db import Source
from shared.service import Context


def evaluate(context: Context, question: Question) -> Answer:
    """Answer one question at the present instant; writes nothing but a fresh answer of availability."""
    now = context.clock.now()
    row, waiting = lookup.read(context.database, question.account_id, question.organization_id)
    facts = lookup.facts(
        row,
        chosen=question.organization_id != "",
        waiting=waiting,
        acr=question.acr,
        session_ends_at=question.session_ends_at,
    )
    answer = decide(facts, question.function, now)
    if answer.reason is not Reason.HOURS_UNKNOWN:
        return answer
    hours = openness(context, question.function, row, now, question.client_id)
    return decide(replace(facts, openness=hours), question.function, now)


def as_held(
    source: Source, account_id: str, organization_id: str, functions: Iterable[str], now: datetime
) -> dict[str, Answer]:
    """Answer as `evaluate` does, for somebody with two factors at an hour at which everything is open.

    So a denial is about the account, what it holds or the terms, and never about the clock. `source`: a transaction
    that asks about what it has just written, too.
    """
    row, waiting = lookup.read(source, account_id, organization_id)
    facts = lookup.facts(row, chosen=True, waiting=waiting, acr=SENSITIVE_ACR, session_ends_at=None)
    return {each: decide(replace(facts, openness=Openness(True)), each, now) for each in functions}
