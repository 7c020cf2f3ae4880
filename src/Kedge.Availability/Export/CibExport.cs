using System.Xml.Linq;
using Kedge.Availability.Layout;

namespace Kedge.Availability.Export;

/// <summary>A layout as a CIB of its own, for <c>crm_verify -x</c>, <c>crm_simulate -x</c> and <c>cibadmin</c>.</summary>
public static class CibExport
{
    public static string Write(ClusterLayout layout)
    {
        var configuration = new XElement("configuration", new XElement("crm_config"), new XElement("nodes"), new XElement("resources"), new XElement("constraints"));
        ClusterPart.Of(layout).PutInto(configuration);
        return new XElement(
            "cib",
            new XAttribute("validate-with", "pacemaker-3.9"),
            new XAttribute("admin_epoch", 0),
            new XAttribute("epoch", 0),
            new XAttribute("num_updates", 0),
            configuration,
            new XElement("status")) + "\n";
    }
}
