"""The mails about proposals. Their link only opens the proposal: scanners that follow it change nothing."""

from collections.abc import Collection

from access_manager.functions.catalogue import BY_ID
from access_manager.memberships import service as memberships
from access_manager.organizations.models import Organization
from access_manager.people import service as people
from access_manager.proposals.flow import DECLINE_REASONS, SUMMARIES
from access_manager.proposals.models import Proposal
from access_manager.rules.proposals import Kind
from access_manager.words import LOCALE
from shared.i18n import Translations, translations
from shared.service import Work
from shared.web.shell.moments import when


def tell_asked(work: Work, proposal: Proposal, organization: Organization) -> None:
    """Queue a mail to each person whose word it takes: the one it is about, the other managers."""
    words, facts = _facts(work, proposal, organization)
    if proposal.needs_acceptance:
        text = words.gettext(
            "%(proposer)s asks you to be an access manager of %(organization)s: to decide who joins and what each "
            "person may do.\n\nLook at it, and accept or decline, by %(until)s:\n\n%(link)s\n\n"
            "The link only opens the page. You sign in first, and nothing changes until you accept.\n",
            **facts,
        )
        subject = words.gettext("Will you be an access manager of %(organization)s?", **facts)
        _mail(work, (proposal.account_id,), subject, text, f"proposal:{proposal.id}")
    if proposal.needs_approval:
        text = words.gettext(
            "%(proposer)s proposes at %(organization)s: %(what)s.\n\n"
            "It takes a second access manager. Look at it, and agree or decline, by %(until)s:\n\n%(link)s\n\n"
            "The link only opens the page. You sign in first, and nothing changes until you agree.\n",
            **facts,
        )
        others = _managers(work, proposal) - {proposal.proposed_by}
        _mail(work, others, words.gettext("A proposal waits for you: %(what)s", **facts), text, f"agree:{proposal.id}")


def tell_done(work: Work, proposal: Proposal, organization: Organization) -> None:
    """Queue a mail to every manager, and to whom it is about, that it is in effect."""
    words, facts = _facts(work, proposal, organization)
    text = words.gettext(
        "In effect at %(organization)s: %(what)s.\n\n%(proposer)s proposed it. Everything is in the history:\n\n"
        "%(history)s\n",
        **facts,
    )
    told = _managers(work, proposal) | {proposal.account_id, proposal.proposed_by}
    _mail(work, told, words.gettext("In effect: %(what)s", **facts), text, f"proposal-done:{proposal.id}")


def tell_closed(work: Work, proposal: Proposal, organization: Organization) -> None:
    """Queue a mail to whoever proposed it and to whom it asked that it came to nothing."""
    words, facts = _facts(work, proposal, organization)
    reason = words.gettext(DECLINE_REASONS[proposal.reason]) if proposal.reason else ""
    text = words.gettext("At %(organization)s nothing was changed. It had been proposed: %(what)s.\n", **facts)
    if reason:
        text += "\n" + words.gettext("Reason: %(reason)s", reason=reason) + "\n"
    told = {proposal.proposed_by, *({proposal.account_id} if proposal.needs_acceptance else ())} - {work.actor.id}
    _mail(work, told, words.gettext("Not done: %(what)s", **facts), text, f"proposal-closed:{proposal.id}")


def _facts(work: Work, proposal: Proposal, organization: Organization) -> tuple[Translations, dict[str, str]]:
    settings = work.context.settings
    language = settings.languages[0]
    words = translations(language, LOCALE)
    somebody = words.gettext("somebody")
    names = {
        "person": people.name_of(work.session, proposal.account_id) or somebody,
        "proposer": people.name_of(work.session, proposal.proposed_by) or somebody,
    }
    tasks = ", ".join(words.gettext(BY_ID[each].task) for each in proposal.functions)
    what = words.gettext(SUMMARIES[Kind(proposal.kind)], **names) + (f" ({tasks})" if tasks else "")
    return words, {
        **names,
        "organization": organization.name,
        "what": what,
        "until": when(proposal.expires_at, language),
        "link": f"{settings.public_url}/manage/proposals/{proposal.id}",
        "history": f"{settings.public_url}/manage/history",
    }


def _managers(work: Work, proposal: Proposal) -> set[str]:
    return {each.account_id for each in memberships.managers(work.session, proposal.organization_id)}


def _mail(work: Work, accounts: Collection[str], subject: str, text: str, key: str) -> None:
    for account_id, person in people.names(work.session, accounts).items():
        if person.email:
            work.mail(person.email, subject, text, key=f"{key}:{account_id}")
