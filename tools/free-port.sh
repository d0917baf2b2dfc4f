#!/bin/bash
# Say how to serve under another address when the port is taken, before minutes go into building a register.
#   free-port.sh [LAN_ADDRESS]    the port is that of CSE_BASE_URL
set -eu

base="${CSE_BASE_URL:-http://localhost:8000}"
host="${1:-127.0.0.1}"
port="${base##*:}"
case "$port" in *[!0-9]*) port=8000 ;; esac

# bash opens a connection; nothing is sent.
if (: <>"/dev/tcp/$host/$port") 2>/dev/null; then
    echo "port $port on $host is taken: end what uses it, or found and serve a second register with" >&2
    if [ -n "${1:-}" ]; then
        echo "  make run LAN=$host LAN_PORT=$((port + 1))" >&2
    else
        echo "  CSE_BASE_URL=http://localhost:$((port + 11)) CSE_DATA_DIR=var/demo-$((port + 11)) make run" >&2
    fi
    exit 3
fi
