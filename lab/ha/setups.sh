#!/bin/bash
# What Pacemaker keeps, and how: see lab/ha/setup.py.

# 'kedge' is 'modern' with Kedge's watcher on every node.
ha_setup() {
  local node wanted=${1:-} watched=''
  if [[ $wanted == kedge ]]; then wanted=modern watched=yes; fi
  ha_names
  select_ha
  node=$(any_node) || fail "no node of the cluster runs"
  in_node "$node" timeout 10 cibadmin --query > "$ha_home/cib.before"
  python3 "$lab/ha/setup.py" "$wanted" "$vip" "$diary" "$lab/ha/diary.py" < "$ha_home/cib.before" > "$ha_home/cib.wanted" ||
    fail "there is no set-up '${1:-}'"
  in_node "$node" timeout 10 cibadmin --replace --xml-pipe < "$ha_home/cib.wanted"
  in_node "$node" timeout 200 crm_resource --wait --timeout=180s || fail "the cluster does not come to rest: dev/lab ha status"
  for node in "${ha_nodes[@]}"; do
    if [[ $watched ]]; then watcher_on "$node"; else watcher_off "$node"; fi
  done
  if [[ $watched ]]; then touch "$ha_home/watched"; else rm -f "$ha_home/watched"; fi
  echo "${1:-}" > "$ha_home/setup"
  say "set-up ${1:-}"
}

watcher=$repository/artifacts/bin/Kedge.HaLab.Tests/release/kedge

watcher_on() {
  local node=$1 runtime
  [[ -x $watcher ]] || fail "the watcher is not built: dotnet build test/Kedge.HaLab.Tests -c Release"
  node_runs "$node" || return 0
  [[ -e $ha_home/runtime ]] ||
    PATH=$users_path dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App .*\[\(.*\)/shared/.*|\1|p' | tail -n 1 > "$ha_home/runtime"
  runtime=$(< "$ha_home/runtime")
  start "$node" watcher env DOTNET_ROOT="$runtime" HOME=/root \
    KEDGE_DATA=/var/lib/kedge "$watcher" ha watch --node "$node"
}

watcher_off() {
  local node=$1
  if node_runs "$node" && runs "$node" watcher; then in_node "$node" kill "$(< "$state/nodes/$node/watcher.pid")"; fi
  rm -f "$state/nodes/$node/watcher.pid"
}
