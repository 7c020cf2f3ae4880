"""What Pacemaker keeps in the lab. Usage: setup.py SETUP VIRTUAL_IP DIARY LAB < CIB > CIB

paper   the services of the paper this project starts from, each once, monitored every 5 s (nova-api) and every 30 s; nova-cert,
        nova-consoleauth and nova-network are not in today's releases. Keystone and the virtual address, of which the paper says nothing,
        are what nova-api needs to be asked; they are monitored as often as it is.
modern  Pacemaker keeps the virtual address and HAProxy; Keystone and Nova run on every node, the APIs behind HAProxy.
keystone, none   for building the lab.
"diary" is a service that may run once only and writes down where it does.
"""

import sys
import xml.etree.ElementTree as ET

SETUP, VIP, DIARY, LAB = sys.argv[1:]
NOVA = ("nova-api", "nova-scheduler", "nova-conductor", "nova-novncproxy")


def main():
    cib = ET.fromstring(sys.stdin.read())
    configuration = cib.find("configuration")
    resources, constraints = configuration.find("resources"), configuration.find("constraints")
    for element in list(resources):
        if element.get("id") != "power":
            resources.remove(element)
    for element in list(constraints):
        constraints.remove(element)
    made, rules = {"paper": paper, "modern": modern, "keystone": keystone_only, "none": lambda: ([], [])}[SETUP]()
    resources.extend(made)
    constraints.extend(rules)
    print(ET.tostring(cib, encoding="unicode"))


def paper():
    once = [
        virtual_ip(5),
        service("keystone", 5, where="on-vip", diary=True),
        service("nova-api", 5, where="on-vip", diary=True),
        service("nova-scheduler", 30, diary=True),
        service("nova-novncproxy", 30, where="on-vip", diary=True),
        service("nova-conductor", 30, diary=True),
        diary(30),
    ]
    rules = [together(name, "vip") for name in ("keystone", "nova-api", "nova-novncproxy")]
    rules += [order("vip", "keystone")] + [order("keystone", name) for name in NOVA]
    return once, rules


def modern():
    made = [
        virtual_ip(5),
        clone(proxy()),
        clone(service("keystone", 5, depth=10)),
        *(clone(service(name, 5 if name == "nova-api" else 30, depth=10)) for name in NOVA),
        diary(30),
    ]
    # The address goes where an HAProxy runs. The others start side by side: who needs Keystone asks through the address, so any will do.
    rules = [together("vip", "haproxy-clone"), order("haproxy-clone", "vip", kind="Optional")]
    rules += [order("keystone-clone", name + "-clone", kind="Optional") for name in NOVA]
    return made, rules


def keystone_only():
    return [virtual_ip(5), service("keystone", 5, where="on-vip")], [together("keystone", "vip"), order("vip", "keystone")]


def virtual_ip(interval):
    return primitive("vip", "heartbeat", "IPaddr2", {"ip": VIP, "cidr_netmask": "24", "nic": "eth0"}, interval)


def proxy():
    parameters = {"command": "/usr/sbin/haproxy -W -db -f /etc/haproxy/haproxy.cfg", "service": "haproxy", "log": "/var/log/haproxy.log", "grace": "1"}
    return primitive("haproxy", "openstack", "service", parameters, 5)


def service(name, interval, where="", depth=0, diary=False):
    """One of OpenStack's, by our own agents. In a clone it answers at its node's own address, else at the virtual one."""
    port = {"keystone": 5000, "nova-api": 8774, "nova-novncproxy": 6080}.get(name)
    path = {"keystone": "/v3", "nova-novncproxy": "/vnc_lite.html"}.get(name, "/")
    config = "/etc/nova/nova.conf" + (" /etc/nova/on-vip.conf" if where else "")
    if name == "keystone":
        command = "/usr/bin/uwsgi --ini /etc/keystone/lab-on-vip.ini" if where else "/usr/bin/uwsgi --ini /etc/keystone/lab.ini"
    else:
        command = f"/usr/bin/{name} " + " ".join(f"--config-file {file}" for file in config.split())
        if port == 6080:
            command += " --web /usr/share/novnc"
    if diary:
        command = f"python3 {LAB} {DIARY} {name} {command}"
    parameters = {"command": command, "user": "root", "log": f"/var/log/{name}.log", "grace": "5"}
    if port:
        parameters["url"] = f"http://{VIP if where else 'this-node'}:{port}{path}"
    elif depth:
        parameters["openrc"] = "/etc/kedge/openrc"
    return primitive(name, "openstack", name, parameters, interval, depth)


def diary(interval):
    return primitive("diary", "openstack", "service", {"command": f"python3 {LAB} {DIARY} diary", "user": "root", "service": "diary"}, interval)


def primitive(name, provider, agent, parameters, interval, depth=0):
    element = ET.Element("primitive", {"id": name, "class": "ocf", "provider": provider, "type": agent})
    attributes = ET.SubElement(element, "instance_attributes", id=f"{name}-attributes")
    for key, value in parameters.items():
        pair(attributes, name, key, value)
    operations = ET.SubElement(element, "operations")
    for action, every, limit in (("monitor", f"{interval}s", "20s"), ("start", "0", "120s"), ("stop", "0", "30s")):
        operation = ET.SubElement(operations, "op", id=f"{name}-{action}", name=action, interval=every, timeout=limit)
        if action == "monitor" and depth:
            pair(ET.SubElement(operation, "instance_attributes", id=f"{name}-monitor-attributes"), f"{name}-monitor", "OCF_CHECK_LEVEL", str(depth))
    return element


def clone(inner):
    element = ET.Element("clone", id=inner.get("id") + "-clone")
    meta = ET.SubElement(element, "meta_attributes", id=inner.get("id") + "-clone-meta")
    pair(meta, element.get("id"), "interleave", "true")
    element.append(inner)
    return element


def pair(parent, owner, key, value):
    ET.SubElement(parent, "nvpair", id=f"{owner}-{key}", name=key, value=value)


def together(name, with_):
    return ET.Element("rsc_colocation", {"id": f"{name}-with-{with_}", "rsc": name, "with-rsc": with_, "score": "INFINITY"})


def order(first, then, kind="Mandatory"):
    return ET.Element("rsc_order", {"id": f"{first}-then-{then}", "first": first, "then": then, "kind": kind})


if __name__ == "__main__":
    main()
