#!/bin/bash
# PID 1 of a node: makes the namespaces it was started in look like a machine of their own, then reaps children for ever.
# Arguments: the node's directory, its name, its address, and "name=address" for every machine of its cloud.
set -eu
directory=$1 name=$2
shift 3

# The machine's own named network namespaces would be kept busy by our copy of its mounts.
awk '/ nsfs / { print $2 }' /proc/mounts | xargs -r umount
# A fresh sysfs shows this network namespace's links; the copied one shows the machine's.
umount -R /sys
mount -t sysfs sysfs /sys
# What services write to their usual places lands in the node's directory, and survives a power cut as a disk does.
for tree in etc var/lib var/cache var/log ${extra_trees:-}; do
  layer=$directory/${tree##*/}
  mkdir -p "$layer/upper" "$layer/work"
  mount -t overlay overlay -o "lowerdir=/$tree,upperdir=$layer/upper,workdir=$layer/work" "/$tree"
done
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /dev/shm
mkdir -p /run/{netns,libvirt,ceph,mysqld} /run/lock/{nova,neutron,cinder} /var/lib/{tmp,nova/instances,neutron,cinder}

hostname "$name"
echo "$name" > /etc/hostname
printf '%s\n' '127.0.0.1 localhost' "${@/=/ }" | awk '{ print NR == 1 ? $0 : $2 " " $1 }' > /etc/hosts
ip link set lo up

touch "$directory/ready"
trap 'exit 0' TERM
while :; do
  sleep 1d &
  wait $! || :
done
