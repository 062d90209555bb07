"""What an applicant is sent: codes and news, in their own language. No letter holds a TIN or a manager's name."""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlsplit

from registration.applications.models import Application
from registration.contacts.codes import CODE_LIFE, Channel
from registration.contacts.service import Sent
from registration.settings import RegistrationSettings
from registration.words import words_of
from shared.i18n import Translations
from shared.service import Work
from shared.web.shell.moments import when

_MINUTE = timedelta(minutes=1)


def send_code(work: Work, application: Application, channel: Channel, sent: Sent) -> None:
    """Queue the message that carries a code."""
    settings = work.context.settings
    t = words_of(application.language)
    minutes = CODE_LIFE // _MINUTE
    key = sent.key
    if channel is Channel.EMAIL and application.email:
        subject = t.gettext("%(code)s is your code for %(brand)s", code=sent.code, brand=settings.brand)
        text = t.gettext(
            "Your 6-digit code is %(code)s. It works for %(minutes)s minutes.\n\n"
            "Enter it on the page where you apply for access. Do not share it: we never ask for this code.\n\n"
            "If you did not ask for a code, you can ignore this mail.",
            code=sent.code,
            minutes=minutes,
        )
        work.mail(application.email, subject, text, key=key)
    if channel is Channel.MOBILE and application.mobile:
        text = t.gettext(
            "%(code)s is your %(brand)s code. Do not share it. We never ask for this code.",
            code=sent.code,
            brand=settings.brand,
        )
        # The last line binds the code to our origin, so that a browser fills it in nowhere else.
        origin = urlsplit(settings.public_url).hostname
        work.sms(application.mobile, f"{text}\n\n@{origin} #{sent.code}", key=key)


def tell_submitted(work: Work, requests: Sequence[Application]) -> None:
    """The application is in: the number of each request it became, who decides, by when, and what to do if it is late.

    The same for every TIN: who decides is told without telling whether there is a manager (M19).
    """
    first, t = requests[0], words_of(requests[0].language)
    if len(requests) == 1:
        subject = t.gettext("Your application %(number)s", number=first.number)
        text = t.gettext(
            "We have your application for %(organization)s. Its number is %(number)s.",
            organization=first.organization_name,
            number=first.number,
        )
    else:
        subject = t.gettext("Your applications for %(n)s organizations", n=len(requests))
        text = t.gettext(
            "We have your applications, one for each organization:\n\n%(list)s\n\nEach is decided on its own.",
            list="\n".join(f"  {each.number}  {each.organization_name}" for each in requests),
        )
    onward = t.gettext("Sign in at any time to see where it stands:\n%(url)s", url=_status_url(work))
    _mail(work, first, subject, "\n\n".join((text, _what_next(work, requests, t), onward)), "submitted")


def tell_late(work: Work, application: Application) -> None:
    """Past the promised date: said once, in words that do not tell who was silent (no manager is known by it)."""
    t = words_of(application.language)
    text = t.gettext(
        "There is no decision on your application %(number)s for %(organization)s yet, and the date we told you has "
        "passed.\n\n"
        "Our support desk looks after it now. You can call at %(phone)s and read out your application number. "
        "%(hours)s.\n\n"
        "Sign in to see where it stands:\n%(url)s",
        number=application.number,
        organization=application.organization_name,
        phone=work.context.settings.help_phone,
        hours=_hours(work, t),
        url=_status_url(work),
    )
    _mail(work, application, t.gettext("Your application is late"), text, "late")


def tell_approved(work: Work, application: Application) -> None:
    """Approved: sign in and begin."""
    t = words_of(application.language)
    text = t.gettext(
        "Your application %(number)s for %(organization)s was approved. Your access is effective now.\n\n"
        "Sign in:\n%(url)s",
        number=application.number,
        organization=application.organization_name,
        url=f"{work.context.settings.public_url}/login",
    )
    _mail(work, application, t.gettext("Your application was approved"), text, "approved")


def tell_denied(work: Work, application: Application) -> None:
    """Denied: the reason waits behind the sign-in, not in a mailbox."""
    t = words_of(application.language)
    text = t.gettext(
        "There is a decision on your application %(number)s for %(organization)s: it was not approved.\n\n"
        "Sign in to read the reason and what you can do:\n%(url)s",
        number=application.number,
        organization=application.organization_name,
        url=_status_url(work),
    )
    _mail(work, application, t.gettext("A decision on your application"), text, "denied")


def tell_withdrawn(work: Work, application: Application) -> None:
    """Withdrawn, as asked."""
    t = words_of(application.language)
    text = t.gettext(
        "Your application %(number)s for %(organization)s is withdrawn, as you asked. Nobody decides about it any "
        "more.\n\n"
        "You can apply again at any time:\n%(url)s\n\n"
        "If this was not you, call the support desk at %(phone)s. %(hours)s.",
        number=application.number,
        organization=application.organization_name,
        url=_status_url(work),
        phone=work.context.settings.help_phone,
        hours=_hours(work, t),
    )
    _mail(work, application, t.gettext("Your application is withdrawn"), text, "withdrawn")


def _what_next(work: Work, requests: Sequence[Application], t: Translations) -> str:
    """Who decides and by when, as the status page says it, and whom to call when nothing is heard by then."""
    either = any(each.has_tin for each in requests)
    who = (
        t.gettext("An access manager of your organization, or our support desk where there is none")
        if either
        else t.gettext("Our support desk")
    )
    due = when(requests[0].due_at or work.now, requests[0].language)
    call = t.gettext(
        "If you hear nothing by then, call the support desk at %(phone)s and read out your application number. "
        "%(hours)s.",
        phone=work.context.settings.help_phone,
        hours=_hours(work, t),
    )
    return f"{t.gettext('Who decides')}: {who}\n{t.gettext('By when')}: {due}\n\n{call}"


def _hours(work: Work, t: Translations) -> str:
    return t.gettext(work.context.settings_as(RegistrationSettings).desk_hours)


def _mail(work: Work, application: Application, subject: str, text: str, news: str) -> None:
    if application.email:
        work.mail(application.email, subject, text, key=f"{news}:{application.id}")


def _status_url(work: Work) -> str:
    return f"{work.context.settings.public_url}/register/status"
