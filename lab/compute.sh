#!/bin/bash
# A compute host: libvirt with emulated machines, Neutron's bridge agent, nova-compute.

libvirt_up() {
  local node=$1
  start "$node" virtlogd virtlogd # keeps the guests' consoles
  start "$node" libvirtd libvirtd
  ready "$node" libvirtd in_node "$node" virsh -q uri
}

# Ceph must be up: its key is handed to libvirt, and nova-compute asks it for free space.
compute_up() {
  local node=$1 secret
  secret=$(libvirt_secret)
  in_node "$controller" cat /etc/ceph/ceph.conf | put "$node" /etc/ceph/ceph.conf
  in_node "$controller" cat /etc/ceph/ceph.client.openstack.keyring | put "$node" /etc/ceph/ceph.client.openstack.keyring 600
  render libvirt-secret.xml | put "$node" /run/libvirt-secret.xml
  in_node "$node" sh -ec "
    virsh -q secret-define /run/libvirt-secret.xml
    virsh -q secret-set-value $secret \"\$(ceph-authtool -p -n client.openstack /etc/ceph/ceph.client.openstack.keyring)\"
  " > "$(service_log "$node" libvirt-secret)" 2>&1 ||
    fail "libvirt on $node did not take the key to Ceph: see $(service_log "$node" libvirt-secret)"
  start_linuxbridge_agent "$node"
  start "$node" nova-compute nova-compute --config-file /etc/nova/nova.conf
}
