# shellcheck shell=sh disable=SC2154,SC2034,SC2030,SC2031,SC2016 # the parts of the agent share variables; $node in filters is jq's
# Whether a service answers. An API is asked itself. A worker has no door: its sign of life is in the list of its own API. What cannot be
# asked says nothing about the worker: a dead Keystone must not have every scheduler restarted.

answers() {
  if [ -n "$url" ]; then
    # One lost answer on a busy machine is not yet a hang.
    url_answers "$answer_limit" || url_answers "$answer_limit" || {
      mkdir -p "${pid_file%/*}" && : > "$pid_file.silent"
      reason "runs, and does not answer at $url"
      return "$OCF_ERR_GENERIC"
    }
  elif [ -n "$heartbeat" ] && [ -n "$openrc" ]; then
    heart_beats
  fi
}

# url_answers SECONDS. That it refuses a stranger is an answer; 500 and above is none.
url_answers() {
  code=$(curl --silent --insecure --noproxy '*' --output /dev/null --max-time "$1" --write-out '%{http_code}' "$url")
  [ "$code" -ge 100 ] && [ "$code" -lt 500 ]
}

heart_beats() {
  # What it said before it was restarted counts for nothing, and it needs a while to speak.
  age=$("${way}_age")
  [ "${age:-0}" -ge "$heartbeat_limit" ] || return "$OCF_SUCCESS"
  verdict=$(ask_heartbeat) || verdict=unknown
  case $verdict in
    up) ;;
    down)
      : > "$pid_file.silent"
      reason "runs, and its last sign of life in the list of $heartbeat is too old"
      return "$OCF_ERR_GENERIC"
      ;;
    missing)
      : > "$pid_file.silent"
      reason "runs for $age s, and the list of $heartbeat does not know it"
      return "$OCF_ERR_GENERIC"
      ;;
    *) say "cannot ask for its sign of life now" ;;
  esac
  return "$OCF_SUCCESS"
}

# Prints up, down or missing; fails when nobody can tell.
ask_heartbeat() (
  # shellcheck source=/dev/null
  . "$openrc" || exit 1
  node=${host:-$(hostname)}
  answer=$(jq -n '{auth: {identity: {methods: ["password"], password: {user: {name: env.OS_USERNAME, password: env.OS_PASSWORD,
      domain: {name: (env.OS_USER_DOMAIN_NAME // "Default")}}}},
      scope: {project: {name: env.OS_PROJECT_NAME, domain: {name: (env.OS_PROJECT_DOMAIN_NAME // "Default")}}}}}' |
    ask --include --header 'Content-Type: application/json' --data @- "$OS_AUTH_URL/auth/tokens") || exit 1
  token=$(printf '%s' "$answer" | tr -d '\r' | sed -n 's/^[Xx]-[Ss]ubject-[Tt]oken: //p')
  endpoint=$(printf '%s' "$answer" | sed '1,/^\r*$/d' | jq -r --arg type "$heartbeat" --arg region "${OS_REGION_NAME:-}" \
    'first(.token.catalog[] | select(.type == $type) | .endpoints[] | select(.interface == "public" and ($region == "" or .region == $region)) | .url)')
  [ -n "$token" ] && [ -n "$endpoint" ] || exit 1
  case $heartbeat in
    compute | volumev3)
      ask --header "X-Auth-Token: $token" "$endpoint/os-services?binary=$name" |
        # cinder-volume calls itself host@backend. nova-compute's sign of life is written down by a conductor: without one it says nothing.
        verdict_of '.services[] | select(.host == $node or (.host | startswith($node + "@"))) | .state == "up"'
      ;;
    network)
      ask --header "X-Auth-Token: $token" "$endpoint/v2.0/agents?binary=$name&host=$node" | verdict_of '.agents[] | .alive'
      ;;
    orchestration)
      ask --header "X-Auth-Token: $token" "$endpoint/services" | verdict_of '.services[] | select(.host == $node) | .status == "up"'
      ;;
  esac | while read -r found; do
    if [ "$found" = down ] && [ "$name" = nova-compute ]; then
      ask --header "X-Auth-Token: $token" "$endpoint/os-services?binary=nova-conductor" |
        jq -e 'any(.services[]; .state == "up")' > /dev/null || continue
    fi
    echo "$found"
  done | grep .
)

# verdict_of FILTER: several signs of one host (back ends, engines): one that lives is enough to say that the process does.
verdict_of() {
  jq -r --arg node "$node" "[$1] | if length == 0 then \"missing\" elif any then \"up\" else \"down\" end"
}

ask() { curl --silent --fail --insecure --noproxy '*' --max-time "$answer_limit" "$@"; }
