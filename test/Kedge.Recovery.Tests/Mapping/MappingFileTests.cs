using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Mapping;

namespace Kedge.Recovery.Tests.Mapping;

public sealed class MappingFileTests
{
    readonly RecordFolder<SiteMapping> folder = MappingFile.In(Path.Combine(Path.GetTempPath(), "kedge-unused"));

    [Fact]
    public void A_mapping_is_read_as_it_was_written()
    {
        var mapping = Some() with { FloatingIps = FloatingIpPolicy.SameAddress };

        var written = folder.Write(mapping);

        Assert.Equal(written, folder.Write(folder.Parse(written, "web.yaml")));
        Assert.Contains("target: null", written, StringComparison.Ordinal);
        Assert.Contains("floatingIps: SameAddress", written, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistake_in_an_item_is_told_with_its_place_and_line()
    {
        var text = folder.Write(Some()).Replace("  targetName: small\n", "  targetname: small\n", StringComparison.Ordinal)
            .Replace("floatingIps: NewAddress", "floatingIps: Never", StringComparison.Ordinal);

        var refused = Assert.Throws<RecordException>(() => folder.Parse(text, "web.yaml"));

        var line = 1 + text.Split('\n').ToList().FindIndex(l => l.Contains("targetname", StringComparison.Ordinal));
        Assert.Contains($"line {line}: flavors[0].targetname is not a field; those here are source, sourceName, target, targetName, why", refused.Message, StringComparison.Ordinal);
        Assert.Contains("flavors[0].targetName is missing", refused.Message, StringComparison.Ordinal);
        Assert.Contains("floatingIps cannot be \"Never\": one of NewAddress, SameAddress, None is wanted", refused.Message, StringComparison.Ordinal);
    }

    static SiteMapping Some() => new()
    {
        Schema = SiteMapping.CurrentSchema,
        Workload = "web",
        From = "a",
        To = "b",
        Project = new MappedResource(new SourceId("p1"), "demo", "p2", "demo", "because"),
        Flavors = [new MappedResource(new SourceId("1"), "m1.small", "2", "small", "same sizes and extra specs")],
        Networks = [new MappedResource(new SourceId("n"), "public", null, null, "2 external networks are there, choose one")],
    };
}
