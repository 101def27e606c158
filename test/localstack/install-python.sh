#!/usr/bin/env bash
# Puts a Python ≥ 3.12 on a machine that has none, with the system's own package client: install-python.sh FOLDER
#
# Where the distribution has such a Python, it is installed as any package is. Debian 12 stops at 3.11: there the packages of
# the next release, with the C library they were built on, are unpacked into FOLDER and nothing of the system changes.
# The interpreter is then FOLDER/usr/bin/python3.13, a script that starts the real one with that library.
set -euo pipefail

folder=${1:?usage: install-python.sh FOLDER}
suite=trixie
minor=13

if ! command -v apt-get >/dev/null; then
  echo 'No apt-get here: install Python 3.12 or 3.13 by hand, then run this again.'
  exit 1
fi

privileged() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

candidate() { apt-cache policy python3 2>/dev/null | sed -n 's/^ *Candidate: 3\.\([0-9]*\).*/\1/p'; }

privileged apt-get update -q >/dev/null || echo 'apt-get update failed; going on with the lists there are.'
if [ "$(candidate)" -ge 12 ] 2>/dev/null; then
  echo "installing the distribution's python3"
  DEBIAN_FRONTEND=noninteractive privileged apt-get install -q -y python3 python3-venv >/dev/null
  exit 0
fi

mirror=$(apt-get indextargets --format '$(ORIGIN) $(CODENAME) $(REPO_URI)' 'Created-By: Packages' |
  awk '$1 == "Debian" && $2 !~ /-/ { print $3; exit }')
if [ -z "$mirror" ]; then
  echo 'This distribution has no Python 3.12 or newer and is no Debian: install one by hand, then run this again.'
  exit 1
fi

# An apt of its own: empty status, so that every dependency is fetched, and nothing is asked of the system's database.
folder=$(mkdir -p "$folder" && cd "$folder" && pwd)
work=$folder/apt
rm -rf "$work" "$folder/usr"
mkdir -p "$work/lists/partial" "$work/archives/partial"
: >"$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror $suite main" >"$work/sources.list"
own_apt() {
  apt-get -q -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/lists" -o Dir::State::status="$work/status" \
    -o Dir::Cache="$work" -o Dir::Cache::Archives="$work/archives" -o APT::Sandbox::User=root \
    -o Debug::NoLocking=1 -o APT::Install-Recommends=0 "$@" >"$work/log" 2>&1 || { cat "$work/log"; return 1; }
}
echo "unpacking Python 3.$minor of Debian $suite into a folder of its own"
own_apt update
own_apt install -y --download-only "python3.$minor-venv" libstdc++6
for package in "$work"/archives/*.deb; do dpkg-deb -x "$package" "$folder"; done

# Its wheels of pip are looked for under /usr/share, where those of the system's Python lie.
sed -i "s#'/usr/share/python-wheels#'$folder/usr/share/python-wheels#" "$folder/usr/lib/python3.$minor"/_sysconfigdata*.py

loader=$(find "$folder/usr/lib" -name 'ld-linux*.so.*' | head -n 1)
libraries=$(dirname "$(find "$folder/usr/lib" -name libc.so.6 | head -n 1)")
python=$folder/usr/bin/python3.$minor
mv "$python" "$python.elf"
cat >"$python" <<SCRIPT
#!/bin/sh
exec '$loader' --argv0 "\$0" --library-path '$libraries' '$python.elf' "\$@"
SCRIPT
chmod +x "$python"
rm -rf "$work"
"$python" -c 'import sys, ssl, sqlite3, ctypes, lzma, bz2, venv, ensurepip; print("Python", sys.version.split()[0], "is ready")'
