"""What a cloud's administrator does once. Usage: provision.py CLOUDS_YAML A|B identity|furnish GUEST_IMAGE

identity: services, endpoints, users, projects. furnish: flavors, volume type, external network, the image of cloud A.
The SDK in one process, because each call of the `openstack` command costs two to eight seconds here. Runs again harmlessly.

The clouds differ on purpose in whatever two operators would name, number and size differently, so that a failover that
goes by names goes wrong.
"""

import sys

import openstack

HEAT_DOMAIN = "heat"

# name, RAM in MiB, disk in GiB, extra specs. "lab.small" is in both clouds and is not the same in both.
FLAVORS = {
    "A": [
        ("lab.small", 112, 1, {}),
        ("lab.volume", 112, 0, {}),
        ("lab.tuned", 128, 1, {"hw_rng:allowed": "true", "quota:disk_total_iops_sec": "2000"}),
    ],
    "B": [
        ("lab.small", 256, 2, {}),
        ("dr.tiny", 112, 1, {}),
        ("dr.tiny-bfv", 112, 0, {}),
        ("dr.tuned", 128, 1, {"hw_rng:allowed": "true", "quota:disk_total_iops_sec": "2000"}),
    ],
}
VOLUME_TYPES = {"A": "standard", "B": "dr-ceph"}
ENCRYPTED_TYPES = {"A": "encrypted", "B": "dr-encrypted"}
NUMBERS = {"A": 1, "B": 2}


def main():
    clouds_yaml, cloud, step, guest_image = sys.argv[1:]
    known = openstack.config.OpenStackConfig(config_files=[clouds_yaml]).get_one(cloud + "-admin")
    region = known.region_name
    # Not in the project of the tests, which does not exist yet when this runs first.
    auth = dict(known.config["auth"], project_name="admin")
    admin = openstack.connect(auth=auth, region_name=region, identity_api_version=3)
    if step == "identity":
        identity(admin, region, auth)
    else:
        furnish(admin, cloud, guest_image)


def identity(admin, region, auth):
    keystone, password = admin.identity, auth["password"]
    host = auth["auth_url"].rsplit(":", 1)[0]
    roles = {role.name: role for role in keystone.roles()}
    for name in ("service", "heat_stack_owner", "heat_stack_user"):
        roles[name] = roles.get(name) or keystone.create_role(name=name)
    projects = {project.name: project for project in keystone.projects(domain_id="default")}
    for name in ("service", "demo"):
        projects[name] = projects.get(name) or keystone.create_project(name=name, domain_id="default")
    users = {user.name: user for user in keystone.users(domain_id="default")}

    def user_with_roles(name, project, *role_names):
        users[name] = users.get(name) or keystone.create_user(name=name, domain_id="default", password=password)
        for role in role_names:
            keystone.assign_project_role_to_user(projects[project], users[name], roles[role])

    for service in ("placement", "glance", "cinder", "nova", "neutron", "heat"):
        user_with_roles(service, "service", "admin", "service")
    user_with_roles("demo", "demo", "member", "heat_stack_owner")
    user_with_roles("admin", "demo", "admin", "heat_stack_owner")
    user_with_roles("admin", "admin", "heat_stack_owner")

    heat = keystone.find_domain(HEAT_DOMAIN) or keystone.create_domain(name=HEAT_DOMAIN)
    heat_admin = next(iter(keystone.users(domain_id=heat.id)), None)
    heat_admin = heat_admin or keystone.create_user(name="heat_domain_admin", domain_id=heat.id, password=password)
    keystone.assign_domain_role_to_user(heat, heat_admin, roles["admin"])

    catalog = [
        ("placement", "placement", f"{host}:8778"),
        ("glance", "image", f"{host}:9292"),
        ("cinderv3", "volumev3", f"{host}:8776/v3/%(project_id)s"),
        ("cinder", "block-storage", f"{host}:8776/v3/%(project_id)s"),
        ("nova", "compute", f"{host}:8774/v2.1"),
        ("neutron", "network", f"{host}:9696"),
        ("heat", "orchestration", f"{host}:8004/v1/%(project_id)s"),
    ]
    services = {service.type: service for service in keystone.services()}
    endpoints = {(endpoint.service_id, endpoint.interface) for endpoint in keystone.endpoints()}
    for name, kind, url in catalog:
        service = services.get(kind) or keystone.create_service(name=name, type=kind)
        for interface in ("public", "internal", "admin"):
            if (service.id, interface) not in endpoints:
                keystone.create_endpoint(service_id=service.id, interface=interface, url=url, region_id=region)


def furnish(admin, cloud, guest_image):
    number = NUMBERS[cloud]
    known = {flavor.name for flavor in admin.compute.flavors()}
    for name, ram, disk, extra_specs in FLAVORS[cloud]:
        if name not in known:
            flavor = admin.compute.create_flavor(name=name, ram=ram, vcpus=1, disk=disk)
            if extra_specs:
                admin.compute.create_flavor_extra_specs(flavor, extra_specs)
    if not admin.block_storage.find_type(VOLUME_TYPES[cloud]):
        admin.block_storage.create_type(
            name=VOLUME_TYPES[cloud], is_public=True, extra_specs={"volume_backend_name": "rbd"}
        )
    if not admin.block_storage.find_type(ENCRYPTED_TYPES[cloud]):
        storage = admin.block_storage
        made = storage.post("/types", json={"volume_type": {"name": ENCRYPTED_TYPES[cloud]}}).json()["volume_type"]["id"]
        encryption = {"provider": "luks", "cipher": "aes-xts-plain64", "key_size": 256, "control_location": "front-end"}
        storage.post(f"/types/{made}/encryption", json={"encryption": encryption}).raise_for_status()
    if not admin.network.find_network("ext"):
        external = admin.network.create_network(
            name="ext", is_router_external=True, provider_network_type="flat", provider_physical_network="provider"
        )
        admin.network.create_subnet(
            network_id=external.id,
            name="ext",
            ip_version=4,
            cidr=f"10.78.{number}.0/24",
            gateway_ip=f"10.78.{number}.254",
            allocation_pools=[{"start": f"10.78.{number}.100", "end": f"10.78.{number}.199"}],
            is_dhcp_enabled=False,
        )
    # Cloud B gets no image: what a workload boots from has to come over.
    if cloud == "A" and not admin.image.find_image("counter"):
        admin.image.create_image(
            "counter", filename=guest_image, disk_format="raw", container_format="bare", visibility="public",
            min_ram=96, min_disk=1, wait=True, timeout=600,
            hw_disk_bus="virtio", hw_vif_model="virtio", hw_machine_type="pc", os_distro="debian",
        )


if __name__ == "__main__":
    main()
