"""The gateway: nginx in front of the four services, the only program that anybody outside talks to.

Owns nginx.conf, the away pages, and routes.conf, which is written from the prefixes of the services. The same files
serve `make stack` and compose; only addresses.conf differs. Refuses to know who may do what.
"""
