#!/bin/bash
# Ceph of one cloud, in its controller: monitor, manager and OSD, and the pools that Glance, Nova and Cinder use.

ceph_up() {
  [[ -e $home/ceph/made ]] || make_ceph
  start "$controller" ceph-mon ceph-mon -f -i "$controller"
  ready "$controller" ceph-mon port_open "$ip" 3300
  [[ -e $home/ceph/made ]] || make_osd
  start "$controller" ceph-osd ceph-osd -f -i 0
  # cinder-volume asks the manager how much space is free.
  start "$controller" ceph-mgr ceph-mgr -f -i "$controller"
  [[ -e $home/ceph/made ]] || make_pools
  ready "$controller" ceph-osd in_node "$controller" timeout 30 rbd --id openstack ls volumes
  touch "$home/ceph/made"
}

# Keys go where Ceph looks for them, so that `rbd` and `ceph` work in the node without options.
make_ceph() {
  local fsid
  fsid=$(< /proc/sys/kernel/random/uuid)
  mkdir -p "$home"/ceph/{mon,mgr,osd}
  render ceph.conf | put "$controller" /etc/ceph/ceph.conf
  in_node "$controller" sh -ec "
    key() { file=\$1 name=\$2; shift 2; ceph-authtool --create-keyring \$file --gen-key -n \$name \"\$@\"; }
    cd $home/ceph
    ceph-authtool --create-keyring mon.keyring --gen-key -n mon. --cap mon 'allow *'
    key /etc/ceph/ceph.client.admin.keyring client.admin --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *'
    key /etc/ceph/ceph.client.openstack.keyring client.openstack --cap mon 'profile rbd' --cap osd 'profile rbd' --cap mgr 'profile rbd'
    key mgr/keyring mgr.$controller --cap mon 'allow profile mgr' --cap osd 'allow *'
    key osd/keyring osd.0 --cap mon 'allow profile osd' --cap mgr 'allow profile osd' --cap osd 'allow *'
    for f in /etc/ceph/ceph.client.*.keyring mgr/keyring osd/keyring; do ceph-authtool mon.keyring --import-keyring \$f; done
    monmaptool --create --addv $controller '[v2:$ip:3300,v1:$ip:6789]' --fsid $fsid monmap
    ceph-mon --mkfs -i $controller --monmap monmap --keyring mon.keyring
  " >> "$(service_log "$controller" ceph-setup)" 2>&1 || ceph_failed
}

make_osd() {
  in_node "$controller" sh -ec "
    uuid=\$(cat /proc/sys/kernel/random/uuid)
    ceph osd new \$uuid
    ceph-osd -i 0 --mkfs --osd-uuid \$uuid
    ceph osd crush add osd.0 1 root=default host=$controller
  " >> "$(service_log "$controller" ceph-setup)" 2>&1 || ceph_failed
}

make_pools() {
  in_node "$controller" sh -ec "
    for pool in images volumes vms; do
      ceph osd pool create \$pool 8
      ceph osd pool application enable \$pool rbd
    done
  " >> "$(service_log "$controller" ceph-setup)" 2>&1 || ceph_failed
}

ceph_failed() {
  tail -n 15 "$(service_log "$controller" ceph-setup)" >&2
  fail "Ceph of cloud $cloud could not be made: the end of $(service_log "$controller" ceph-setup) is above"
}
