"""What was given once is in two hands: its family ends, its person and all who listen are told (E12, threats 5, 15).

Nobody can tell the thief from the robbed by it, so both lose it (RFC 6749 §4.1.2, RFC 9700 §4.14.2).
"""

from typing import Any

from identity.contacts import service as contacts
from identity.oidc.clients import service as clients
from identity.oidc.grants.revocation import revoke_grant
from identity.oidc.grants.standing import of_grant
from shared.i18n import Translations
from shared.service import Work

REPLAYED = "refresh_replayed"
FOREIGN = "foreign_client"
CODE_AGAIN = "code_replayed"
_APPS = "/account/apps"


def end_family(work: Work, row: Any, reason: str) -> None:
    """Revoke everything that came from the grant of `row`; `reason` is REPLAYED, FOREIGN or CODE_AGAIN.

    Once for each family, and only where it was still good for something, the person and the listeners are told.
    """
    was_good = of_grant(work.session, row.id, work.now) is not None
    if not revoke_grant(work, row.id, reason) or not was_good:
        return
    work.publish(
        "risk.detected",
        subject=row.id,
        sequence=1,
        data={
            "account_id": row.account_id,
            "session_id": row.session_id,
            "verdict": "deny",
            "reasons": [reason],
            "detected_at": work.now,
        },
    )
    client = clients.find(work.session, row.client_id)
    app, settings = client.name if client else row.client_id, work.context.settings
    link, phone = settings.public_url + _APPS, settings.help_phone
    contacts.tell_everywhere(
        work,
        row.account_id,
        lambda words, name: letter(words, name, app, link, phone, reason),
        key=f"theft:{row.id}",
    )


def letter(
    words: Translations, name: str, app: str, link: str, help_phone: str, reason: str = REPLAYED
) -> tuple[str, str]:
    """Return subject and text for: an app was disconnected because what it got was used twice. Pure."""
    shown = words.gettext(app)
    write = _of_code if reason == CODE_AGAIN else _of_key
    text = write(words, name=name, app=shown, link=link, phone=help_phone)
    return words.gettext("We disconnected %(app)s from your account", app=shown), text


def _of_key(words: Translations, **facts: str) -> str:
    return words.gettext(
        "%(name)s,\n\n%(app)s keeps a key to your account while you are signed in. That key was used in two places, so "
        "somebody may have copied it. We took back what %(app)s held from that sign-in. Nobody learnt your "
        "password.\n\n"
        "To go on, sign in to %(app)s again.\n\n"
        "If you do not know this app, look at the apps that are connected to your account:\n%(link)s\n\n"
        "If this happens again, call the support desk: %(phone)s\n",
        **facts,
    )


def _of_code(words: Translations, **facts: str) -> str:
    return words.gettext(
        "%(name)s,\n\nWhen you signed in to %(app)s, we sent it an answer that is good once. It was used twice: "
        "perhaps a page was loaded again, perhaps somebody copied it. To be safe, we took back what %(app)s held from "
        "that sign-in. Nobody learnt your password.\n\n"
        "To go on, sign in to %(app)s again.\n\n"
        "If you do not know this app, look at the apps that are connected to your account:\n%(link)s\n\n"
        "If this happens again, call the support desk: %(phone)s\n",
        **facts,
    )
