#!/bin/sh
# Runs a script in a copy of this machine that is thrown away: every file that it writes is in memory, its network is its
# own loopback, and its processes end with it. Needs root.
# usage: throw-away.sh BWRAP ARRANGE SCRIPT…   (ARRANGE: a script run in the copy first, with real root's rights)
set -eu
bwrap=$1 arrange=$2
shift 2
if [ "${CULVERT_THROW_AWAY:-}" != 1 ]; then
  exec env CULVERT_THROW_AWAY=1 unshare --mount --propagation private -- sh "$0" "$bwrap" "$arrange" "$@"
fi
memory=$(mktemp -d)
mount -t tmpfs -o size=2g memory "$memory"
mkdir "$memory/changes" "$memory/work" "$memory/root"
mount -t overlay -o "lowerdir=/,upperdir=$memory/changes,workdir=$memory/work" overlay "$memory/root"
# Temporary files may lie on another file system, which the overlay does not show.
temporary=${TMPDIR:-/tmp}
mkdir -p "$memory/root$temporary"
mount --bind "$temporary" "$memory/root$temporary"
chroot "$memory/root" sh -eu "$arrange"
exec "$bwrap" --bind "$memory/root" / --dev /dev --proc /proc --tmpfs /tmp --tmpfs /run --unshare-net --unshare-pid \
  --die-with-parent "$@"
