"""Notices: mail and text messages, stored with the act that causes them and sent by a worker.

Owns: the rows, their claims and retries, and the ways out (SMTP, HTTP, captured). Offers: `add` for a transaction,
`states` and `came_back` for who asks what became of a message, `sender.Sender` for a worker,
`captured.CapturedMessages` for the local run. Refuses to know: why somebody is written
to and in which words.
"""

from shared.notices.rows import Notice, add
from shared.notices.standing import came_back, named_by, states

__all__ = ["Notice", "add", "came_back", "named_by", "states"]
