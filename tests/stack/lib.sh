# Shared functions of the stack scripts. Sourced, never run.
# A part is a file parts/NAME.sh that sets PART_PORTS ("KEY:default ...") and
# defines part_install, part_start, part_ready, part_env and part_check
# (optional: part_after_ready, PART_STOP_SIGNAL, PART_READY_TIMEOUT).
set -euo pipefail
umask 022
export PATH="$PATH:/usr/sbin:/sbin" # server binaries and useradd live there

STACK_HOME=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
DEFAULT_PARTS="postgres kafka opensearch toxiproxy"
OPTIONAL_PARTS="redis nats s3 oidc smtp stripe otlp"
STACK_HOST=${STREAMVERSE_STACK_HOST:-127.0.0.1}
STACK_USER=${STREAMVERSE_STACK_USER:-streamverse}
STACK_INSTANCE=${STREAMVERSE_STACK_INSTANCE:-default}
STACK_OFFSET=${STREAMVERSE_STACK_PORT_OFFSET:-0}
STACK_TIMEOUT=${STREAMVERSE_STACK_TIMEOUT:-180}
STACK_NICE=${STREAMVERSE_STACK_NICE:-0}

log()  { printf '[stack] %s\n' "$*" >&2; }
die()  { printf '[stack] error: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }
now_ms() { date +%s%3N; }
is_root() { [ "$(id -u)" = 0 ]; }

# --- user and directories ---------------------------------------------------
# Postgres and OpenSearch refuse to run as root, so as root every server runs
# as an unprivileged system user; as anyone else it runs as that person.
ensure_user() {
  is_root || return 0
  id "$STACK_USER" >/dev/null 2>&1 && return 0
  log "creating system user $STACK_USER"
  useradd --system --user-group --no-create-home --home-dir /nonexistent \
    --shell /usr/sbin/nologin "$STACK_USER"
}

can_reach() { # can the server user enter directory $1 (which exists)?
  is_root || { [ -x "$1" ]; return; }
  setpriv --reuid="$STACK_USER" --regid="$STACK_USER" --clear-groups test -x "$1" 2>/dev/null
}

init_dirs() {
  ensure_user
  if [ -n "${STREAMVERSE_STACK_DIR:-}" ]; then
    STACK_DIR=$STREAMVERSE_STACK_DIR
    mkdir -p "$STACK_DIR"
    can_reach "$STACK_DIR" || die "user $STACK_USER cannot enter $STACK_DIR; give STREAMVERSE_STACK_DIR a place it can"
  else
    STACK_DIR=${XDG_CACHE_HOME:-$HOME/.cache}/streamverse-stack
    # a root home is usually closed to other users: use the system cache then
    if is_root && ! { mkdir -p "$STACK_DIR" && can_reach "$STACK_DIR"; }; then
      rmdir "$STACK_DIR" 2>/dev/null || true
      STACK_DIR=${STREAMVERSE_STACK_ROOT_DIR:-/var/cache/streamverse-stack}
      mkdir -p "$STACK_DIR"
    fi
  fi
  STACK_DIR=$(cd "$STACK_DIR" && pwd)
  PKG_DIR=$STACK_DIR/pkg                 # installed software, kept
  INST_DIR=$STACK_DIR/instances/$STACK_INSTANCE
  ENV_DIR=$INST_DIR/env; LOG_DIR=$INST_DIR/log; PID_DIR=$INST_DIR/pid; DATA_ROOT=$INST_DIR/data
  mkdir -p "$PKG_DIR" "$ENV_DIR" "$LOG_DIR" "$PID_DIR" "$DATA_ROOT"
}

own() { is_root && chown -R "$STACK_USER:$STACK_USER" "$@" || true; }

# run a command as the server user, in the foreground
as_user() {
  if is_root; then
    setpriv --reuid="$STACK_USER" --regid="$STACK_USER" --clear-groups \
      env HOME="$DATA_DIR" USER="$STACK_USER" LOGNAME="$STACK_USER" "$@"
  else "$@"; fi
}

# start a daemon as the server user: its own session, log and pid file
spawn() { # spawn COMMAND ARG...
  local pre=(setsid)
  [ "$STACK_NICE" = 0 ] || pre+=(nice -n "$STACK_NICE")
  if is_root; then
    pre+=(setpriv --reuid="$STACK_USER" --regid="$STACK_USER" --clear-groups
          env HOME="$DATA_DIR" USER="$STACK_USER" LOGNAME="$STACK_USER")
  fi
  ( cd "$DATA_DIR" && exec "${pre[@]}" "$@" ) >>"$LOG_DIR/$PART.log" 2>&1 </dev/null &
  local pid=$!
  disown "$pid" 2>/dev/null || true
  write_pid "$PART" "$pid"
}

# --- pid files: "pid starttime", so that a reused pid is never signalled -----
proc_start() { # field 22 of /proc/PID/stat, counted after the command's ')'
  local s; s=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
  s=${s##*) }; set -- $s; echo "${20}"
}
write_pid() { echo "$2 $(proc_start "$2" || echo 0)" >"$PID_DIR/$1.pid"; }
live_pid() { # prints the pid when the recorded process is still the same one
  local pid st; [ -f "$PID_DIR/$1.pid" ] || return 1
  read -r pid st <"$PID_DIR/$1.pid" || return 1
  [ -d "/proc/$pid" ] && [ "$(proc_start "$pid")" = "$st" ] && echo "$pid"
}
tree_pids() { # a process and its descendants, parents first
  local c
  echo "$1"
  for c in $(cat /proc/"$1"/task/*/children 2>/dev/null); do tree_pids "$c"; done
}
tree_cpu_ms() { # processor time used so far by a process, its children and those it reaped
  local p=$1 s sum=0 c hz
  hz=$(getconf CLK_TCK 2>/dev/null || echo 100)
  s=$(cat "/proc/$p/stat" 2>/dev/null) || { echo 0; return 0; }
  s=${s##*) }; set -- $s
  sum=$(( (${12} + ${13} + ${14} + ${15}) * 1000 / hz ))
  for c in $(cat /proc/"$p"/task/*/children 2>/dev/null); do sum=$((sum + $(tree_cpu_ms "$c"))); done
  echo "$sum"
}
tree_rss_kb() { # resident memory of a process and its descendants
  local p=$1 sum=0 r c
  r=$(awk '/^VmRSS:/{print $2}' "/proc/$p/status" 2>/dev/null) || r=0
  sum=${r:-0}
  for c in $(cat /proc/"$p"/task/*/children 2>/dev/null); do sum=$((sum + $(tree_rss_kb "$c"))); done
  echo "$sum"
}
tree_pss_kb() { # proportional share: counts shared pages once (needs rights on the process)
  local p=$1 sum=0 r c
  r=$(awk '/^Pss:/{print $2}' "/proc/$p/smaps_rollup" 2>/dev/null) || r=0
  sum=${r:-0}
  for c in $(cat /proc/"$p"/task/*/children 2>/dev/null); do sum=$((sum + $(tree_pss_kb "$c"))); done
  echo "$sum"
}

# slow starters first, so that all start side by side
in_start_order() {
  local want=" $* " p
  for p in opensearch kafka oidc smtp postgres redis nats s3 stripe otlp toxiproxy; do
    case $want in *" $p "*) echo "$p"; want=${want// $p / } ;; esac
  done
  echo $want
}

# --- parts --------------------------------------------------------------------
part_exists() { [ -f "$STACK_HOME/parts/$1.sh" ]; }
load_part() {
  PART=$1
  part_exists "$PART" || die "no part named $PART (have: $DEFAULT_PARTS $OPTIONAL_PARTS)"
  unset -f part_install part_start part_ready part_env part_check part_after_ready 2>/dev/null || true
  PART_PORTS="" PART_STOP_SIGNAL=TERM PART_READY_TIMEOUT=$STACK_TIMEOUT
  DATA_DIR=$DATA_ROOT/$PART
  . "$STACK_HOME/parts/$PART.sh"
  local spec key def var
  for spec in $PART_PORTS; do
    key=${spec%%:*} def=${spec##*:}
    var=STREAMVERSE_STACK_${key}_PORT
    printf -v "${key}_PORT" '%s' "${!var:-$((def + STACK_OFFSET))}"
  done
  # a running part keeps the ports it was started with
  if [ -f "$PID_DIR/$PART.ports" ] && live_pid "$PART" >/dev/null; then . "$PID_DIR/$PART.ports"; fi
}
save_ports() {
  local s k; for s in $PART_PORTS; do k=${s%%:*}_PORT; echo "$k=${!k}"; done >"$PID_DIR/$PART.ports"
}
port_busy() { (exec 3<>"/dev/tcp/$STACK_HOST/$1") 2>/dev/null; }
part_ports() { local s k; for s in $PART_PORTS; do k=${s%%:*}_PORT; echo "${!k}"; done; }

# Installs are guarded by a lock and a stamp: two callers never install at once,
# and a finished install is not repeated.
install_once() { # install_once STAMP FUNCTION
  local stamp=$PKG_DIR/.$1.done
  [ -f "$stamp" ] && return 0
  local rc
  set +e # a subshell in a || list would run without errexit
  (
    set -e
    flock 9
    if [ -f "$stamp" ]; then exit 0; fi
    t0=$(now_ms)
    log "$PART: installing $1"
    "$2"
    echo "$(( $(now_ms) - t0 ))" >"$stamp"
    log "$PART: installed $1 in $(( $(now_ms) - t0 )) ms"
  ) 9>"$PKG_DIR/.$1.lock"
  rc=$?
  set -e
  [ "$rc" = 0 ] || die "$PART: installing $1 failed"
}

# --- installers -----------------------------------------------------------------
apt_need() { # apt_need COMMAND PACKAGE... : install PACKAGE... when COMMAND is missing
  local cmd=$1; shift
  have "$cmd" && return 0
  apt_install "$@"
  have "$cmd" || die "$cmd is still missing after installing $*"
}
apt_install() {
  local sudo=()
  have apt-get || die "missing package(s) $* and no apt-get here: install them yourself"
  if ! is_root; then
    have sudo && sudo -n true 2>/dev/null || die "missing package(s) $*: ask an administrator to install them"
    sudo=(sudo -n)
  fi
  (
    flock 8
    # RUNLEVEL=1: the services these packages bring are not started
    export DEBIAN_FRONTEND=noninteractive RUNLEVEL=1
    "${sudo[@]}" apt-get install -y --no-install-recommends "$@" >>"$PKG_DIR/apt.log" 2>&1 ||
      { "${sudo[@]}" apt-get update >>"$PKG_DIR/apt.log" 2>&1 &&
        "${sudo[@]}" apt-get install -y --no-install-recommends "$@" >>"$PKG_DIR/apt.log" 2>&1; } ||
      { tail -5 "$PKG_DIR/apt.log" >&2; exit 1; }
  ) 8>"$PKG_DIR/.apt.lock"
}

# Java: the first usable home among JAVA_HOME, java on PATH and the usual places,
# between a lowest and a highest feature version.
find_java() { # find_java MIN MAX -> prints JAVA_HOME
  local min=$1 max=$2 j v home
  for j in ${STREAMVERSE_STACK_JAVA_HOME:+"$STREAMVERSE_STACK_JAVA_HOME/bin/java"} \
           ${JAVA_HOME:+"$JAVA_HOME/bin/java"} "$(command -v java || true)" \
           "${STREAMVERSE_STACK_JVM_ROOT:-/usr/lib/jvm}"/*/bin/java; do
    [ -x "$j" ] || continue
    v=$("$j" -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -1)
    [ -n "$v" ] && [ "$v" -ge "$min" ] && [ "$v" -le "$max" ] || continue
    home=$(dirname "$(dirname "$(readlink -f "$j")")"); echo "$home"; return 0
  done
  return 1
}
# The first compiler tier only: servers start on a third less processor time.
# STREAMVERSE_STACK_JAVA_FULL=1 lets them optimise fully (for load tests).
java_tier() { [ "${STREAMVERSE_STACK_JAVA_FULL:-0}" = 1 ] || echo "-XX:TieredStopAtLevel=1"; }
need_java() { # need_java MIN MAX -> sets JAVA_DIR
  JAVA_DIR=$(find_java "$1" "$2") && return 0
  apt_install openjdk-17-jre-headless
  JAVA_DIR=$(find_java "$1" "$2") || die "$PART: no Java between $1 and $2"
}
# Jars and their runtime dependencies from the default Maven repository.
maven_libs() { # maven_libs TARGETDIR GROUP:ARTIFACT:VERSION[:TYPE] ...
  local dir=$1 gav g a v t; shift
  apt_need mvn maven
  mkdir -p "$dir"
  {
    echo '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
    echo '<groupId>streamverse.stack</groupId><artifactId>libs</artifactId><version>1</version><packaging>pom</packaging><dependencies>'
    for gav in "$@"; do
      IFS=: read -r g a v t <<<"$gav"
      echo "<dependency><groupId>$g</groupId><artifactId>$a</artifactId><version>$v</version><type>${t:-jar}</type></dependency>"
    done
    echo '</dependencies></project>'
  } >"$dir/pom.xml"
  mvn -B -q -f "$dir/pom.xml" dependency:copy-dependencies -DincludeScope=runtime \
    -DoutputDirectory="$dir/lib" >"$dir/mvn.log" 2>&1 || { grep -m3 ERROR "$dir/mvn.log" >&2; return 1; }
}
# One Go program into its own bin directory, by `go install`.
go_tool() { # go_tool TARGETDIR MODULE@VERSION [BUILDFLAG...]
  local dir=$1 mod=$2; shift 2
  have go || apt_install golang-go
  mkdir -p "$dir"
  GOBIN=$dir nice -n 5 go install -trimpath "$@" "$mod" >"$dir/go.log" 2>&1 ||
    { tail -5 "$dir/go.log" >&2; return 1; }
}
pip_venv() { # pip_venv TARGETDIR REQUIREMENT...
  local dir=$1; shift
  have python3 || apt_install python3 python3-venv
  python3 -m venv "$dir" >/dev/null && "$dir/bin/pip" install -q "$@" >"$dir/pip.log" 2>&1 ||
    { tail -5 "$dir/pip.log" >&2; return 1; }
}
http_ok() { curl -fsS -m 3 -o /dev/null "$@" 2>/dev/null; }
