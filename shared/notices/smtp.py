"""Mail over SMTP (RFC 5321), one connection per message: slow and without state that could break."""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from shared.notices.rows import Notice
from shared.notices.transport import NeverError, NotNowError

_TIMEOUT = 15.0


class SmtpTransport:
    """Sends through `smtp://user:password@host:port` (STARTTLS where offered) or `smtps://…`.

    `smtp://…?starttls=required` refuses a server that does not offer STARTTLS.
    """

    def __init__(self, url: str, mail_from: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("the address of a mail server looks like smtp://host:25 or smtps://host:465")
        self._implicit_tls = parts.scheme == "smtps"
        self._tls_required = "starttls=required" in parts.query
        self._host = parts.hostname
        self._port = parts.port or (465 if self._implicit_tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._from = mail_from
        self._tls = ssl.create_default_context()

    def send(self, notice: Notice) -> None:
        """Send one mail; raises NotNowError where another try may help, NeverError where it cannot."""
        message = self._compose(notice)
        try:
            with self._connect() as server:
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            raise _judged(min(code for code, _ in error.recipients.values())) from error
        except smtplib.SMTPResponseException as error:
            raise _judged(error.smtp_code) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotNowError(type(error).__name__) from error

    def _compose(self, notice: Notice) -> EmailMessage:
        message = EmailMessage()
        try:
            message["From"] = self._from
            message["To"] = notice.to
            message["Subject"] = notice.subject
        except ValueError as error:  # a line break: somebody tries to add headers
            raise NeverError("a header holds a line break or no address") from error
        # Stable over retries, so that a mail sent twice is recognised as one.
        domain = parseaddr(self._from)[1].rpartition("@")[2] or None
        message["Message-ID"] = f"<{notice.id}@{domain}>" if domain else make_msgid()
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no out-of-office answers
        message.set_content(notice.text)
        return message

    def _connect(self) -> smtplib.SMTP:
        if self._implicit_tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=_TIMEOUT, context=self._tls)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=_TIMEOUT)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=self._tls)
                server.ehlo()
            elif self._tls_required:
                server.close()
                raise NotNowError("the mail server offers no STARTTLS")
        if self._user:
            server.login(self._user, self._password)
        return server


def _judged(code: int) -> NotNowError | NeverError:
    # RFC 5321 §4.2.1: 4yz may work later, 5yz will not. A refused sign-in (535) is ours to mend, so it waits.
    why = f"the mail server answered {code}"
    return NeverError(why) if 500 <= code < 600 and code not in {530, 534, 535, 538} else NotNowError(why)
