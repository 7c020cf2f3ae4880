#!/bin/bash
# What Pacemaker keeps, and how: kedge brings the cluster to a file, as an operator would have it do on one of the nodes.

kedge=$repository/artifacts/bin/Kedge.HaLab.Tests/release/kedge

# 'kedge' is 'modern' with Kedge's watcher on every node.
ha_setup() {
  local node profile=${1:-} wanted watched='' file=$ha_home/ha.yaml
  ha_names
  select_ha
  case $profile in
    kedge) profile=modern watched=yes ;;
    keystone | paper | classic | modern) ;;
    *) fail "there is no set-up '$profile': paper, classic, modern or kedge" ;;
  esac
  wanted=$profile
  node=$(any_node) || fail "no node of the cluster runs"
  # What once had the virtual IP's ports to itself gives them up before HAProxy asks for them.
  for profile in nothing "$profile"; do
    [[ -e $ha_home/setup ]] && grep -qx "profile: $wanted" "$file" && break
    ha_file "$profile" > "$file"
    kedge_on "$node" apply "$file" --yes > "$logs/H/apply.log" 2>&1 || fail "kedge ha apply: $(tail -n 20 "$logs/H/apply.log")"
  done
  for node in "${ha_nodes[@]}"; do
    if [[ $watched ]]; then watcher_on "$node"; else watcher_off "$node"; fi
  done
  if [[ $watched ]]; then touch "$ha_home/watched"; else rm -f "$ha_home/watched"; fi
  echo "${1:-}" > "$ha_home/setup"
  say "set-up ${1:-}"
}

# The description of the cluster, ha.yaml.
ha_file() {
  local profile=$1 controllers once on_vip run
  printf -v controllers '%s, ' "${ha_nodes[@]}"
  controllers=${controllers%, }
  # Pacemaker gives what it starts the usual priority; here it keeps that of who built the lab, so that other work does not get into the figures.
  run="$lab/ha/preferred.sh $(nice)"
  once="$run python3 $lab/ha/diary.py $diary"
  on_vip='--config-file /etc/nova/nova.conf --config-file /etc/nova/on-vip.conf'
  render ../ha/config/ha-head.yaml
  case $profile in
    nothing) echo 'profile: classic' ;;
    classic | modern) echo "profile: $profile" && render ../ha/config/ha-everywhere.yaml ;;
    *) render "../ha/config/ha-$profile.yaml" ;;
  esac
}

# kedge_on NODE VERB...: kedge ha on a node. What it keeps outlives the node.
kedge_on() {
  local node=$1
  shift
  in_node "$node" env DOTNET_ROOT="$(dotnet_root)" KEDGE_DATA="$ha_home/kedge" "$(kedge_built)" ha "$@"
}

ha_kedge() {
  local node
  ha_names
  select_ha
  node=$(any_node) || fail "no node of the cluster runs"
  kedge_on "$node" "$@"
}

watcher_on() {
  local node=$1
  node_runs "$node" || return 0
  start "$node" watcher "$lab/ha/preferred.sh" "$(nice)" env DOTNET_ROOT="$(dotnet_root)" KEDGE_DATA=/var/lib/kedge "$(kedge_built)" ha watch --node "$node"
}

watcher_off() {
  local node=$1
  if node_runs "$node" && runs "$node" watcher; then in_node "$node" kill "$(< "$state/nodes/$node/watcher.pid")"; fi
  rm -f "$state/nodes/$node/watcher.pid"
}

kedge_built() {
  [[ -x $kedge ]] || (cd "$repository" && PATH=$users_path dotnet build test/Kedge.HaLab.Tests -c Release -v q -nologo >&2) || fail "kedge could not be built"
  echo "$kedge"
}

dotnet_root() {
  local noted=$ha_home/runtime
  [[ -s $noted ]] || PATH=$users_path dotnet --list-runtimes | sed -n 's|^Microsoft.NETCore.App .*\[\(.*\)/shared/.*|\1|p' | tail -n 1 > "$noted"
  cat "$noted"
}
