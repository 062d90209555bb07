"""The use case of a decision: read once, decide, and ask for the hours only where everything else permits."""

from dataclasses import replace

from access_manager.decisions import lookup
from access_manager.decisions.authzen import Question
from access_manager.decisions.decide import Answer, Reason, decide
from access_manager.hours.service import openness
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
