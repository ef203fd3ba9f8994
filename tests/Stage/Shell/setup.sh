# Sourced by ./quickstart, ./test and ./bench: what must be there before any of our programs can
# run. Bash alone, because on a fresh machine nothing else has been built yet.

# Set-up may need a proxy; what runs afterwards talks to loopback only (the stage strips the variables from its children).
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
# No compiler or build server may outlive the command that started it.
export MSBUILDDISABLENODEREUSE=1 DOTNET_CLI_USE_MSBUILD_SERVER=0

setup_child="" setup_meanwhile=""
setup_log_dir=".run/setup"

# Ctrl-C or TERM: the step's whole process group ends, at latest after two seconds, and the command exits 130.
setup_interrupted() {
  trap '' INT TERM
  [ -z "$setup_meanwhile" ] || { kill -TERM "$setup_meanwhile" 2>/dev/null && wait "$setup_meanwhile"; }
  if [ -n "$setup_child" ]; then
    kill -TERM -- "-$setup_child" 2>/dev/null
    for _ in 1 2 3 4 5 6 7 8 9 10; do
      kill -0 -- "-$setup_child" 2>/dev/null || break
      sleep 0.2
    done
    kill -KILL -- "-$setup_child" 2>/dev/null
  fi
  printf '\ninterrupted\n'
  exit 130
}

# step LOG NAME COMMAND…: prints the name, runs the command in its own process group with its output in the log,
# prints elapsed time and result; past ten seconds also the last log line, every ten seconds.
step() {
  local log="$setup_log_dir/$1" name=$2 started elapsed next=10 code
  shift 2
  mkdir -p "$setup_log_dir"
  : >"$log"
  printf '%-44s ' "$name"
  started=$SECONDS
  setsid "$@" >"$log" 2>&1 </dev/null &
  setup_child=$!
  while kill -0 "$setup_child" 2>/dev/null; do
    sleep 0.2
    elapsed=$((SECONDS - started))
    if [ "$elapsed" -ge "$next" ]; then
      next=$((next + 10))
      printf '\n  %3d s  %s' "$elapsed" "$(tail -n 1 "$log" | tr -d '[:cntrl:]' | cut -c 1-110)"
    fi
  done
  wait "$setup_child"
  code=$?
  setup_child=""
  elapsed=$((SECONDS - started))
  [ "$next" = 10 ] || printf '\n  '
  if [ "$code" = 0 ]; then
    printf '%5d s  ok\n' "$elapsed"
  else
    printf '%5d s  failed (exit %d)\n' "$elapsed" "$code"
    echo "--- last 20 lines of $PWD/$log"
    tail -n 20 "$log"
  fi
  return "$code"
}

# meanwhile COMMAND…: runs set-up functions next to the steps that follow. meanwhile_join waits for them, prints what they
# printed, and returns their exit code.
meanwhile() {
  mkdir -p "$setup_log_dir"
  (
    trap setup_interrupted INT TERM
    "$@"
  ) >"$setup_log_dir/meanwhile.log" 2>&1 </dev/null &
  setup_meanwhile=$!
}

meanwhile_join() {
  local code=0
  wait "$setup_meanwhile" || code=$?
  setup_meanwhile=""
  cat "$setup_log_dir/meanwhile.log"
  return "$code"
}

# Fills the arrays `lacking` (what, for a person) and `packages` (what Debian calls it).
find_lacking() {
  lacking=() packages=() unpackaged=()
  lacks() { lacking+=("$1"); [ -n "$2" ] && packages+=("$2") || unpackaged+=("$1"); }
  command -v dotnet >/dev/null || lacks ".NET SDK 10 (dotnet)" ""
  if command -v dotnet >/dev/null && ! dotnet --list-sdks 2>/dev/null | grep -q '^1[0-9]\.'; then
    lacks ".NET SDK 10 (dotnet --list-sdks shows none)" ""
  fi
  if ! command -v node >/dev/null; then
    lacks "Node.js 20 or later (node)" "nodejs"
  elif [ "$(node --version | tr -dc '0-9.' | cut -d. -f1)" -lt 20 ]; then
    lacks "Node.js 20 or later (node $(node --version) is older)" ""
  fi
  command -v npm >/dev/null || lacks "npm" "npm"
  command -v openssl >/dev/null || lacks "openssl" "openssl"
  command -v setsid >/dev/null || lacks "setsid" "util-linux"
  # What tests and ./bench issue need: an HSM in software.
  [ -z "${with_test_tools:-}${with_software_hsm:-}" ] || command -v softhsm2-util >/dev/null || lacks "softhsm2-util" "softhsm2"
  # What only tests need: a second judge of certificates and the like.
  if [ -n "${with_test_tools:-}" ]; then
    command -v certtool >/dev/null || lacks "GnuTLS's certtool" "gnutls-bin"
    command -v systemd-analyze >/dev/null || lacks "systemd-analyze" "systemd"
    [ -x /usr/bin/python3 ] || lacks "Python 3" "python3"
    command -v pebble >/dev/null || lacks "an ACME CA for tests (pebble)" "pebble"
  fi
  # What links programs that are compiled to machine code (docs/publishing.md).
  if [ -n "${with_linker:-}" ]; then
    command -v clang >/dev/null || command -v gcc >/dev/null || lacks "a C compiler, which links native programs (gcc)" "gcc"
    command -v objcopy >/dev/null || lacks "objcopy" "binutils"
    compgen -G '/usr/lib*/crt1.o' >/dev/null || compgen -G '/usr/lib/*/crt1.o' >/dev/null \
      || lacks "the C library's start files (crt1.o)" "libc6-dev"
  fi
  # Only ./bench asks for it: a load generator that leaves the cores to what it measures.
  [ -z "${with_load_generator:-}" ] || command -v wrk >/dev/null || lacks "wrk" "wrk"
  if [ -n "${setup_needs_postgres:-}" ]; then
    compgen -G '/usr/lib/postgresql/1[5-9]/bin/postgres' >/dev/null || lacks "PostgreSQL 15 or later" "postgresql"
    command -v setpriv >/dev/null || lacks "setpriv" "util-linux"
  fi
}

# Debian's PostgreSQL package would make and start a cluster of its own. Only for our own installation; what the
# machine's owner has configured stays.
no_default_cluster() {
  case " ${packages[*]} " in
    *" postgresql "*)
      printf '%s; ' 'mkdir -p /etc/postgresql-common/createcluster.d'
      printf '%s' '[ -e /etc/postgresql-common/createcluster.conf ] || echo "create_main_cluster = false" >/etc/postgresql-common/createcluster.d/culvert.conf'
      ;;
    *) printf ':' ;;
  esac
}

# All that is missing, listed at once; installed where that is possible, else the one command is printed. Exit 69.
check_prerequisites() {
  local lacking packages unpackaged as_root="" install
  find_lacking
  [ "${#lacking[@]}" = 0 ] && return 0
  install="apt-get install --yes --no-install-recommends ${packages[*]:-}"
  if [ "${#unpackaged[@]}" = 0 ]; then
    if [ "$(id -u)" = 0 ]; then
      as_root="env"
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
      as_root="sudo -n"
    fi
  fi
  if [ -z "$as_root" ]; then
    echo "missing:"
    printf '  %s\n' "${lacking[@]}"
    [ "${#packages[@]}" = 0 ] || echo "install with: sudo apt-get update && sudo $install"
    [ "${#unpackaged[@]}" = 0 ] || echo "not in Debian's packages, install first: ${unpackaged[*]}"
    exit 69
  fi
  echo "apt: installing ${packages[*]} (undo: apt-get remove ${packages[*]})"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086 # both are word lists
  step apt.log "apt" $as_root sh -c "$(no_default_cluster); apt-get update && $install" || exit 69
  find_lacking
  if [ "${#lacking[@]}" != 0 ]; then
    echo "still missing:"
    printf '  %s\n' "${lacking[@]}"
    exit 69
  fi
}

# The npm peers, exactly as the lock files say; done again only when a lock file changed. The conformance suite brings a
# node of its own (200 MB), which only tests need, as they do the types of Kubernetes' API.
install_peers() {
  local folder done
  for folder in tests/Peers ${with_test_tools:+tests/Peers/conformance tests/Peers/console tests/Peers/kubernetes tests/Peers/servers tests/Peers/sign-in}; do
    done="$folder/node_modules/.installed-lock.json"
    cmp -s "$folder/package-lock.json" "$done" && continue
    echo "npm: installing the test peers under $folder/node_modules (undo: remove that folder)"
    step npm.log "npm" npm ci --prefix "$folder" --no-fund --no-audit --no-update-notifier || return 69
    cp "$folder/package-lock.json" "$done"
  done
}

# `x.tunnel.localhost` must resolve for the unmodified client. As root by Debian's myhostname module, which answers
# for *.localhost; else by a wrapper library unpacked under .run/, preloaded into the client alone.
ensure_names() {
  getent ahosts x.tunnel.localhost >/dev/null && return 0
  compgen -G '.run/nss-wrapper/usr/lib/*/libnss_wrapper.so' >/dev/null && return 0
  if [ "$(id -u)" = 0 ]; then
    echo "apt: installing libnss-myhostname, so that *.localhost resolves (undo: apt-get remove libnss-myhostname)"
    export DEBIAN_FRONTEND=noninteractive
    step names.log "apt" sh -c 'apt-get update && apt-get install --yes --no-install-recommends libnss-myhostname' || exit 69
    getent ahosts x.tunnel.localhost >/dev/null && return 0
  fi
  echo "apt: unpacking libnss-wrapper under .run/nss-wrapper (undo: remove that folder)"
  mkdir -p .run/nss-wrapper
  if ! step names.log "libnss-wrapper" sh -c 'cd .run/nss-wrapper && apt-get download libnss-wrapper && dpkg-deb -x ./*.deb .'; then
    echo "*.localhost does not resolve here; install with: sudo apt-get install libnss-myhostname"
    exit 69
  fi
}

# The tests' nginx: an installed one serves as well; else it is unpacked under .run/, so that no package script makes or
# starts a server. It needs nothing but libraries that a machine with .NET and git has.
ensure_nginx() {
  local program
  for program in /usr/sbin/nginx /usr/local/sbin/nginx /usr/bin/nginx .run/nginx/usr/sbin/nginx; do
    "$program" -v 2>/dev/null && return 0
  done
  echo "apt: unpacking nginx under .run/nginx (undo: remove that folder)"
  rm -rf .run/nginx
  mkdir -p .run/nginx
  # The package's postinst is never run: nothing is configured, enabled or started.
  if ! step nginx.log "nginx" sh -c 'cd .run/nginx && { apt-get download nginx || { apt-get update && apt-get download nginx; }; } && dpkg-deb -x ./nginx_*.deb . && usr/sbin/nginx -v'; then
    echo "nginx cannot be unpacked here; install with: sudo apt-get install nginx"
    exit 69
  fi
}

# What ./bench tunnel measures itself against, likewise: nothing of the machine's is configured or started.
ensure_sshd() {
  [ -x /usr/sbin/sshd ] || unpack sshd usr/sbin/sshd openssh-server libwrap0
}

ensure_nginx_stream() {
  unpack nginx-stream usr/lib/nginx/modules/ngx_stream_module.so nginx libnginx-mod-stream
}

# unpack FOLDER FILE PACKAGE…: Debian packages under .run/FOLDER, until FILE is there.
unpack() {
  local folder=".run/$1" file=$2
  shift 2
  [ -e "$folder/$file" ] && return 0
  echo "apt: unpacking $* under $folder (undo: remove that folder)"
  rm -rf "$folder"
  mkdir -p "$folder"
  if ! step "$1.log" "$1" sh -c "cd $folder && { apt-get download $* || { apt-get update && apt-get download $*; }; } \
    && for package in ./*.deb; do dpkg-deb -x \"\$package\" . || exit 1; done"; then
    echo "cannot be unpacked here; install with: sudo apt-get install $*"
    exit 69
  fi
}

# The tests' TCP balancer, likewise; with the two libraries that Debian builds it against and few machines have.
ensure_haproxy() {
  local folder=.run/haproxy
  command -v haproxy >/dev/null || [ -x "$folder/haproxy" ] && return 0
  echo "apt: unpacking haproxy under $folder (undo: remove that folder)"
  rm -rf "$folder"
  mkdir -p "$folder"
  if ! step haproxy.log "haproxy" sh -c "cd $folder && packages='haproxy liblua5.3-0 libopentracing-c-wrapper0 libopentracing1' \
    && { apt-get download \$packages || { apt-get update && apt-get download \$packages; }; } \
    && for package in ./*.deb; do dpkg-deb -x \"\$package\" . || exit 1; done"; then
    echo "haproxy cannot be unpacked here; install with: sudo apt-get install haproxy"
    exit 69
  fi
  printf '#!/bin/sh\nhere=${0%%/*}\nexport LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu)\nexec "$here/usr/sbin/haproxy" "$@"\n' >"$folder/haproxy"
  chmod +x "$folder/haproxy"
  "$folder/haproxy" -v >/dev/null || { echo "the unpacked haproxy does not start; install with: sudo apt-get install haproxy"; exit 69; }
}

# A browser for the console, with the libraries that a server lacks. Unpacked only; nothing of it is installed or started.
chromium_packages="chromium chromium-common libasound2 libasyncns0 libdouble-conversion3 libflac12 libgtk-3-0 \
  libharfbuzz-subset0 libminizip1 libmp3lame0 libmpg123-0 libogg0 libopenh264-7 libopenjp2-7 libopus0 libpulse0 libsndfile1 \
  libvorbis0a libvorbisenc2 libxnvctrl0"
ensure_chromium() {
  local folder=.run/chromium
  [ "$(cat "$folder/.packages" 2>/dev/null)" = "$chromium_packages" ] && return 0
  rm -rf "$folder"
  # shellcheck disable=SC2086
  unpack chromium usr/lib/chromium/chromium $chromium_packages
  rm -f "$folder"/*.deb
  printf '#!/bin/sh\nhere=${0%%/*}\nexport LD_LIBRARY_PATH=$(echo "$here"/usr/lib/*-linux-gnu):$(echo "$here"/usr/lib/*-linux-gnu/pulseaudio)\nexec "$here/usr/lib/chromium/chromium" "$@"\n' >"$folder/chromium"
  chmod +x "$folder/chromium"
  printf '%s\n' "$chromium_packages" >"$folder/.packages"
}

# What judges the files under deploy/: promtool, docker-compose, kubectl with its kustomize, bubblewrap, and Go with the
# template functions that Helm has. Unpacked only, so that no server of these packages is ever made or started.
deployment_packages="bubblewrap prometheus kubernetes-client golang-1.19-go golang-1.19-src \
  golang-github-masterminds-sprig-dev golang-github-masterminds-semver-dev golang-github-masterminds-goutils-dev \
  golang-github-huandu-xstrings-dev golang-github-google-uuid-dev golang-github-imdario-mergo-dev \
  golang-github-shopspring-decimal-dev golang-github-mitchellh-copystructure-dev golang-github-mitchellh-reflectwalk-dev \
  golang-github-spf13-cast-dev golang-golang-x-crypto-dev golang-gopkg-yaml.v3-dev \
  docker-compose python3-cached-property python3-distro python3-docker python3-dockerpty python3-docopt python3-dotenv \
  python3-jsonschema python3-requests python3-texttable python3-websocket python3-yaml python3-attr python3-pyrsistent \
  python3-urllib3 python3-chardet python3-certifi python3-idna python3-six python3-packaging"

ensure_deployment_tools() {
  local folder=.run/deployment-tools
  if [ "$(cat "$folder/.packages" 2>/dev/null)" != "$deployment_packages" ]; then
    echo "apt: unpacking Prometheus, docker-compose, kubectl, Go under $folder (undo: remove that folder)"
    rm -rf "$folder"
    mkdir -p "$folder/packages"
    if ! step deployment-tools.log "deployment tools" sh -c "cd $folder/packages \
      && { apt-get download $deployment_packages || { apt-get update && apt-get download $deployment_packages; }; } \
      && for package in ./*.deb; do dpkg-deb -x \"\$package\" .. || exit 1; done; rm -f ../usr/bin/prometheus ./*.deb"; then
      echo "these packages cannot be unpacked here: $deployment_packages"
      return 69
    fi
    printf '%s\n' "$deployment_packages" >"$folder/.packages"
  fi
  # The replacement for Helm, compiled once.
  if is_stale "$folder/render" tests/Deployment.Tests/Helm/render; then
    step render.log "renderer of the chart" env GO111MODULE=off GOPATH="$PWD/$folder/usr/share/gocode" GOFLAGS=-p=1 \
      GOCACHE="$PWD/$folder/go-cache" GOROOT="$PWD/$folder/usr/lib/go-1.19" CGO_ENABLED=0 \
      "$folder/usr/lib/go-1.19/bin/go" build -o "$folder/render" ./tests/Deployment.Tests/Helm/render || return 69
  fi
  # The Debian parts of the images, by the script that a release runs.
  is_stale "$folder/.images" deploy/images/root || return 0
  step images.log "root file systems of images" sh -c "rm -rf $folder/images && mkdir -p $folder/images \
    && for image in edge service; do deploy/images/root \$image $folder/images/\$image || exit 1; done" || return 69
  touch "$folder/.images"
}

# compile TARGET [OPTION…]: a Release build. One compiler serves all its projects, which saves starting it for each of them. It is
# a child of this step: it ends with the build, and its processor time counts as the step's.
compile() {
  [ -d "${NUGET_PACKAGES:-$HOME/.nuget/packages}" ] || echo "NuGet: restoring packages into ${NUGET_PACKAGES:-$HOME/.nuget/packages}"
  # shellcheck disable=SC2016 # expanded by the inner shell
  step compile.log "build ${1##*/} (Release)" flock -o .run/build.lock bash -c '. tests/Stage/Shell/setup.sh; with_compiler dotnet build "$@" \
    -c Release -v minimal -nologo -nodeReuse:false -p:UseRazorBuildServer=false -p:SayWhatIsCompiled=true' compile "$@"
}

# with_compiler COMMAND…: runs a command of MSBuild with a compiler server of its own.
with_compiler() {
  local sdk server="culvert-build-$$" code=0
  sdk=$(dotnet --list-sdks | sed -n "s/^$(dotnet --version) \\[\\(.*\\)\\]$/\\1/p")/$(dotnet --version)
  # Fewer collections of short-lived objects, and no measuring for a better compilation: a tenth less processor time.
  DOTNET_ROOT=${sdk%/sdk/*} DOTNET_TieredPGO=0 DOTNET_EnableWriteXorExecute=0 DOTNET_GCgen0size=0x8000000 "$sdk/Roslyn/bincore/VBCSCompiler" "-pipename:$server" &
  "$@" -p:UseSharedCompilation=true "-p:SharedCompilationId=$server" || code=$?
  kill "$!" 2>/dev/null || true # It has ended by itself if the command went on for ten minutes without it.
  wait "$!" 2>/dev/null || true
  return "$code"
}

# build STAMP TARGET: without the analysers, which ./test runs. The stamp takes the time of the build's start, so a file saved
# while the compiler ran is newer.
build() {
  mkdir -p .run
  touch ".run/.building-$1"
  compile_unanalysed "$2" || return 1
  mv ".run/.building-$1" ".run/built-$1"
}

# compile_unanalysed TARGET: what it leaves is compiled again by compile_analysed.
compile_unanalysed() {
  [ -e .run/built-analysed ] || touch -d @0 .run/built-analysed
  touch .run/built-some
  compile "$1" -p:RunAnalyzers=false
}

# compile_analysed TARGET: with analysers, even where a build before it had none.
compile_analysed() {
  if [ -e .run/built-some ]; then
    find src tests -path '*/obj/Release/net10.0/*.dll' ! -path '*/ref*/*' -newer .run/built-analysed -delete
    rm -f .run/built-some
  fi
  compile "$1"
}

# build_analysed STAMP TARGET: as build, with analysers.
build_analysed() {
  touch ".run/.building-$1"
  compile_analysed "$2" || return 1
  mv ".run/.building-$1" ".run/built-$1"
}

# The whole solution.
build_all_analysed() {
  build_analysed solution Identity.sln || return 1
  touch -r .run/built-solution .run/built-system
  touch .run/built-analysed
}

# solution_of PROJECT…: the file of a solution of these test projects, with the programs that tests of whole systems start.
solution_of() {
  local project projects=''
  for project in "$@"; do
    projects+=$(printf '"tests\\\\%s\\\\%s.csproj",' "$project" "$project")
    [ "$project" != EndToEnd.Tests ] \
      || projects+='"src\\Identity.Cli\\Identity.Cli.csproj","src\\Identity.Service\\Identity.Service.csproj","src\\Tunnel.Agent\\Tunnel.Agent.csproj","src\\Tunnel.Edge\\Tunnel.Edge.csproj",'
  done
  mkdir -p .run
  printf '{"solution":{"path":"../Identity.sln","projects":[%s]}}\n' "${projects%,}" >.run/some.slnf
  echo .run/some.slnf
}

# compile_ahead: machine code for the built programs, so that test systems start sooner. Each file is called as the SHA-256
# of the assembly that it was made of; the stage takes it in that assembly's place. Without it all works, slower.
compile_ahead() {
  local folder=.run/ahead-of-time compiler shared assembly name wanted='' todo=()
  compiler=$(printf '%s\n' "${NUGET_PACKAGES:-$HOME/.nuget/packages}"/microsoft.netcore.app.crossgen2.linux-x64/*/tools/crossgen2 | tail -n 1)
  [ "$(uname -m)" = x86_64 ] && [ -x "$compiler" ] || return 0
  shared=$(dotnet --list-runtimes | sed -n 's/^Microsoft.NETCore.App \(10[^ ]*\) \[\(.*\)\/Microsoft.NETCore.App\]$/\2 \1/p' | tail -n 1)
  mkdir -p "$folder"
  for assembly in src/{Identity.Service,Tunnel.Edge,Tunnel.Agent,Identity.Cli}/bin/Release/net10.0/*.dll; do
    # A third of the machine code would be that of libraries of which a test system runs a few methods.
    case ${assembly##*/} in BouncyCastle.* | MailKit.* | MimeKit.* | Scalar.* | Microsoft.OpenApi.* | Pkcs11Interop.*) continue ;; esac
    name=$(sha256sum <"$assembly") name=${name%% *}
    case $wanted in *" $name "*) continue ;; esac
    wanted+=" $name "
    [ -e "$folder/$name" ] || todo+=("$assembly" "$folder/$name")
  done
  for name in "$folder"/*; do
    case $wanted in *" ${name##*/} "*) ;; *) rm -f "$name" ;; esac
  done
  [ "${#todo[@]}" = 0 ] && return 0
  # shellcheck disable=SC2016 # expanded by the inner shell
  step ahead-of-time.log "machine code for test systems" sh -c 'compiler=$1 shared=${2% *} version=${2##* }; shift 2; printf "%s\n" "$@" \
    | xargs -n 2 -P 2 sh -c '\''"$0" "$3" -o "$4.new" --targetos linux --targetarch x64 -O -r "${3%/*}/*.dll" \
      -r "$1/Microsoft.NETCore.App/$2/*.dll" -r "$1/Microsoft.AspNetCore.App/$2/*.dll" && mv "$4.new" "$4"'\'' "$compiler" "$shared" "$version"' \
    compile_ahead "$compiler" "$shared" "${todo[@]}" || return 0
}

# Whether a file of the build, or one in the given folders, is newer than the stamp. A missing stamp is older than all.
is_stale() {
  local stamp=$1
  shift
  [ -e "$stamp" ] || return 0
  [ -n "$(find "$@" global.json Identity.sln Directory.Build.props Directory.Packages.props .editorconfig BannedSymbols.txt \
    \( -name bin -o -name obj -o -name node_modules \) -prune -o -newer "$stamp" -type f -print -quit)" ]
}

# Builds only when a source is newer than the last complete build.
build_if_stale() {
  ! is_stale ".run/built-$1" src tests || build "$@"
}

# The programs as they are shipped, each one file with what it consists of, under .run/published. A program whose inputs have
# the content that they had when it was published is not published again.
published_programs='Tunnel.Agent Tunnel.Edge Identity.Service Identity.Cli'
publish_if_stale() {
  local project folder=.run/published-inputs stale=()
  mkdir -p $folder
  for project in $published_programs; do
    published_inputs "$project" >"$folder/$project.now"
    cmp -s "$folder/$project.now" "$folder/$project" || stale+=("$project")
  done
  [ "${#stale[@]}" != 0 ] || return 0
  rm -f "${stale[@]/#/$folder/}"
  step publish.log "publish ${stale[*]}" flock -o .run/publish.lock deploy/publish .run/published "${stale[@]}" || return 1
  for project in "${stale[@]}"; do mv "$folder/$project.now" "$folder/$project"; done
}

# published_inputs PROJECT: a digest of the SDK's version and of every file that can change what is published: everything under
# src but the other programs, the files of build and publication, and the pages that the service serves.
published_inputs() {
  local other others=()
  for other in $published_programs; do
    [ "$other" = "$1" ] || others+=(-o -path "src/$other")
  done
  {
    dotnet --version
    find src deploy/publish deploy/programs.proj deploy/materials.mjs deploy/licences deploy/sqlite global.json ./*.props \
      $([ "$1" != Identity.Service ] || echo docs) \( -name bin -o -name obj -o -name node_modules "${others[@]}" \) -prune -o -type f -print0 \
      | LC_ALL=C sort -z | xargs -0 sha256sum
  } | sha256sum
}
