"""The messages that carry a code, in the reader's language. Pure: texts in, texts out."""

from collections.abc import Mapping

from shared.i18n import Translations, say

# What the code is for, said in the message: somebody who is asked for a code on the telephone can see that it is
# another thing than they are told.
WHY: Mapping[str, str] = {
    "second_factor": say("Use it to finish signing in."),
    "verify": say("Use it to show that it is you who is signing in."),
    "contact": say("Use it to confirm that messages to this address reach you."),
    "binding": say("Use it to set up codes as a way of signing in."),
    "recovery": say("Use it to get back into your account."),
}


def mail(words: Translations, name: str, purpose: str, code: str, minutes: int) -> tuple[str, str]:
    """Return subject and text of a mail. The code is not in the subject: subjects show on locked screens."""
    text = words.gettext(
        "%(name)s,\n\nyour code is %(code)s. %(why)s It works once and for %(minutes)s minutes.\n\n"
        "Do not share this code. We never ask for it by phone or e-mail. If you did not ask for it, somebody else "
        "tried: call the support desk.\n",
        name=name,
        code=code,
        why=words.render(WHY[purpose]),
        minutes=minutes,
    )
    return words.gettext("Your code"), text


def text_message(words: Translations, brand: str, purpose: str, code: str, host: str) -> str:
    """Return a text message; its last line lets a telephone fill the code in on `host` only (domain-bound codes)."""
    text = words.gettext(
        "%(brand)s: your code is %(code)s. %(why)s Do not share this code. We never ask for it.",
        brand=brand,
        code=code,
        why=words.render(WHY[purpose]),
    )
    return f"{text}\n\n@{host} #{code}"
