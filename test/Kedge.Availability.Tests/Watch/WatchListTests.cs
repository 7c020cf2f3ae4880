using Kedge.Availability.Pacemaker;
using Kedge.Availability.Tests.Pacemaker;
using Kedge.Availability.Watch;

namespace Kedge.Availability.Tests.Watch;

/// <summary>On the CIB of a real cluster: p_nova_api runs on n2, p_sched on every node.</summary>
public sealed class WatchListTests
{
    [Fact]
    public void What_runs_on_a_node_is_found_with_its_process_and_its_API()
    {
        var watched = WatchList.Of(Running(), "n2");

        var api = Assert.Single(watched, one => one.Resource == "p_nova_api");
        Assert.Equal(("/run/resource-agents/nova-api-p_nova_api.pid", new Uri("http://127.0.0.1:8774/")), (api.PidFile, api.Url));
        Assert.Null(Assert.Single(watched, one => one.Resource == "p_sched").Url);
    }

    [Fact]
    public void What_runs_elsewhere_and_fencing_devices_are_not_watched()
    {
        var watched = WatchList.Of(Running(), "n1");

        Assert.Equal(["p_sched"], watched.Select(one => one.Resource));
    }

    [Theory]
    [InlineData("call-id=\"328\" rc-code=\"0\" op-status=\"0\"", "call-id=\"-1\" rc-code=\"193\" op-status=\"-1\"")]
    [InlineData("operation_key=\"p_nova_api_start_0\" operation=\"start\"", "operation_key=\"p_nova_api_stop_0\" operation=\"stop\"")]
    [InlineData("call-id=\"320\" rc-code=\"0\"", "call-id=\"399\" rc-code=\"7\"")]
    [InlineData("name=\"no-quorum-policy\" value=\"stop\"", "name=\"maintenance-mode\" value=\"true\"")]
    [InlineData("name=\"port\" value=\"8774\"/></instance_attributes>", "name=\"port\" value=\"8774\"/></instance_attributes><meta_attributes id=\"m\"><nvpair id=\"m1\" name=\"is-managed\" value=\"false\"/></meta_attributes>")]
    public void What_Pacemaker_starts_or_stops_has_seen_fail_or_does_not_manage_is_left_alone(string runs, string not)
    {
        var watched = WatchList.Of(Running(text => text.Replace(runs, not, StringComparison.Ordinal)), "n2");

        Assert.DoesNotContain(watched, one => one.Resource == "p_nova_api");
    }

    [Theory]
    [InlineData("pidfile", "/run/api.pid", "/run/api.pid", null)]
    [InlineData("command", "/usr/bin/nova-api", "/run/resource-agents/nova-api-p_nova_api.pid", null)]
    [InlineData("config", "/etc/nova.conf", "/run/resource-agents/nova-api-p_nova_api.pid", "nova-api.service")]
    [InlineData("unit", "nova-api.service", null, "nova-api.service")]
    public void An_agent_that_says_where_its_process_is_is_believed(string parameter, string value, string? file, string? unit)
    {
        var cib = Running(text => text.Replace("name=\"port\" value=\"8774\"", $"name=\"{parameter}\" value=\"{value}\"", StringComparison.Ordinal));

        var api = Assert.Single(WatchList.Of(cib, "n2"), one => one.Resource == "p_nova_api");

        Assert.Equal((file, unit), (api.PidFile, api.Unit));
    }

    [Theory]
    [InlineData("url", "http://10.0.0.5:8774/", "http://10.0.0.5:8774/")]
    [InlineData("url", "", null)]
    [InlineData("config", "/etc/nova.conf", "http://127.0.0.1:8774/")]
    [InlineData("port", "0", null)]
    public void An_API_is_asked_where_its_agent_asks_it(string parameter, string value, string? url)
    {
        var cib = Running(text => text.Replace("name=\"port\" value=\"8774\"", $"name=\"{parameter}\" value=\"{value}\"", StringComparison.Ordinal));

        Assert.Equal(url, Assert.Single(WatchList.Of(cib, "n2"), one => one.Resource == "p_nova_api").Url?.ToString());
    }

    internal static Cib Running(Func<string, string>? change = null)
    {
        // As cibadmin prints it, on lines of their own; here what belongs together stands together.
        var text = System.Xml.Linq.XElement.Parse(Sample.Read("cib_running.xml")).ToString(System.Xml.Linq.SaveOptions.DisableFormatting).Replace(" />", "/>", StringComparison.Ordinal);
        var changed = change?.Invoke(text);
        Assert.True(changed is null || changed != text, "The change finds nothing to change.");
        return Cib.Parse(changed ?? text);
    }
}
