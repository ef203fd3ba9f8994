# Sourced by ./test: runs jobs in lanes and keeps their results.
# A job is a command with a name, a log and a process group of its own, so that an interrupt reaches all its children.
# The jobs of a lane run one after another, in the order in which they were added. Lanes run side by side, so that a job
# that waits for its programs leaves the processor to one that computes.

jobs_dir=".run/jobs"
jobs_lanes=() jobs_names=() jobs_needs=() jobs_commands=()
# The process that wakes jobs_run every 30 seconds, to say what runs; it measures the machine's speed before it ends.
jobs_ticker=''

jobs_begin() {
  rm -rf "$jobs_dir"
  mkdir -p "$jobs_dir" "$setup_log_dir"
}

# job LANE NAME COMMAND…: adds a job; jobs_run starts it. `needs=JOB job …` keeps it back until that job has passed.
job() {
  jobs_lanes+=("$1") jobs_names+=("$2") jobs_needs+=("${needs:-}")
  printf '%s %s %s\n' "$2" "$1" "${needs:--}" >>"$jobs_dir/started"
  shift 2
  jobs_commands+=("$(printf '%q ' "$@")")
}

# Runs all jobs that were added, and returns when the last one has ended.
jobs_run() {
  local -A state=() job_of=() busy=()
  local i lane need ended left=${#jobs_names[@]}
  while [ "$left" -gt 0 ]; do
    busy=()
    for i in "${!jobs_names[@]}"; do
      lane=${jobs_lanes[i]} need=${jobs_needs[i]}
      [ "${state[$i]:-}" != ended ] && [ -z "${busy[$lane]:-}" ] || continue
      busy[$lane]=1
      [ -z "${state[$i]:-}" ] || continue
      [ -z "$need" ] || [ -e "$jobs_dir/$need.result" ] || continue
      if [ -n "$need" ] && ! grep -q '^0 ' "$jobs_dir/$need.result"; then
        jobs_commands[i]="sh -c $(printf '%q' "echo '$need failed, and this job needs it'; exit 1")"
      fi
      job_run "${jobs_names[i]}" "${jobs_commands[i]}" &
      state[$i]=running job_of[$!]=$i
    done
    if [ -z "$jobs_ticker" ]; then
      node tests/Stage/Shell/yardstick.mjs 30 "$SECONDS" >>"$jobs_dir/yardstick" &
      jobs_ticker=$!
    fi
    ended=''
    wait -n -p ended "${!job_of[@]}" "$jobs_ticker"
    if [ "$ended" = "$jobs_ticker" ]; then
      jobs_ticker=''
      printf '%5d s  running: %s\n' "$SECONDS" "$(cd "$jobs_dir" && printf '%s ' *.pid | sed 's/\.pid//g')"
    elif [ -n "$ended" ]; then
      state[${job_of[$ended]}]=ended
      unset "job_of[$ended]"
      left=$((left - 1))
    fi
  done
  jobs_ticker_end
  jobs_lanes=() jobs_names=() jobs_needs=() jobs_commands=()
}

# Leaves NAME.result: a line of exit code, begin and length in seconds; then what `times` prints, whose last line is the
# processor time (user, system) of the command with all its children.
job_run() {
  local name=$1 log="$setup_log_dir/$1.log" started=$SECONDS code verdict=ok
  eval "setsid $2" >"$log" 2>&1 </dev/null &
  echo "$!" >"$jobs_dir/$name.pid"
  wait "$!"
  code=$?
  rm -f "$jobs_dir/$name.pid"
  [ "$code" = 0 ] || verdict="failed (exit $code), see $log"
  printf '%-44s %5d s  %s\n' "$name" "$((SECONDS - started))" "$verdict"
  {
    echo "$code $started $((SECONDS - started))"
    times
  } >"$jobs_dir/$name.writing"
  mv "$jobs_dir/$name.writing" "$jobs_dir/$name.result"
}

jobs_ticker_end() {
  [ -z "$jobs_ticker" ] || kill "$jobs_ticker" 2>/dev/null
  jobs_ticker=''
}

# Asks the process group of every running job to end, and kills it after two seconds.
jobs_end() {
  local signal file
  jobs_ticker_end
  for signal in TERM KILL; do
    for file in "$jobs_dir"/*.pid; do
      [ ! -e "$file" ] || kill "-$signal" -- "-$(cat "$file")" 2>/dev/null
    done
    [ "$signal" = KILL ] || sleep 2
  done
}
