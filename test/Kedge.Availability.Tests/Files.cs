using System.Runtime.CompilerServices;
using Kedge.Availability.Description;
using Kedge.Availability.Layout;

namespace Kedge.Availability.Tests;

/// <summary>Files as a person writes them.</summary>
static class Files
{
    public const string Classic = """
        cluster: cloud1
        profile: classic
        controllers: [n1, n2, n3]
        virtualIps:
        - {name: api-ip, address: 10.0.0.10, prefix: 24, interface: eth0}
        services:
        - name: galera
          parameters: {wsrep_cluster_address: 'gcomm://n1,n2,n3'}
        - name: rabbitmq
          parameters: {set_policy: 'ha-all ^(?!amq\.).* {"ha-mode":"all"}'}
        - name: keystone
        - name: nova-api
          monitor: 5s
        - name: nova-conductor
        - name: nova-scheduler
        - name: cinder-volume
          on: [n1, n2]
          apart: [reports]
          timeouts: {stop: 2m}
        - name: reports
          agent: ocf:pacemaker:Dummy
          runs: once
          with: [api-ip]
        fencing:
        - {name: ipmi-n1, agent: fence_ipmilan, fences: [n1], delay: 5s, parameters: {ip: 10.1.0.1, password_script: /etc/kedge/n1}}
        - {name: ipmi-n2, agent: fence_ipmilan, fences: [n2], parameters: {ip: 10.1.0.2, password: 'a b'}}
        - {name: ipmi-n3, agent: fence_ipmilan, fences: [n3], parameters: {ip: 10.1.0.3}}
        - {name: pdu, agent: fence_apc_snmp, level: 2, fences: {n1: 7, n2: 8}, parameters: {ip: 10.1.0.9}}
        properties: {cluster-recheck-interval: 60s}

        """;

    public const string Paper = """
        cluster: cloud1
        profile: paper
        controllers: [n1, n2, n3]

        """;

    public const string Modern = """
        cluster: cloud1
        profile: modern
        controllers: [n1, n2, n3]
        virtualIps:
        - {name: api-ip, address: 10.0.0.10}
        services:
        - name: haproxy
        - name: galera
        - name: rabbitmq
        - name: keystone
        - name: nova-api
        - name: cinder-volume
        fencing:
        - {name: power, agent: fence_virsh, fences: [n1, n2, n3], parameters: {ip: 10.1.0.1}}

        """;

    /// <summary>One of each thing that can be exported: pcs takes half a second for each.</summary>
    public const string OneOfEach = """
        cluster: cloud1
        profile: classic
        controllers: [n1, n2]
        virtualIps:
        - {name: api-ip, address: 10.0.0.10, prefix: 24, interface: eth0}
        services:
        - name: galera
          parameters: {wsrep_cluster_address: 'gcomm://n1,n2,n3', note: "it's a \"test\" $HOME"}
        - name: keystone
          monitor: 500ms
        - name: cinder-volume
          on: [n1]
          apart: [reports]
        - name: reports
          agent: ocf:pacemaker:Dummy
          runs: once
        fencing:
        - {name: ipmi, agent: fence_ipmilan, fences: [n1], delay: 5s, parameters: {ip: 10.1.0.1, password: 'a b'}}
        - {name: pdu, agent: fence_apc_snmp, level: 2, fences: {n1: 7, n2: 8}, parameters: {ip: 10.1.0.9}}
        - {name: pdu-b, agent: fence_apc_snmp, level: 2, fences: {n1: 7}, parameters: {ip: 10.1.0.8}}
        - {name: power, agent: fence_virsh, level: 1, fences: [n2], parameters: {ip: 10.1.0.7}}
        properties: {cluster-recheck-interval: 60s}

        """;

    public static ClusterDescription Read(string text) => DescriptionFile.Parse(text, "ha.yaml");

    public static ClusterLayout Layout(string text, params string[] more) => LayoutWriter.Write(Read(text), ["n1", "n2", "n3", .. more]);

    public static string Repository { get; } = RepositoryOf();

    static string RepositoryOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
