"""The language that an app asks for (`ui_locales`: OIDC Core §3.1.2.1, RP-Initiated Logout 1.0 §2).

It counts until its person has seen a page: from there on the language of that page goes along, and the person may have
chosen another at its foot.
"""

from flask import request

from identity.oidc.parameters import Parameters
from shared.web.shell.language import PARAMETER, language, use_language


def speak(asked: Parameters) -> None:
    """Answer this request in the first of the app's languages that we speak, unless its address names another."""
    wanted = asked.get("ui_locales")
    if wanted and asked.readable and PARAMETER not in request.args:
        use_language(wanted)


def carried(asked: Parameters) -> dict[str, str]:
    """Return what is said of it in the address of the next page."""
    return {PARAMETER: language()} if asked.get("ui_locales") else {}
