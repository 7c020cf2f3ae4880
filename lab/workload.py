"""The three-tier workload that the lab's test protects and fails over. Needs Debian's own python3.

Usage: /usr/bin/python3 workload.py build|vault|delete [CLOUD]     CLOUD is A unless said otherwise; KEDGE_LAB as for dev/lab

build makes what is not there yet, waits until every guest counts, and prints a JSON object: for each kind of resource
its names and ids. It asks for whatever a failover has to bring over and could forget: fields are set to something other
than their default wherever the API allows it. vault makes a server beside it, in a network of its own, that boots from an
encrypted volume. delete removes it all again.
"""

import base64
import json
import os
import pathlib
import sys
import time

import openstack

STATE = pathlib.Path(os.environ.get("KEDGE_LAB", "/var/tmp/kedge-lab"))
PATIENCE = 600  # seconds; a busy machine emulates slowly
NOVA, CINDER = "2.90", "3.70"
VOLUME_TYPE = "standard"
VAULT = "vault"

# Guests print the first line.
USER_DATA = "# user-data of app, as written\n#!/bin/sh\nexit 0\n"

IMAGE = {
    "name": "app-image",
    "min_ram": 96,
    "min_disk": 1,
    "visibility": "private",
    "tags": ["golden", "tier:app"],
    "hw_disk_bus": "virtio",
    "hw_vif_model": "virtio",
    "hw_machine_type": "pc",
    "hw_rng_model": "virtio",
    "os_distro": "debian",
    "os_type": "linux",
    "kedge_lab_build": "2024-11",
}

NETWORKS = {
    "front": {
        "description": "where users come in",
        "subnet": {"cidr": "192.168.50.0/24", "gateway_ip": "192.168.50.1"},
    },
    "back": {
        "description": "between the tiers",
        "mtu": 1400,
        "subnet": {
            "cidr": "192.168.60.0/24",
            "gateway_ip": "192.168.60.1",
            "allocation_pools": [{"start": "192.168.60.100", "end": "192.168.60.199"}],
            "dns_nameservers": ["192.0.2.53", "192.0.2.54"],
            "host_routes": [{"destination": "10.98.0.0/24", "nexthop": "192.168.60.10"}],
        },
    },
}

# Rules besides the two that every new group has. "group" is another group of ours: web and app refer to each other.
SECURITY_GROUPS = {
    "web": [
        {"direction": "ingress", "protocol": "tcp", "port_range_min": 7777, "port_range_max": 7777,
         "remote_ip_prefix": "0.0.0.0/0", "description": "users"},
        {"direction": "ingress", "protocol": "icmp"},
        {"direction": "ingress", "protocol": "tcp", "port_range_min": 8000, "port_range_max": 8999, "group": "app"},
        {"direction": "ingress", "protocol": "112", "group": "web", "description": "VRRP"},
    ],
    "app": [
        {"direction": "ingress", "protocol": "tcp", "port_range_min": 7777, "port_range_max": 7777, "group": "web"},
        {"direction": "ingress", "protocol": "icmp", "group": "db"},
        {"direction": "ingress", "ethertype": "IPv6", "protocol": "ipv6-icmp"},
    ],
    "db": [
        {"direction": "ingress", "protocol": "tcp", "port_range_min": 7777, "port_range_max": 7777, "group": "app"},
        {"direction": "egress", "protocol": "udp", "port_range_min": 53, "port_range_max": 53,
         "remote_ip_prefix": "192.0.2.0/24"},
    ],
}

# security_groups None: port security is off, which allows neither groups nor address pairs.
PORTS = {
    "db": {"network": "back", "addresses": ["192.168.60.20"], "groups": ["db"], "tags": ["tier:db"],
           "mac_address": "fa:16:3e:0d:b0:20"},
    "app": {"network": "back", "addresses": ["192.168.60.30", "192.168.60.31"], "groups": ["app", "default"],
            "description": "two addresses", "extra_dhcp_opts": [{"opt_name": "domain-search", "opt_value": "lab.test"}]},
    "web-front": {"network": "front", "addresses": ["192.168.50.10"], "groups": ["web"],
                  "allowed_address_pairs": [{"ip_address": "192.168.50.100"}]},
    "web-back": {"network": "back", "addresses": ["192.168.60.10"], "groups": None},
    # Bound to no server: keeps the address that servers of the web tier would share out of other hands.
    "web-virtual-ip": {"network": "front", "addresses": ["192.168.50.100"], "groups": ["web"], "tags": ["virtual-ip"]},
}

VOLUMES = {
    "db-root": {"size": 1, "image": "counter", "metadata": {"tier": "db"},
                "image_metadata": {"hw_qemu_guest_agent": "no", "kedge_lab_note": "set on the volume"}},
    "db-data": {"size": 1, "metadata": {"tier": "db", "content": "counter"}, "description": "the counter of db"},
    "app-data": {"size": 2, "metadata": {"tier": "app"}},
}

SERVERS = {
    "db": {"flavor": "lab.volume", "root": "db-root", "data": "db-data", "ports": ["db"],
           "description": "boots from a volume", "metadata": {"tier": "db", "start": "1"}, "tags": ["tier:db", "lab"],
           "lock": "the only copy of the orders"},
    "app": {"flavor": "lab.tuned", "image": "app-image", "data": "app-data", "ports": ["app"], "group": True,
            "description": "boots from an image", "metadata": {"tier": "app", "start": "2"}, "tags": ["tier:app", "lab"],
            "user_data": USER_DATA, "config_drive": True},
    "web": {"flavor": "lab.small", "image": "counter", "ports": ["web-front", "web-back"], "group": True,
            "hostname": "web-frontend", "metadata": {"tier": "web", "start": "3"}, "tags": ["tier:web", "lab"]},
}


class Workload:
    def __init__(self, cloud):
        config = openstack.config.OpenStackConfig(config_files=[str(STATE / "clouds.yaml")])
        self.cloud = openstack.connection.Connection(config=config.get_one(cloud))
        self.project = self.cloud.current_project_id
        self.ids = {}

    def build(self):
        self.image()
        self.keypair_and_group()
        self.networks()
        self.security_groups()
        self.ports()
        self.router_and_floating_ip()
        self.volumes()
        for name, wanted in SERVERS.items():
            self.server(name, wanted)
        for name in SERVERS:
            self.wait_for_tick(name)
        return self.ids

    def vault(self):
        self.image()
        network = self.neutron("networks", VAULT, {"port_security_enabled": True})
        subnet = {"network_id": network["id"], "ip_version": 4, "cidr": "192.168.70.0/24"}
        self.neutron("subnets", VAULT + "-v4", subnet)
        port = self.neutron("ports", VAULT, {"network_id": network["id"]})
        storage = self.cloud.block_storage
        existing = {volume.name: volume.id for volume in storage.volumes(details=False)}
        if VAULT not in existing:
            body = {"name": VAULT, "size": 1, "volume_type": "encrypted", "imageRef": self.ids["images"]["counter"]}
            existing[VAULT] = self.cinder("POST", "/volumes", {"volume": body})["volume"]["id"]
        self.keep("volumes", VAULT, existing[VAULT])
        self.wait(f"volume {VAULT}", lambda: self.cinder("GET", f"/volumes/{existing[VAULT]}")["volume"]["status"],
                  ("available", "in-use"), ("error",))
        servers = {server.name: server.id for server in self.cloud.compute.servers(details=False)}
        if VAULT not in servers:
            root = {"uuid": existing[VAULT], "source_type": "volume", "destination_type": "volume", "boot_index": 0}
            body = {"name": VAULT, "flavorRef": self.cloud.compute.find_flavor("lab.volume").id, "imageRef": "",
                    "networks": [{"port": port["id"]}], "tags": [VAULT], "block_device_mapping_v2": [root]}
            servers[VAULT] = self.nova("POST", "/servers", {"server": body})["server"]["id"]
        self.keep("servers", VAULT, servers[VAULT])
        self.wait(f"server {VAULT}", lambda: self.nova("GET", f"/servers/{servers[VAULT]}")["server"]["status"],
                  ("ACTIVE",), ("ERROR", "SHUTOFF"))
        self.wait_for_tick(VAULT)
        return self.ids

    def image(self):
        for image in self.cloud.image.images():
            self.keep("images", image.name, image.id)
        if "app-image" not in self.ids["images"]:
            image = self.cloud.image.create_image(
                filename=str(STATE / "cache" / "guest.raw"), disk_format="raw", container_format="bare",
                wait=True, timeout=PATIENCE, **IMAGE)
            self.keep("images", image.name, image.id)

    def keypair_and_group(self):
        if not self.cloud.compute.find_keypair("operator"):
            self.cloud.compute.create_keypair(name="operator", public_key=(STATE / "key.pub").read_text().strip())
        self.keep("keypairs", "operator", "operator")
        groups = {group["name"]: group["id"] for group in self.nova("GET", "/os-server-groups")["server_groups"]}
        if "apart" not in groups:
            wanted = {"name": "apart", "policy": "anti-affinity", "rules": {"max_server_per_host": 1}}
            groups["apart"] = self.nova("POST", "/os-server-groups", {"server_group": wanted})["server_group"]["id"]
        self.keep("server_groups", "apart", groups["apart"])

    def networks(self):
        for name, wanted in NETWORKS.items():
            network = {key: value for key, value in wanted.items() if key != "subnet"}
            network = self.neutron("networks", name, network, tags=["lab", name])
            self.neutron("subnets", name + "-v4", {**wanted["subnet"], "network_id": network["id"], "ip_version": 4})

    def security_groups(self):
        default = self.cloud.network.find_security_group("default", project_id=self.project)
        self.keep("security_groups", "default", default.id)
        for name in SECURITY_GROUPS:
            self.neutron("security-groups", name, {"description": f"tier {name}"}, tags=[f"tier:{name}"])
        for name, rules in SECURITY_GROUPS.items():
            for rule in rules:
                body = {key: value for key, value in rule.items() if key != "group"}
                body["security_group_id"] = self.ids["security_groups"][name]
                if "group" in rule:
                    body["remote_group_id"] = self.ids["security_groups"][rule["group"]]
                self.call(self.cloud.network, "POST", "/security-group-rules", {"security_group_rule": body}, also=409)
        # One of the rules that a new group comes with is missing on purpose.
        for rule in self.cloud.network.security_group_rules(security_group_id=self.ids["security_groups"]["db"]):
            if rule.direction == "egress" and rule.ether_type == "IPv6":
                self.cloud.network.delete_security_group_rule(rule)

    def ports(self):
        for name, wanted in PORTS.items():
            body = {key: value for key, value in wanted.items() if key not in ("network", "addresses", "groups", "tags")}
            subnet = self.ids["subnets"][wanted["network"] + "-v4"]
            body["network_id"] = self.ids["networks"][wanted["network"]]
            body["fixed_ips"] = [{"subnet_id": subnet, "ip_address": address} for address in wanted["addresses"]]
            if wanted["groups"] is None:
                body.update(port_security_enabled=False, security_groups=[])
            else:
                body["security_groups"] = [self.ids["security_groups"][group] for group in wanted["groups"]]
            port = self.neutron("ports", name, body, tags=wanted.get("tags", ()))
            self.keep("macs", name, port["mac_address"])

    def router_and_floating_ip(self):
        network = self.cloud.network
        external = network.find_network("ext").id
        gateway = {"network_id": external}
        router = self.neutron("routers", "edge", {"description": "to the world", "external_gateway_info": gateway})
        attached = {ip["subnet_id"] for port in network.ports(device_id=router["id"]) for ip in port.fixed_ips}
        if self.ids["subnets"]["front-v4"] not in attached:
            network.add_interface_to_router(router["id"], subnet_id=self.ids["subnets"]["front-v4"])
        # Not the gateway's address: the interface has one of its own, which a failover has to ask for.
        if self.ids["subnets"]["back-v4"] not in attached:
            own = network.create_port(
                network_id=self.ids["networks"]["back"],
                fixed_ips=[{"subnet_id": self.ids["subnets"]["back-v4"], "ip_address": "192.168.60.254"}])
            network.add_interface_to_router(router["id"], port_id=own.id)
        network.update_router(router["id"], routes=[{"destination": "10.99.0.0/24", "nexthop": "192.168.60.20"}])
        port = self.ids["ports"]["web-front"]
        floating = next(network.ips(port_id=port), None) or network.create_ip(
            floating_network_id=external, port_id=port, description="the way in")
        self.keep("floating_ips", floating.floating_ip_address, floating.id)

    def volumes(self):
        storage = self.cloud.block_storage
        existing = {volume.name: volume.id for volume in storage.volumes(details=False)}
        for name, wanted in VOLUMES.items():
            if name not in existing:
                body = {"name": name, "size": wanted["size"], "metadata": wanted["metadata"],
                        "description": wanted.get("description"), "volume_type": VOLUME_TYPE}
                if "image" in wanted:
                    body["imageRef"] = self.ids["images"][wanted["image"]]
                existing[name] = self.cinder("POST", "/volumes", {"volume": body})["volume"]["id"]
            self.keep("volumes", name, existing[name])
        for name, wanted in VOLUMES.items():
            volume = self.ids["volumes"][name]
            self.wait(f"volume {name}", lambda: self.cinder("GET", f"/volumes/{volume}")["volume"]["status"],
                      ("available", "in-use"), ("error",))
            if "image_metadata" in wanted:
                body = {"os-set_image_metadata": {"metadata": wanted["image_metadata"]}}
                self.cinder("POST", f"/volumes/{volume}/action", body)

    def server(self, name, wanted):
        existing = {server.name: server.id for server in self.cloud.compute.servers(details=False)}
        if name not in existing:
            body = {
                "name": name,
                "flavorRef": self.cloud.compute.find_flavor(wanted["flavor"]).id,
                "key_name": "operator",
                "networks": [{"port": self.ids["ports"][port], "tag": port} for port in wanted["ports"]],
                "block_device_mapping_v2": self.disks(wanted),
                "imageRef": self.ids["images"][wanted["image"]] if "image" in wanted else "",
            }
            body.update({key: wanted[key] for key in ("metadata", "tags", "description", "hostname", "config_drive")
                         if key in wanted})
            if "user_data" in wanted:
                body["user_data"] = base64.b64encode(wanted["user_data"].encode()).decode()
            hints = {"group": self.ids["server_groups"]["apart"]} if wanted.get("group") else {}
            body = {"server": body, "OS-SCH-HNT:scheduler_hints": hints}
            existing[name] = self.nova("POST", "/servers", body)["server"]["id"]
        server = existing[name]
        self.keep("servers", name, server)
        self.wait(f"server {name}", lambda: self.nova("GET", f"/servers/{server}")["server"]["status"],
                  ("ACTIVE",), ("ERROR", "SHUTOFF"))
        if "lock" in wanted and not self.nova("GET", f"/servers/{server}")["server"]["locked"]:
            self.nova("POST", f"/servers/{server}/action", {"lock": {"locked_reason": wanted["lock"]}})

    def disks(self, wanted):
        if "root" in wanted:
            root = {"uuid": self.ids["volumes"][wanted["root"]], "source_type": "volume", "tag": "root"}
        else:
            root = {"uuid": self.ids["images"][wanted["image"]], "source_type": "image", "delete_on_termination": True}
        disks = [{**root, "destination_type": "volume" if "root" in wanted else "local", "boot_index": 0}]
        if "data" in wanted:
            disks.append({"uuid": self.ids["volumes"][wanted["data"]], "source_type": "volume",
                          "destination_type": "volume", "boot_index": -1, "tag": "data"})
        return disks

    def wait_for_tick(self, name):
        server = self.ids["servers"][name]

        def console():
            output = self.cloud.compute.get_server_console_output(server, length=50)["output"] or ""
            return "counting" if "TICK " in output else "silent"

        self.wait(f"guest {name}", console, ("counting",), ())

    def delete(self):
        """Removes everything in the project that bears one of our names."""
        compute, network, storage = self.cloud.compute, self.cloud.network, self.cloud.block_storage
        servers = [server for server in compute.servers() if server.name in SERVERS or server.name == VAULT]
        for server in servers:
            self.nova("POST", f"/servers/{server.id}/action", {"unlock": None})
            compute.delete_server(server)
        for server in servers:
            compute.wait_for_delete(server, interval=2, wait=PATIENCE)
        for volume in [volume for volume in storage.volumes() if volume.name in VOLUMES or volume.name == VAULT]:
            storage.delete_volume(volume)
        for address in network.ips(project_id=self.project):
            network.delete_ip(address)
        for router in network.routers(name="edge", project_id=self.project):
            network.update_router(router, routes=[])
            for port in network.ports(device_id=router.id):
                if port.device_owner == "network:router_interface":
                    network.remove_interface_from_router(router, port_id=port.id)
            network.delete_router(router)
        for port in network.ports(project_id=self.project, device_owner=""):
            if port.name in PORTS or port.name == VAULT:
                network.delete_port(port)
        for name in [*NETWORKS, VAULT]:
            for found in network.networks(name=name, project_id=self.project):
                network.delete_network(found)
        groups = [group for group in network.security_groups(project_id=self.project) if group.name in SECURITY_GROUPS]
        for group in groups:
            for rule in network.security_group_rules(security_group_id=group.id):
                network.delete_security_group_rule(rule)
        for group in groups:
            network.delete_security_group(group)
        for group in compute.server_groups():
            if group.name == "apart":
                compute.delete_server_group(group)
        compute.delete_keypair("operator", ignore_missing=True)
        for image in self.cloud.image.images(owner=self.project, name="app-image"):
            self.cloud.image.delete_image(image)
        return {}

    def neutron(self, collection, name, body, tags=()):
        """The resource of that name in our project, made if it is not there."""
        kind, path = collection.replace("-", "_"), f"/{collection}"
        found = self.call(self.cloud.network, "GET", f"{path}?name={name}&project_id={self.project}")[kind]
        resource = found[0] if found else self.call(
            self.cloud.network, "POST", path, {kind[:-1]: {"name": name, **body}})[kind[:-1]]
        if tags:
            self.call(self.cloud.network, "PUT", f"{path}/{resource['id']}/tags", {"tags": list(tags)})
        self.keep(kind, name, resource["id"])
        return resource

    def nova(self, method, path, body=None):
        return self.call(self.cloud.compute, method, path, body, NOVA)

    def cinder(self, method, path, body=None):
        return self.call(self.cloud.block_storage, method, path, body, CINDER)

    def call(self, service, method, path, body=None, microversion=None, also=None):
        response = service.request(path, method, json=body, microversion=microversion)
        if not response.ok and response.status_code != also:
            raise SystemExit(f"workload: {method} {path}: {response.status_code} {response.text}")
        return response.json() if response.content else None

    def wait(self, what, look, good, bad):
        until = time.monotonic() + PATIENCE
        while (status := look()) not in good:
            if status in bad or time.monotonic() > until:
                raise SystemExit(f"workload: {what} is '{status}' and not '{good[0]}'")
            time.sleep(1)

    def keep(self, kind, name, identifier):
        self.ids.setdefault(kind, {})[name] = identifier


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[1] not in ("build", "vault", "delete"):
        raise SystemExit(__doc__)
    workload = Workload(sys.argv[2] if len(sys.argv) == 3 else "A")
    result = {"build": workload.build, "vault": workload.vault, "delete": workload.delete}[sys.argv[1]]()
    print(json.dumps(result, indent=2, sort_keys=True))


if __name__ == "__main__":
    main()
