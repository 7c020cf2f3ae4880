using Kedge.Availability.Export;
using Kedge.Availability.Layout;
using Kedge.Availability.Pacemaker;

namespace Kedge.Availability.Tests.Export;

/// <summary>What is exported for pcs and crmsh is given to the real ones, and makes the same CIB.</summary>
public sealed class ExportTests : IDisposable
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-ha-");

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    string File => Path.Combine(folder.FullName, "cib.xml");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public async Task Commands_of_pcs_make_the_same_CIB()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/pcs"), "pcs is not installed.");
        var layout = Files.Layout(Files.OneOfEach);
        await StartAsync();

        await RunAsync(PcsExport.Write(layout).Replace("pcs ", $"pcs -f {File} ", StringComparison.Ordinal));

        await SameAsync(layout);
    }

    [Fact]
    public async Task Configuration_of_crmsh_makes_the_same_CIB()
    {
        Assert.SkipUnless(System.IO.File.Exists("/usr/sbin/crm"), "crmsh is not installed.");
        var layout = Files.Layout(Files.OneOfEach);
        await StartAsync();
        await System.IO.File.WriteAllTextAsync(File + ".crm", CrmExport.Write(layout), Cancel);

        await RunAsync($"CIB_file={File} crm -F configure load update {File}.crm");

        await SameAsync(layout);
    }

    [Fact]
    public void The_exported_CIB_holds_the_same_part()
    {
        var layout = Files.Layout(Files.OneOfEach);

        var cib = Cib.Parse(CibExport.Write(layout));

        Assert.Empty(PartChange.Between(ClusterPart.Of(layout), ClusterPart.In(cib, layout.Properties.Keys)));
    }

    Task StartAsync() => System.IO.File.WriteAllTextAsync(
        File,
        """
        <cib crm_feature_set="3.16.1" validate-with="pacemaker-3.9" epoch="1" num_updates="0" admin_epoch="0"><configuration><crm_config/>
        <nodes><node id="1" uname="n1"/><node id="2" uname="n2"/><node id="3" uname="n3"/></nodes><resources/><constraints/></configuration><status/></cib>
        """,
        Cancel);

    static async Task RunAsync(string script)
    {
        var answer = await LocalCommands.Here(TimeProvider.System).RunAsync(["sh", "-ec", script], null, Limit, Cancel);
        Assert.True(answer.ExitCode == 0, $"{answer.Output}{answer.Error}");
    }

    async Task SameAsync(ClusterLayout layout)
    {
        var cib = Cib.Parse(await System.IO.File.ReadAllTextAsync(File, Cancel));

        Assert.Empty(PartChange.Between(ClusterPart.Of(layout), ClusterPart.In(cib, layout.Properties.Keys)).Select(change => $"{change.Change} {change.Subject}: {string.Join("; ", change.Details)}"));
    }
}
