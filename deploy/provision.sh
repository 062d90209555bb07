#!/usr/bin/env bash
# Brings what the tests and `make stack` need onto a Debian machine, and says what it does.
#
#   PostgreSQL, Redis, RabbitMQ   from Debian's packages, unless a Docker engine answers (then as containers)
#   nginx, Caddy, Chromium, Node  from Debian's packages, only those that are missing
#
# Nothing is started here and no running service is touched: the tests start servers of their own.
set -euo pipefail

say() { printf 'provision: %s\n' "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
have_file() { compgen -G "$1" >/dev/null; }
docker_answers() { have docker && timeout 5 docker info >/dev/null 2>&1; }

missing=()
if docker_answers; then
  say "a Docker engine answers: PostgreSQL, Redis and RabbitMQ come as containers"
else
  have_file '/usr/lib/postgresql/*/bin/initdb' || missing+=(postgresql)
  have redis-server || missing+=(redis-server)
  have_file '/usr/lib/rabbitmq/bin/rabbitmq-server' || missing+=(rabbitmq-server)
fi
have chromium || missing+=(chromium)
[ -x /usr/sbin/nginx ] || missing+=(nginx-light)
have caddy || missing+=(caddy)
have node || missing+=(nodejs)
have npm || missing+=(npm)

if [ ${#missing[@]} -eq 0 ]; then
  say "everything is here"
  exit 0
fi

if ! have apt-get; then
  say "missing: ${missing[*]}. This script installs Debian packages and this system has no apt-get." >&2
  say "Install them by the means of your system, or start a Docker engine for the three servers." >&2
  exit 1
fi
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  if ! have sudo || { [ ! -t 0 ] && ! sudo -n true 2>/dev/null; }; then
    say "missing: ${missing[*]}. Installing them needs root; run this as: sudo deploy/provision.sh" >&2
    exit 1
  fi
  as_root=(sudo)
fi

# Debian starts a server as soon as it is installed. Ours run on ports of their own, so those stay asleep.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
  "${as_root[@]}" chmod 0755 "$policy"
  trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi

say "installing ${missing[*]}"
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -q
"${as_root[@]}" apt-get install -y -q --no-install-recommends "${missing[@]}"
say "done"
