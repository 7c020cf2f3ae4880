using System.Text.Json.Nodes;
using Kedge.Blocks;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Points;
using Kedge.Blocks.Writing;

namespace Kedge.Tests.Repository;

/// <summary><c>kedge repository</c>, on a directory with one point of one disk.</summary>
public sealed class RepositoryTests : IAsyncDisposable
{
    const string Here = "--blocks blocks --key key";
    const int DiskBytes = 3_000_320;
    Desk desk = null!;

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_is_exported_without_a_data_directory_and_is_what_went_in()
    {
        var content = await FillAsync();

        var typed = await desk.DoAsync($"repository export web root out.raw {Here} -f json");

        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(desk.Folder, "out.raw"), Cancel));
        Assert.True((bool)JsonNode.Parse(typed.Output)!["verified"]!);
        Assert.False(Directory.Exists(desk.Data));
    }

    [Fact]
    public async Task What_is_in_it_is_listed_counted_and_found_sound()
    {
        await FillAsync();

        var points = JsonNode.Parse((await desk.DoAsync($"repository points {Here} -f json")).Output)!;
        var stats = JsonNode.Parse((await desk.DoAsync($"repository stats {Here} -f json")).Output)!;
        var check = JsonNode.Parse((await desk.DoAsync($"repository check --read-data {Here} -f json --head {(string)points[0]!["Head"]!}")).Output)!;

        Assert.Equal("web/1", (string)points[0]!["Point"]!);
        Assert.Equal(DiskBytes, (int)stats["disk_bytes"]!);
        Assert.True((bool)check["sound"]!);
        Assert.True((int)check["blocks_read"]! > 0);
    }

    [Fact]
    public async Task Damage_is_an_exit_code_and_a_line_and_nothing_of_it_is_exported()
    {
        await FillAsync();
        var pack = Directory.EnumerateFiles(Path.Combine(desk.Folder, "blocks/packs"), "*", SearchOption.AllDirectories).MaxBy(path => new FileInfo(path).Length)!;
        var bytes = await File.ReadAllBytesAsync(pack, Cancel);
        bytes[1000] ^= 1;
        await File.WriteAllBytesAsync(pack, bytes, Cancel);

        var quick = await desk.TypeAsync($"repository check {Here}");
        var check = await desk.TypeAsync($"repository check --read-data {Here}");
        var export = await desk.TypeAsync($"repository export web/1 root out.raw {Here}");

        Assert.Equal(ExitCodes.Done, quick.Code);
        Assert.Equal(ExitCodes.Storage, check.Code);
        Assert.Contains(Path.GetFileName(pack), check.Error, StringComparison.Ordinal);
        Assert.Equal(ExitCodes.Storage, export.Code);
        Assert.Contains("could not be restored", export.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_that_was_set_back_in_time_is_found_by_a_head_kept_elsewhere()
    {
        await FillAsync();
        var head = (string)JsonNode.Parse((await desk.DoAsync($"repository points {Here} -f json")).Output)![0]!["Head"]!;
        File.Delete(Path.Combine(desk.Folder, "blocks/points/web/00000001"));

        var unaware = await desk.TypeAsync($"repository check {Here}");
        var aware = await desk.TypeAsync($"repository check {Here} --head {head}");

        Assert.Equal(ExitCodes.Done, unaware.Code);
        Assert.Equal(ExitCodes.Storage, aware.Code);
    }

    [Fact]
    public async Task A_forgotten_point_is_gone_and_prune_frees_its_blocks()
    {
        await FillAsync();

        await desk.DoAsync($"repository forget web/1 --yes {Here}");
        var pruned = JsonNode.Parse((await desk.DoAsync($"repository prune {Here} -f json")).Output)!;

        Assert.True((long)pruned["freed_bytes"]! > 0);
        Assert.Equal("[]", (await desk.DoAsync($"repository points {Here} -f json")).Output.Trim());
        Assert.Equal(ExitCodes.Usage, (await desk.TypeAsync($"repository export web/1 root out.raw {Here}")).Code);
    }

    [Fact]
    public async Task A_writer_that_is_unlocked_away_loses_its_point_and_says_so()
    {
        await FillAsync();
        await using var writer = await (await OpenAsync()).BeginPointAsync("web", Cancel);

        var typed = await desk.DoAsync($"repository unlock --yes {Here}");

        Assert.Contains("1 sessions and locks", typed.Error, StringComparison.Ordinal);
        var lost = await Assert.ThrowsAsync<RepositoryException>(() => writer.CommitAsync(default, Cancel));
        Assert.Equal(RepositoryFault.SessionBroken, lost.Fault);
    }

    [Fact]
    public async Task A_second_key_opens_it_and_a_rotation_leaves_only_the_new_one()
    {
        await FillAsync();
        await File.WriteAllTextAsync(Path.Combine(desk.Folder, "words"), "kept in a safe\n", Cancel);
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "fresh"), new byte[33], Cancel);

        await desk.DoAsync($"repository key add --new-passphrase-file words {Here}");
        await desk.DoAsync("repository stats --blocks blocks --passphrase-file words");
        await desk.DoAsync($"repository key rotate --new-key fresh --yes {Here}");

        Assert.Equal(ExitCodes.Usage, (await desk.TypeAsync($"repository stats {Here}")).Code);
        Assert.Equal(ExitCodes.Usage, (await desk.TypeAsync("repository stats --blocks blocks --passphrase-file words")).Code);
        await desk.DoAsync("repository check --read-data --blocks blocks --key fresh");
    }

    [Theory]
    [InlineData("repository stats", "--blocks")]
    [InlineData("repository stats --blocks blocks", "--key")]
    [InlineData("repository stats --blocks blocks --key key --passphrase-file key", "which one")]
    [InlineData("repository stats --blocks blocks --key nowhere", "nowhere")]
    [InlineData("repository stats --blocks blocks --key short", "32")]
    [InlineData("repository stats --blocks nothing-there --key key", "no repository")]
    [InlineData("repository stats --blocks ftp://there --key key", "s3://")]
    [InlineData("repository stats --blocks s3://bucket --key key", "AWS_ACCESS_KEY_ID")]
    [InlineData("repository init --blocks blocks --key key", "not empty")]
    [InlineData("repository export web/0 root out --blocks blocks --key key", "SERIES/SEQUENCE")]
    [InlineData("repository export web/7 root out --blocks blocks --key key", "kedge repository points")]
    [InlineData("repository export shop root out --blocks blocks --key key", "kedge repository points")]
    [InlineData("repository export web other out --blocks blocks --key key", "It has: root")]
    [InlineData("repository check --head web/1 --blocks blocks --key key", "SEAL")]
    [InlineData("repository key add --blocks blocks --key key", "--new-key")]
    [InlineData("repository prune", "--blocks")]
    public async Task Wrong_input_is_answered_with_what_is_right(string line, string expected)
    {
        await FillAsync();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "short"), new byte[31], Cancel);

        var typed = await desk.TypeAsync(line);

        Assert.True(typed.Code is ExitCodes.Usage or ExitCodes.Storage, typed.ToString());
        Assert.Contains(expected, typed.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("not foreseen", typed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_written_over_unless_that_is_said()
    {
        var content = await FillAsync();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "out.raw"), Enumerable.Repeat((byte)7, DiskBytes).ToArray(), Cancel);

        var refused = await desk.TypeAsync($"repository export web root out.raw {Here}");
        await desk.DoAsync($"repository export web root out.raw --overwrite {Here}");

        Assert.Equal(ExitCodes.Conflict, refused.Code);
        Assert.Equal(content, await File.ReadAllBytesAsync(Path.Combine(desk.Folder, "out.raw"), Cancel));
    }

    public async ValueTask DisposeAsync()
    {
        if (desk is not null) await desk.DisposeAsync();
    }

    async Task<byte[]> FillAsync()
    {
        desk = await Desk.OpenAsync();
        await File.WriteAllBytesAsync(Path.Combine(desk.Folder, "key"), Enumerable.Range(1, 32).Select(i => (byte)i).ToArray(), Cancel);
        await desk.DoAsync($"repository init {Here}");
        var content = new byte[DiskBytes];
        new Random(4).NextBytes(content.AsSpan(300_000, 1_500_000));
        var path = Path.Combine(desk.Folder, "disk.raw");
        await File.WriteAllBytesAsync(path, content, Cancel);
        await using var device = FileDevice.Open(path, FileUse.Read);
        await using var writer = await (await OpenAsync()).BeginPointAsync("web", Cancel);
        await writer.AddDiskAsync("root", device, DiskOptions.Full, Cancel);
        await writer.CommitAsync(default, Cancel);
        return content;
    }

    Task<Blocks.Repository> OpenAsync() =>
        new RepositoryPlace("blocks", new SecretFile("key", SecretKind.Key)).OpenAsync(new Dictionary<string, string>(), desk.Folder, TimeProvider.System, Cancel);
}
