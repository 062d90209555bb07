"""May this person choose this password? One answer for activation, change, renewal and recovery, so that no way in is
weaker than another (ASVS 6.2.*, 6.3.4). Works without any network (D3)."""

from collections.abc import Iterable

from identity.accounts.models import Account
from identity.passwords import policy
from identity.passwords.blocklist import Blocklist, BreachFile
from identity.policies import service as policies
from shared.i18n import Message, say
from shared.service import Context


def fault(
    context: Context, account: Account, typed: str, *, alone: bool | None = None, words: Iterable[str] = ()
) -> Message | None:
    """Return the sentence to show beside the field, or None where the password may be chosen.

    `alone`: the password can be the person's only factor (by default: everybody's but staff's); `words` are theirs in
    addition to the account's own, as a user ID that is only just being chosen. Reads the policies: call it outside of a
    transaction. Pages say the sentence with `words().render(sentence)`.
    """
    with context.reading() as session:
        rules = policies.current(session)
    only = policy.alone(account.population) if alone is None else alone
    least = policy.shortest(rules, alone=only)
    found = policy.fault(
        typed,
        least=least,
        blocked=context.part(Blocklist),
        stolen=context.part(BreachFile),
        own_words=(*own_words(context, account), *words),
    )
    return _sentence(found, least, len(policy.normalized(typed))) if found else None


def shortest(context: Context, account: Account, *, alone: bool | None = None) -> int:
    """Return how many characters are needed, for the hint above the field."""
    only = policy.alone(account.population) if alone is None else alone
    with context.reading() as session:
        return policy.shortest(policies.current(session), alone=only)


def stolen(context: Context, typed: str) -> bool:
    """Return whether the password is on the operator's list of stolen ones: then it must be changed at sign-in.

    SP 800-63B-4 §3.1.1.2(6): a change is forced on evidence of compromise, and only then. Costs some microseconds.
    """
    return policy.normalized(typed) in context.part(BreachFile)


def own_words(context: Context, account: Account) -> tuple[str, ...]:
    """Return what a password may not consist of: the person's own words and our name (ASVS 6.2.11)."""
    known = (account.user_id, account.display_name, account.email, account.email.partition("@")[0])
    return (*(word for word in known if word), context.settings.brand)


def _sentence(found: policy.Fault, least: int, length: int) -> Message:
    sentences = {
        policy.Fault.EMPTY: say("Enter the password you want"),
        policy.Fault.TOO_SHORT: say(
            "Use at least %(shortest)s characters for your password. Yours has %(length)s. "
            "Several words in a row are easy to remember",
            shortest=least,
            length=length,
        ),
        policy.Fault.TOO_LONG: say("Use %(longest)s characters or fewer for your password", longest=policy.LONGEST),
        policy.Fault.COMMON: say("This password is on lists of passwords that many people use. Choose another"),
        policy.Fault.STOLEN: say(
            "This password is on a list of stolen passwords. Choose one that you use nowhere else"
        ),
        policy.Fault.OWN_WORDS: say("This password is made of your own name, user ID or our name. Add other words"),
        policy.Fault.PATTERN: say("This password repeats itself or follows the keyboard. Choose other words"),
    }
    return sentences[found]
