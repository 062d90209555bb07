"""What Gatehouse costs: `make bench` prints one table of ratios, each taken inside one run, and never fails.

Owns: the load on loopback, the references that run beside us, the table. Offers: `python -m tests.performance`, and
each `bench_*` by itself. Refuses to know: absolute goals; a shared machine is twice as fast at another hour.
"""
