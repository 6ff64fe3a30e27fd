#!/bin/sh
# Checks the seals of a journal with awk and sha256sum alone, as an auditor would. usage: verify_chain.sh session.toml
set -eu
LC_ALL=C; export LC_ALL
parts=$(mktemp -d); trap 'rm -rf "$parts"' EXIT INT TERM
awk -v to="$parts" '
  function region() { return sprintf("%s/%07d", to, count) }
  BEGIN { printf "%064d", 0 > region() }
  length($0) == 75 && /^sha256 = "[0-9a-f]+"$/ {
    stated = substr($0, 11, 64)
    printf "%s  %07d\n", stated, count > (to "/stated")
    close(region()); count++
    printf "%s", stated > region()
    next
  }
  { print > region() }
  END { close(region()); print region() > (to "/rest") }
' "$1"
[ -z "$(tail -c 1 "$1")" ] || { echo "the last line does not end"; exit 1; }
[ "$(wc -c < "$(cat "$parts/rest")")" -eq 64 ] || { echo "there are bytes behind the last event"; exit 1; }
cd "$parts" && sha256sum --quiet --check stated
echo "$(wc -l < stated) events"
