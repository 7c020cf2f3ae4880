#!/bin/bash
# What a node of the cluster does when it is switched on. Runs inside the node; arguments: folder of logs, name, home of the lab.
set -eu
logs=$1 name=$2 home=$3 here=$(dirname "$(realpath "$0")")

# A node that panics writes here, and the machine that we run on would reboot.
if [[ -e /proc/sysrq-trigger ]]; then mount --bind /dev/null /proc/sysrq-trigger; fi
mkdir -p /run/resource-agents /var/log/corosync /var/log/pacemaker
# HAProxy waits at the virtual address before the address is there.
echo 1 > /proc/sys/net/ipv4/ip_nonlocal_bind

# Resources of a clone have the same parameters on every node; this name stands for each node's own address.
echo "$(hostname -I | tr ' ' '\n' | grep -m 1 '^10\.77\.') this-node" >> /etc/hosts

setsid "$here/preferred.sh" "$(nice)" corosync -f < /dev/null >> "$logs/$name-corosync.log" 2>&1 &
for _ in $(seq 200); do
  corosync-cmapctl -g totem.version > /dev/null 2>&1 && break
  sleep 0.05
done
export PCMK_logfile=/var/log/pacemaker/pacemaker.log PCMK_debug=no KEDGE_HA_LAB=$home
setsid "$here/preferred.sh" "$(nice)" pacemakerd -f < /dev/null >> "$logs/$name-pacemaker.log" 2>&1 &
