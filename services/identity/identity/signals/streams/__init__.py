"""Streams: what a receiver sets up by itself (OpenID Shared Signals Framework 1.0 §7 and §8.1).

    receiver ── token with ssf.manage ──▶ doors ──▶ service ──▶ one stream for each client
    operator ── identity signals … ─────▶ commands ──▶ operating

Owns: the transmitter's metadata, the configuration and status of streams, whom they are about, and requests to verify
them. Offers: `doors.add`, `commands.signals_group`, `service.wanting`, and the addresses in `metadata`. Refuses to
know: what an event says, and how it gets to the receiver.
"""
