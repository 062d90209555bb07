"""The three servers behind the suite, started on this machine for the tests, the benchmarks and `make stack`.

Owns: finding, starting, stopping and killing PostgreSQL, Redis and RabbitMQ on free loopback ports, either from
Debian's packages (`debian`) or as containers where a Docker engine answers (`docker`). Offers: `choice.start_*`.
Refuses to know: pytest, the services, and any server it did not start itself.
"""
