#!/bin/bash
# Makes the two images that the container tests use, where no registry can be reached: Debian with Python, and without.
# As root, with debootstrap installed and Docker running. Takes half a minute and 400 MB of Docker's disk.
# Elsewhere: docker tag python:3.12-slim trainyard-test/python:1; docker tag debian:12-slim trainyard-test/plain:1
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
debootstrap --variant=minbase --include=python3,python3-venv,python3-pip,ca-certificates bookworm "$folder/tree" >"$folder/log" 2>&1 \
  || { tail -n 20 "$folder/log"; exit 1; }
rm -rf "$folder"/tree/var/cache/apt/archives/*.deb "$folder"/tree/var/lib/apt/lists/*
# A package index behind a proxy of one's own is trusted inside as it is outside.
cp -L /etc/ssl/certs/ca-certificates.crt "$folder/tree/etc/ssl/certs/ca-certificates.crt"
ln -sf python3 "$folder/tree/usr/bin/python"
path='ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
tar -C "$folder/tree" -c . |
  docker import -c "$path" -c 'ENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt' -c 'ENV PIP_BREAK_SYSTEM_PACKAGES=1' - trainyard-test/python:1
tar -C "$folder/tree" --exclude './usr/bin/py*' --exclude './usr/lib/python3*' --exclude './usr/share/python*' -c . |
  docker import -c "$path" - trainyard-test/plain:1
