"""gunicorn for every service: one process per core, the application loaded before the fork, connections made after.

Eight threads each: in a storm of sign-ins, most of which wait for a hash, there must be a thread left for everybody
else (the p99 of token requests was 50 ms with eight and 230 with two). Work that the processor bounds loses by them, so
what programs call at identity has a pool with WEB_THREADS=1 (decision 0042).
Connections are kept open, which `sync` cannot; the gateway buffers slow clients, so a worker never waits for one.
"""

import os

from shared.loading import settled

workers = int(os.environ.get("WEB_CONCURRENCY") or os.cpu_count() or 2)
threads = int(os.environ.get("WEB_THREADS") or 8)
# With one thread there is nobody to hand a request to: what programs call costs half of it then.
worker_class = "gthread" if threads > 1 else "deploy.one_thread.OneThreadWorker"
preload_app = True
# A listening socket for each worker: with one for all, whichever worker wakes first takes every connection that waits,
# and connections that are kept open (a gateway's) stay there, with one core hashing and the other idle.
reuse_port = True
keepalive = 30
timeout = 30
graceful_timeout = 25
accesslog = None  # one JSON line per request comes from the application
control_socket_disable = True
limit_request_line = 8190
limit_request_fields = 64


def post_fork(_server: object, _worker: object) -> None:
    """The program was loaded before the fork."""
    settled()


def child_exit(_server: object, worker: object) -> None:
    """Forget the metrics of a worker that is gone."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        from prometheus_client.multiprocess import mark_process_dead  # noqa: PLC0415 - reads the directory at import

        mark_process_dead(worker.pid)  # type: ignore[attr-defined, no-untyped-call]
