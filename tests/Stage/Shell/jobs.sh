# Sourced by ./test: runs jobs two at a time, for two cores, and keeps their results.
# A job is a command with a name. It has its own log and its own process group, so that an interrupt reaches all its children.

jobs_dir=".run/jobs"
jobs_lanes=2

jobs_begin() {
  rm -rf "$jobs_dir"
  mkdir -p "$jobs_dir" "$setup_log_dir"
}

# job NAME COMMAND…: starts the command as soon as one of the lanes is free.
job() {
  while [ "$(jobs -rp | wc -l)" -ge "$jobs_lanes" ]; do jobs_wait_a_moment; done
  echo "$1" >>"$jobs_dir/started"
  job_run "$@" &
}

# jobs_join [NAME]: waits until that job ends, or until all jobs end.
jobs_join() {
  while if [ $# -gt 0 ]; then [ ! -e "$jobs_dir/$1.result" ]; else [ -n "$(jobs -rp)" ]; fi; do jobs_wait_a_moment; done
}

# Sleeps; prints every 30 seconds which jobs run.
jobs_wait_a_moment() {
  sleep 0.2
  jobs_moments=$((${jobs_moments:-0} + 1))
  [ $((jobs_moments % 150)) != 0 ] \
    || printf '%5d s  running: %s\n' "$SECONDS" "$(cd "$jobs_dir" && printf '%s ' *.pid | sed 's/\.pid//g')"
}

job_run() {
  local name=$1 log="$setup_log_dir/$1.log" started=$SECONDS code verdict=ok
  shift
  setsid "$@" >"$log" 2>&1 </dev/null &
  echo "$!" >"$jobs_dir/$name.pid"
  wait "$!"
  code=$?
  rm -f "$jobs_dir/$name.pid"
  [ "$code" = 0 ] || verdict="failed (exit $code), see $log"
  printf '%-44s %5d s  %s\n' "$name" "$((SECONDS - started))" "$verdict"
  echo "$code $((SECONDS - started))" >"$jobs_dir/$name.result"
}

# Asks the process group of every running job to end, and kills it after two seconds.
jobs_end() {
  local signal file
  for signal in TERM KILL; do
    for file in "$jobs_dir"/*.pid; do
      [ ! -e "$file" ] || kill "-$signal" -- "-$(cat "$file")" 2>/dev/null
    done
    [ "$signal" = KILL ] || sleep 2
  done
}
