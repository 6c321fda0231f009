# Shared by the parts of "./kassa package"; source it from bash with `set -euo pipefail` at the root of the sources.
# JAVA_HOME is a JDK 25, as ./kassa has found it.

out=$PWD/target/package
version=$(sed -n 's:^  <version>\(.*\)</version>.*:\1:p' pom.xml | head -n 1)
deb_version=${version/-/\~} # 0.1.0~SNAPSHOT is older than 0.1.0
machine=$(uname -m)
case $machine in
  x86_64) arch=amd64 ;;
  aarch64) arch=arm64 ;;
  *) arch=$machine ;;
esac
tree=$out/kassa-$version # what all three packages hold
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || echo 1764158400)}
export SOURCE_DATE_EPOCH

say() { echo "kassa: $*" >&2; }

need() { # PROGRAM PACKAGE
  command -v "$1" >/dev/null || { say "$1 is missing (apt-get install $2), so $3 is left out."; return 1; }
}

# The same bytes whoever packs it and when, besides the AOT cache, which differs from one making to the next.
pack() { # FOLDER NAMES... as a tar on standard output
  tar -C "$1" --sort=name --format=posix --pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime \
    --mtime="@$SOURCE_DATE_EPOCH" --owner=0 --group=0 --numeric-owner -c "${@:2}"
}

size() { du -h --apparent-size "$1" | cut -f1; }
