# Shared by the benches; source it from bash with `set -euo pipefail`.
#
#   bench_start              temporary folder, cleaned up at exit with everything started below
#   bench_cluster PORT       a PostgreSQL of its own from Debian's packages, fsync on, on 127.0.0.1:PORT
#   bench_sql [psql args]    psql on it; reads the statement from -c or stdin
#   bench_kassa PORT [VAR=x] the packaged jar on that database; sets KASSA_URL, KASSA_API_KEY, ... as playground.env does
#   bench_kassa_stop         stops it (started again by bench_kassa)
#   bench_api METHOD PATH [JSON]   a request of the merchant API; prints the body, fails on 4xx and 5xx
#   bench_java FILE args     a single-file Java program on the JDK 25
#   bench_java_behind LOG FILE args   the same in the background until the end; waits for the line "ready"
#
# BENCH_DIR is the temporary folder, BENCH_JAVA_OPTS are options for Kassa's JVM.

bench_home=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
bench_pids=()
bench_kassa_pid=
bench_cluster_dir=
bench_port=

bench_start() {
  . "$bench_home/.mvn/jdk25.sh"
  JAVA_HOME=$(kassa_find_jdk25)
  [ -n "$JAVA_HOME" ] || { echo "bench: no JDK 25 found" >&2; exit 1; }
  export JAVA_HOME
  "$bench_home/kassa" --version >/dev/null # builds the jar when it is missing or old
  BENCH_DIR=$(mktemp -d /tmp/kassa-bench.XXXXXX)
  chmod 755 "$BENCH_DIR"
  trap bench_stop EXIT
  trap 'exit 130' INT TERM
}

# PostgreSQL refuses to run as root.
bench_as_postgres() {
  if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi
}

bench_cluster() {
  bench_port=$1
  bench_bin=$(find /usr/lib/postgresql/*/bin -name initdb 2>/dev/null | sort -V | tail -n 1)
  bench_bin=${bench_bin%/initdb}
  if [ -z "$bench_bin" ]; then
    echo "bench: PostgreSQL is not installed (apt-get install postgresql)" >&2
    exit 1
  fi
  bench_cluster_dir=$BENCH_DIR/postgres
  mkdir "$bench_cluster_dir"
  [ "$(id -u)" != 0 ] || chown postgres "$bench_cluster_dir"
  (
    cd "$bench_cluster_dir"
    bench_as_postgres "$bench_bin/initdb" -D data -U postgres -A trust --no-sync >/dev/null
    bench_as_postgres "$bench_bin/pg_ctl" -D data -l log -w start -o \
      "-c listen_addresses=127.0.0.1 -c port=$bench_port -c unix_socket_directories= -c fsync=on \
       -c synchronous_commit=on -c shared_buffers=1GB -c max_wal_size=8GB -c max_connections=200 \
       ${BENCH_POSTGRES_OPTS-}" >/dev/null
  )
  bench_sql -c 'create database kassa' >/dev/null
}

bench_sql() {
  "$bench_bin/psql" -X -q -v ON_ERROR_STOP=1 -h 127.0.0.1 -p "$bench_port" -U postgres \
    -d "$( [ "${1-}" = -c ] && [[ "${2-}" == 'create database'* ]] && echo postgres || echo kassa)" "$@"
}

bench_kassa() {
  local port=$1
  shift
  # shellcheck disable=SC2086 # BENCH_JAVA_OPTS is a list of options
  env KASSA_PORT="$port" KASSA_DATA_DIR="$BENCH_DIR/data" KASSA_DATABASE_USER=postgres \
    KASSA_DATABASE_URL="jdbc:postgresql://127.0.0.1:$bench_port/kassa" "$@" \
    "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC ${BENCH_JAVA_OPTS-} \
    -jar "$bench_home/target/kassa.jar" start >"$BENCH_DIR/kassa.log" 2>&1 &
  bench_kassa_pid=$!
  until grep -q 'Ctrl-C' "$BENCH_DIR/kassa.log"; do
    kill -0 "$bench_kassa_pid" 2>/dev/null || { cat "$BENCH_DIR/kassa.log" >&2; exit 1; }
    sleep 0.1
  done
  . "$BENCH_DIR/data/playground.env"
}

bench_kassa_stop() {
  if [ -n "$bench_kassa_pid" ]; then
    kill "$bench_kassa_pid" 2>/dev/null || true
    wait "$bench_kassa_pid" 2>/dev/null || true
    bench_kassa_pid=
  fi
}

bench_api() {
  curl -sS --fail-with-body -X "$1" -u "$KASSA_API_USERNAME:$KASSA_API_KEY" \
    -H 'Content-Type: application/json' "$KASSA_URL$2" ${3+-d "$3"}
}

# The text of a JSON field, of the first that has the name.
bench_field() {
  sed "s/^[^\"]*.*\"$1\":\"\([^\"]*\)\".*/\1/"
}

bench_java() {
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC "$@"
}

# Not `bench_java ... &`: that would remember a subshell, and leave its Java behind.
bench_java_behind() {
  local log=$1
  shift
  "$JAVA_HOME/bin/java" -XX:+UseSerialGC "$@" >"$log" 2>&1 &
  bench_pids+=($!)
  until grep -q ready "$log"; do
    kill -0 "${bench_pids[-1]}" 2>/dev/null || { cat "$log" >&2; exit 1; }
    sleep 0.1
  done
}

bench_stop() {
  bench_kassa_stop
  local pid
  for pid in ${bench_pids[@]+"${bench_pids[@]}"}; do
    kill "$pid" 2>/dev/null || true
    wait "$pid" 2>/dev/null || true
  done
  if [ -n "$bench_cluster_dir" ]; then
    (cd "$bench_cluster_dir" && bench_as_postgres "$bench_bin/pg_ctl" -D data -m immediate stop >/dev/null 2>&1) || true
  fi
  [ -z "${BENCH_KEEP-}" ] || { echo "kept: $BENCH_DIR" >&2; return; }
  rm -rf "$BENCH_DIR"
}
