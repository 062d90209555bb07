"""HTTP to issuers on loopback: one client without a TLS context, which costs more to make than these modules take."""

import httpx

# No connection is kept: the issuer may be gone before this process is, and leaves no socket behind.
HTTP = httpx.Client(verify=False, timeout=20, limits=httpx.Limits(max_keepalive_connections=0))
