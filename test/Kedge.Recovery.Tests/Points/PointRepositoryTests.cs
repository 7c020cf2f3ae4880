using System.Collections.Immutable;
using System.Text;
using Kedge.Recovery.Blueprints;
using Kedge.Recovery.Points;

namespace Kedge.Recovery.Tests.Points;

public sealed class PointRepositoryTests : IDisposable
{
    static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    static readonly CancellationToken Cancel = TestContext.Current.CancellationToken;

    readonly string folder = Directory.CreateTempSubdirectory("kedge-points-").FullName;

    [Fact]
    public async Task A_point_that_was_put_is_read_back_as_it_was()
    {
        var repository = await NewAsync();

        var put = await PutAsync(repository, 1);

        var read = await repository.GetAsync("web", put.Id, Cancel);
        Assert.Equal(PointJson.Write(put), PointJson.Write(read));
        Assert.Equal("web", Assert.Single(repository.Workloads()));
    }

    [Fact]
    public async Task Each_point_names_the_one_before_it_and_the_hash_of_its_bytes()
    {
        var repository = await NewAsync();

        var first = await PutAsync(repository, 1);
        var second = await PutAsync(repository, 2);

        Assert.Null(first.Previous);
        Assert.Equal(new PointLink(first.Id, PointJson.HashOf(await File.ReadAllBytesAsync(ManifestOf(first), Cancel))), second.Previous);
    }

    [Fact]
    public async Task The_same_point_put_again_is_the_same_point()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        await PutAsync(repository, 2);

        var again = await PutAsync(repository, 1);

        Assert.Equal(first.Id, again.Id);
        Assert.Equal(2, (await repository.ListAsync("web", Cancel)).Points.Length);
    }

    [Fact]
    public async Task A_point_of_another_run_is_not_replaced()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);

        var refused = await Assert.ThrowsAsync<RepositoryException>(() => repository.PutAsync(first with { Run = "another" }, Cancel));

        Assert.Contains("was not replaced", refused.Message, StringComparison.Ordinal);
        Assert.Equal(first.Run, (await repository.GetAsync("web", first.Id, Cancel)).Run);
    }

    [Fact]
    public async Task A_point_without_its_blueprint_is_refused()
    {
        var repository = await NewAsync();

        await Assert.ThrowsAsync<RepositoryException>(() => repository.PutAsync(Point(1, new string('0', 64)), Cancel));

        Assert.Empty((await repository.ListAsync("web", Cancel)).Points);
    }

    [Theory]
    [InlineData("truncated")]
    [InlineData("a bit turned")]
    [InlineData("emptied")]
    [InlineData("of a newer schema")]
    public async Task A_damaged_point_is_named_and_the_others_stay_readable(string damage)
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        var second = await PutAsync(repository, 2);

        Damage(ManifestOf(second), damage);

        var list = await repository.ListAsync("web", Cancel);
        Assert.Equal(second.Id, Assert.Single(list.Damaged).Id);
        Assert.Equal(first.Id, Assert.Single(list.Points).Point.Id);
        Assert.Equal(first.Id, (await repository.FindNewestUsableAsync("web", Cancel))?.Id);
        Assert.Contains("damaged", (await Assert.ThrowsAsync<RepositoryException>(() => repository.GetAsync("web", second.Id, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_manifest_that_was_changed_together_with_its_hash_file_is_caught_by_the_one_after_it()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        await PutAsync(repository, 2);

        Damage(ManifestOf(first), "a bit turned");
        File.Delete(Path.ChangeExtension(ManifestOf(first), ".sha256"));

        var list = await repository.ListAsync("web", Cancel);
        Assert.Equal(first.Id, Assert.Single(list.Damaged).Id);
    }

    [Fact]
    public async Task A_newest_point_that_was_changed_is_caught_by_one_that_was_put_later_out_of_order()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        var third = await PutAsync(repository, 3);
        await PutAsync(repository, 2);

        Damage(ManifestOf(third), "a bit turned");
        File.Delete(Path.ChangeExtension(ManifestOf(third), ".sha256"));

        Assert.Equal(Path.GetFileNameWithoutExtension(ManifestOf(third)), Assert.Single((await repository.ListAsync("web", Cancel)).Damaged).Id);
        var newest = (await repository.FindNewestUsableAsync("web", Cancel))!.Id;
        Assert.True(newest != third.Id && newest != first.Id, newest);
    }

    [Fact]
    public async Task A_point_whose_blueprint_is_damaged_is_not_the_newest_usable_one()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        var other = await repository.PutBlueprintAsync(Blueprint("other"), Cancel);
        await repository.PutAsync(Point(2, other), Cancel);

        Damage(Path.Combine(folder, "blueprints", other + ".json"), "truncated");

        Assert.Equal(first.Id, (await repository.FindNewestUsableAsync("web", Cancel))?.Id);
    }

    [Fact]
    public async Task A_repository_of_a_newer_format_is_refused_and_not_touched()
    {
        await NewAsync();
        var header = Path.Combine(folder, "repository.json");
        await File.WriteAllTextAsync(header, """{"format": 2, "id": "0", "newThing": true}""", Cancel);

        var refused = await Assert.ThrowsAsync<RepositoryException>(() => PointRepository.OpenAsync(folder, TimeProvider.System, Cancel));

        Assert.Contains("newer kedge", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newThing", await File.ReadAllTextAsync(header, Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_folder_that_is_no_repository_is_neither_opened_nor_taken_over()
    {
        await File.WriteAllTextAsync(Path.Combine(folder, "thesis.txt"), "mine", Cancel);

        await Assert.ThrowsAsync<RepositoryException>(() => PointRepository.OpenAsync(folder, TimeProvider.System, Cancel));
        await Assert.ThrowsAsync<RepositoryException>(() => PointRepository.CreateAsync(folder, TimeProvider.System, Cancel));
    }

    [Fact]
    public async Task Writers_at_the_same_time_make_one_chain()
    {
        await NewAsync();
        var repositories = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => PointRepository.OpenAsync(folder, TimeProvider.System, Cancel)));

        await Task.WhenAll(repositories.Select((repository, i) => Task.Run(() => PutAsync(repository, i + 1), Cancel)));

        var points = (await repositories[0].ListAsync("web", Cancel)).Points;
        Assert.Equal(8, points.Length);
        Assert.Empty((await repositories[0].ListAsync("web", Cancel)).Damaged);
        Assert.Equal(1, points.Count(stored => stored.Point.Previous is null));
    }

    [Fact]
    public async Task What_a_crash_left_beside_a_manifest_is_not_a_point()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        File.Copy(ManifestOf(first), ManifestOf(Point(2, first.Blueprint)) + ".4711.new");
        await File.WriteAllTextAsync(Path.ChangeExtension(ManifestOf(Point(3, first.Blueprint)), ".sha256"), "0", Cancel);

        var list = await repository.ListAsync("web", Cancel);

        Assert.Single(list.Points);
        Assert.Empty(list.Damaged);
    }

    [Fact]
    public async Task A_retired_point_is_offered_no_more_but_still_knows_what_it_referred_to()
    {
        var repository = await NewAsync();
        var first = await PutAsync(repository, 1);
        var second = await PutAsync(repository, 2);

        Assert.True(await repository.DeleteAsync("web", first.Id, Cancel));
        Assert.False(await repository.DeleteAsync("web", first.Id, Cancel));

        Assert.Equal(second.Id, Assert.Single((await repository.ListAsync("web", Cancel)).Points).Point.Id);
        Assert.Equal(first.Id, Assert.Single(await repository.ListRetiredAsync("web", Cancel)).Id);
        await repository.ForgetRetiredAsync("web", first.Id, Cancel);
        Assert.Empty(await repository.ListRetiredAsync("web", Cancel));
    }

    [Theory]
    [InlineData(28, "is full")]
    [InlineData(30, "read-only")]
    public void A_fault_of_the_disk_says_what_to_do(int errno, string expected)
    {
        var told = DiskFaults.Explain("The point was not stored", folder, new IOException("No", errno));

        Assert.Contains(expected, told.Message, StringComparison.Ordinal);
        Assert.Contains(folder, told.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    Task<PointRepository> NewAsync() => PointRepository.CreateAsync(folder, TimeProvider.System, Cancel);

    static async Task<RecoveryPoint> PutAsync(PointRepository repository, int hour) =>
        await repository.PutAsync(Point(hour, await repository.PutBlueprintAsync(Blueprint("web"), Cancel)), Cancel);

    static Blueprint Blueprint(string workload) => new()
    {
        Schema = Blueprints.Blueprint.CurrentSchema,
        Workload = workload,
        Origin = new BlueprintOrigin { Site = "A", Region = "RegionOne", Project = new SourceId("p"), ProjectName = "demo" },
    };

    static RecoveryPoint Point(int hour, string blueprint) => new()
    {
        Schema = RecoveryPoint.CurrentSchema,
        Id = $"20260102T{hour:00}0000Z-0000000{hour}",
        Workload = "web",
        SourceSite = "A",
        TargetSite = "B",
        Run = $"run-{hour}",
        Blueprint = blueprint,
        BlueprintAt = Noon,
        DataAt = Noon + TimeSpan.FromHours(hour),
        Skew = TimeSpan.FromSeconds(1),
        Consistency = PointConsistency.PerVolume,
        Volumes =
        [
            new VolumeCopy
            {
                Volume = new SourceId("v"), SizeGib = 1, DataAt = Noon,
                Chain = [new BackupLink { BackupId = $"b{hour}", Service = "posix", Url = "e30=" }],
            },
        ],
        Remarks = ["made by a test"],
    };

    string ManifestOf(RecoveryPoint point) => Path.Combine(folder, "workloads", "web", "points", point.Id + ".json");

    static void Damage(string file, string how)
    {
        var bytes = File.ReadAllBytes(file);
        switch (how)
        {
            case "truncated":
                bytes = bytes[..(bytes.Length / 2)];
                break;
            case "a bit turned":
                bytes[Encoding.UTF8.GetString(bytes).IndexOf("made by", StringComparison.Ordinal) is var at and >= 0 ? at : bytes.Length / 2] ^= 1;
                break;
            case "emptied":
                bytes = [];
                break;
            default:
                bytes = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(bytes).Replace("\"schema\": 2", "\"schema\": 3", StringComparison.Ordinal));
                File.Delete(Path.ChangeExtension(file, ".sha256"));
                break;
        }
        File.WriteAllBytes(file, bytes);
    }
}
