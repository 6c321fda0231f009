# Shared by the benches; source it from bash with `set -euo pipefail`.
#
#   bench_start              temporary folder, cleaned up at exit with everything started below
#   bench_cluster PORT       a PostgreSQL of its own from Debian's packages, fsync on, on 127.0.0.1:PORT
#   bench_sql [psql args]    psql on it; reads the statement from -c or stdin
#   bench_kassa PORT [VAR=x] the packaged server, not prepared, on that database; sets KASSA_URL, KASSA_API_KEY, ... as playground.env does
#   bench_kassa_stop         stops it (started again by bench_kassa)
#   bench_api METHOD PATH [JSON]   a request of the merchant API; prints the body, fails on 4xx and 5xx
#   bench_devices N          N simulated devices with their tokens, in $BENCH_DIR/devices.tsv
#   bench_sessions           10,000 stored sessions at random, in $BENCH_DIR/sessions.txt
#   bench_wrk create|get CLIENTS SECONDS   prints requests per second, p50 and p99 in ms; a failed request ends the bench
#   bench_pgbench_script     the statement of a create as a pgbench script
#   bench_pgbench CLIENTS SECONDS          transactions per second of $BENCH_DIR/create.sql
#   bench_pgbench_latency CLIENTS SECONDS RATE   p50, p90, p99 and p99.9 of it in ms
#   bench_result BENCH X METRIC VALUE      adds a figure to $BENCH_RESULTS, if set
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
    echo 'fsync = on' >>data/postgresql.conf # not an option of the command line, which no bench could change
    bench_as_postgres "$bench_bin/pg_ctl" -D data -l log -w start -o \
      "-c listen_addresses=127.0.0.1 -c port=$bench_port -c unix_socket_directories= \
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
  env KASSA_CONNECTIONS_PER_ADDRESS=0 KASSA_PORT="$port" KASSA_DATA_DIR="$BENCH_DIR/data" KASSA_DATABASE_USER=postgres \
    KASSA_DATABASE_URL="jdbc:postgresql://127.0.0.1:$bench_port/kassa" "$@" \
    "$JAVA_HOME/bin/java" --enable-native-access=ALL-UNNAMED -XX:+UseSerialGC ${BENCH_JAVA_OPTS-} \
    -jar "$bench_home/target/kassa.jar" start >"$BENCH_DIR/kassa.log" 2>&1 &
  bench_kassa_pid=$!
  until grep -qs 'Ctrl-C' "$BENCH_DIR/kassa.log"; do
    kill -0 "$bench_kassa_pid" 2>/dev/null || { cat "$BENCH_DIR/kassa.log" >&2; exit 1; }
    sleep 0.1
  done
  . "$BENCH_DIR/data/playground.env"
  export KASSA_URL KASSA_API_USERNAME KASSA_API_KEY
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

bench_devices() {
  local n answer
  for n in $(seq "$1"); do
    answer=$(bench_api POST /ipp/v1/dev/devices "{\"name\": \"Till $n\"}")
    printf '%s\t%s\n' "$(bench_field id <<<"$answer")" "$(bench_field bearer_token <<<"$answer")"
  done >"$BENCH_DIR/devices.tsv"
}

bench_sessions() {
  bench_sql -Atc 'select session_id from session order by random() limit 10000' >"$BENCH_DIR/sessions.txt"
}

bench_wrk() {
  local rate p50 p99 errors
  read -r _ rate p50 p99 errors <<<"$(
    BENCH_WORKLOAD=$1 BENCH_DIR=$BENCH_DIR \
      BENCH_AUTHORIZATION="Basic $(printf %s "$KASSA_API_USERNAME:$KASSA_API_KEY" | base64 -w0)" \
      wrk -t2 -c"$2" -d"$3" -s bench/requests.lua "$KASSA_URL" | grep ^RESULT
  )"
  [ "$errors" = 0 ] || { echo "bench: $errors requests failed" >&2; exit 1; }
  # A device has a limit of open sessions.
  [ "$1" != create ] || bench_sql -c "update session set status = 'CANCELLED' where status = 'CREATED'"
  echo "$rate $p50 $p99"
}

# Each parameter of the statement as pgbench can give it. The ids are in the order of time, as the server's are. Colons
# inside the JSON are escaped, since pgbench would take what follows for a variable.
bench_pgbench_script() {
  local random="md5(:a::text || '-' || :b::text)" merchant devices id event
  merchant=$(bench_sql -Atc 'select merchant_id from merchant')
  devices=$(cut -f1 "$BENCH_DIR/devices.tsv" | paste -sd,)
  id="(lpad(to_hex((extract(epoch from now()) * 1000)::bigint), 12, '0') || '7' || substr($random, 1, 3) || '8' || substr($random, 4, 15))::uuid"
  event="'kevt_' || substr($random, 1, 22)"
  local items body
  items=$(bench_sample items)
  body=$(bench_sample body)
  printf '\\set a random(1, 2000000000)\n\\set b random(1, 2000000000)\n\\set d random(1, %s)\n' "$(wc -l <"$BENCH_DIR/devices.tsv")"
  local sql
  sql=$("$JAVA_HOME/bin/java" -jar "$bench_home/target/kassa.jar" statement create-session)
  sql=$(sed -E \
    -e "s/(^|[^:]):merchant_ids\\b/\\1array['$merchant']/g" \
    -e "s/(^|[^:]):device_ids\\b/\\1array[('{$devices}'::uuid[])[:d]]/g" \
    -e "s/(^|[^:]):(detached_location_ids|location_ids|merchant_references1|merchant_references2|merchant_datas|purchases_completed_at)\\b/\\1array[null]/g" \
    -e "s/(^|[^:]):session_ids\\b/\\1array[$id]/g" \
    -e "s/(^|[^:]):order_amounts\\b/\\1array[240000]/g" \
    -e "s/(^|[^:]):order_tax_amounts\\b/\\1array[48000]/g" \
    -e "s/(^|[^:]):purchase_currencies\\b/\\1array['SEK']/g" \
    -e "s/(^|[^:]):(created_at|purchases_started_at)\\b/\\1array[now()]/g" \
    -e "s/(^|[^:]):most_open\\b/\\11000000000/g" \
    -e "s/(^|[^:]):expire_at\\b/\\1array[now() + interval '1 hour']/g" \
    -e "s/(^|[^:]):manual_captures\\b/\\1array[false]/g" \
    -e "s/(^|[^:]):carts\\b/\\1array[$items]/g" \
    -e "s/(^|[^:]):event_sessions\\b/\\1array[$id]/g" \
    -e "s/(^|[^:]):event_ids\\b/\\1array[$event]/g" \
    -e "s/(^|[^:]):event_types\\b/\\1array['ipp.session.created']/g" \
    -e "s/(^|[^:]):event_bodies\\b/\\1array[$body]/g" \
    -e "s/(^|[^:]):documented_types\\b/\\1array['ipp.session.created', 'ipp.session.finalized']/g" <<<"$sql")
  if grep -E '(^|[^:]):[a-z_]{2,}' <<<"$sql" | grep -vE '^\s*--' >&2; then
    echo "bench: the statement has a parameter that bench_pgbench_script does not know" >&2
    exit 1
  fi
  printf '%s;\n' "$sql"
}

# The cart and the event of a session made through the API, as SQL literals fit for sed and pgbench.
bench_sample() {
  local device column
  if [ "$1" = items ]; then column='order_items::text'; else column='body'; fi
  if [ -z "$(bench_sql -Atc 'select from session limit 1')" ]; then
    device=$(head -n 1 "$BENCH_DIR/devices.tsv" | cut -f1)
    # shellcheck disable=SC2059 # the cart is a format, with the device's place in it
    bench_api POST /ipp/v1/sessions "$(printf "$(cat bench/cart.json)" "$device")" >/dev/null
  fi
  printf "U\\&'%s'" "$(bench_sql -Atc "select $column from session join event using (session_id) limit 1" |
    sed -e 's/:/\\\\003A/g' -e 's/[&/]/\\&/g')"
}

bench_pgbench() {
  "$bench_bin/pgbench" -n -M prepared -c "$1" -j 2 -T "$2" -f "$BENCH_DIR/create.sql" \
    -h 127.0.0.1 -p "$bench_port" -U postgres kassa 2>"$BENCH_DIR/pgbench.log" | sed -n 's/^tps = \([0-9.]*\).*/\1/p'
  [ ! -s "$BENCH_DIR/pgbench.log" ] || { cat "$BENCH_DIR/pgbench.log" >&2; }
}

# The same at a fixed rate: p50, p90, p99 and p99.9 in ms, from when each transaction was due.
bench_pgbench_latency() { # CLIENTS SECONDS RATE
  rm -f "$BENCH_DIR"/pgbench-at.*
  "$bench_bin/pgbench" -n -M prepared -c "$1" -j 2 -T "$2" -R "$3" -l --log-prefix="$BENCH_DIR/pgbench-at" \
    -f "$BENCH_DIR/create.sql" -h 127.0.0.1 -p "$bench_port" -U postgres kassa >/dev/null 2>"$BENCH_DIR/pgbench.log"
  cat "$BENCH_DIR"/pgbench-at.* | awk '{ print $3 }' | sort -n |
    awk '{ took[NR] = $1 } END { for (i = split("0.5 0.9 0.99 0.999", q, " "); i > 0; i--) out = sprintf("%.2f ", took[int(NR * q[i]) + 1 > NR ? NR : int(NR * q[i]) + 1] / 1000) out; print out }'
}

bench_ratio() {
  awk "BEGIN { printf \"%.3f\", $1 / $2 }"
}

bench_result() {
  [ -z "${BENCH_RESULTS-}" ] || printf '%s\t%s\t%s\t%s\n' "$1" "$2" "$3" "$4" >>"$BENCH_RESULTS"
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
  until grep -qs ready "$log"; do
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
