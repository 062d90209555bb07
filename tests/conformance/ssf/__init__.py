"""Shared Signals Framework 1.0: the modules of the OpenID Foundation's transmitter plans, by name."""
