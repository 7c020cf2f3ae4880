#!/bin/bash
# What Pacemaker keeps, and how: see lab/ha/setup.py.

ha_setup() {
  local node
  ha_names
  select_ha
  node=$(any_node) || fail "no node of the cluster runs"
  in_node "$node" timeout 10 cibadmin --query > "$ha_home/cib.before"
  python3 "$lab/ha/setup.py" "${1:-}" "$vip" "$ha_home" "$lab/ha/diary.py" < "$ha_home/cib.before" > "$ha_home/cib.wanted" ||
    fail "there is no set-up '${1:-}'"
  in_node "$node" timeout 10 cibadmin --replace --xml-pipe < "$ha_home/cib.wanted"
  in_node "$node" timeout 200 crm_resource --wait --timeout=180s || fail "the cluster does not come to rest: dev/lab ha status"
  say "set-up ${1:-}"
}
