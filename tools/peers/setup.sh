#!/usr/bin/env bash
# Sets up the Python frameworks that `pnpm bench` measures against, in a venv outside the tree:
# $SANDGLASS_PEERS, or ~/.cache/sandglass/peers. Run again to update. torch.compile also needs g++.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
venv=${SANDGLASS_PEERS:-${XDG_CACHE_HOME:-$HOME/.cache}/sandglass/peers}
python=${PYTHON:-python3}

"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "Python 3.11 or newer is needed; \$PYTHON names another one." >&2
  exit 1
}
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
"$venv/bin/python" -m pip install --quiet --upgrade pip
"$venv/bin/python" -m pip install --quiet --requirement "$here/requirements.txt"
command -v g++ > /dev/null || echo "g++ is missing: torch.compile will be left out of the measurements." >&2
echo "Ready: $venv"
