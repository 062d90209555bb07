"""What every page looks like: template, macros, style sheet, small scripts, languages.

Owns: `shell/page.html`, `shell/macros.html`, `shell/error.html`, `shell/help.html`, `shell/leaving.html`, `assets/`.
Offers: `install_shell`, `page`, `gettext` (as `_`), `ngettext`, `words`, `language`, `use_language`, `moments.when`.
Refuses to know: who is signed in, what a page is about, where its data comes from.
"""

from shared.web.shell.install import install_shell
from shared.web.shell.language import gettext, language, ngettext, use_language, words
from shared.web.shell.render import page

__all__ = ["gettext", "install_shell", "language", "ngettext", "page", "use_language", "words"]
