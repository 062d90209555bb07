"""Text messages through any gateway that takes a POST: `{"to", "text", "id"}` as JSON."""

import httpx

from shared.notices.rows import Notice
from shared.notices.transport import NeverError, NotNowError

_TIMEOUT = 10.0
_LATER = frozenset({401, 403, 408, 409, 425, 429})  # ours to mend, or the gateway's to recover from


class HttpSms:
    """Posts to the gateway's address; `Idempotency-Key` is the notice's id, stable over retries."""

    def __init__(self, url: str, client: httpx.Client | None = None) -> None:
        self._url = url
        self._client = client or httpx.Client(timeout=_TIMEOUT, follow_redirects=False)

    def send(self, notice: Notice) -> None:
        """Send one text message; raises NotNowError where another try may help, NeverError where it cannot."""
        try:
            answer = self._client.post(
                self._url,
                json={"to": notice.to, "text": notice.text, "id": notice.id},
                headers={"Idempotency-Key": notice.id},
            )
        except httpx.HTTPError as error:
            raise NotNowError(type(error).__name__) from error
        if answer.is_success:
            return
        why = f"the gateway answered {answer.status_code}"
        if 400 <= answer.status_code < 500 and answer.status_code not in _LATER:
            raise NeverError(why)
        raise NotNowError(why)

    def close(self) -> None:
        """Let go of connections to the gateway."""
        self._client.close()
