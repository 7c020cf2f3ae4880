using Microsoft.Data.Sqlite;
using static Kedge.Tests.WrongInput.WrongCloudTests;

namespace Kedge.Tests.WrongInput;

public sealed class DamagedStoreTests
{
    [Fact]
    public async Task A_repository_of_a_newer_version_is_refused_and_not_touched()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        var header = Path.Combine(desk.Repository, "repository.json");
        var newer = File.ReadAllText(header).Replace("\"format\": 1", "\"format\": 9", StringComparison.Ordinal).Replace("\"format\":1", "\"format\":9", StringComparison.Ordinal);
        File.WriteAllText(header, newer);

        Says(await desk.TypeAsync("failover shop --yes"), ExitCodes.Storage, "format 9", "newer kedge");
        Says(await desk.TypeAsync("protect shop"), ExitCodes.Storage, "format 9", "newer kedge");
        Assert.Equal(newer, File.ReadAllText(header));
    }

    [Fact]
    public async Task A_truncated_manifest_is_named_and_the_point_before_it_is_offered()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        await desk.DoAsync("protect shop");
        var points = (await desk.DoAsync("point list shop -f value -c ID")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Cut(Directory.EnumerateFiles(desk.Repository, $"{points[0]}*.json", SearchOption.AllDirectories).Single());

        var list = await desk.TypeAsync("point list shop");
        var shown = await desk.DoAsync("point show shop -f value -c id");
        var asked = await desk.TypeAsync($"failover shop --yes --point {points[0]}");

        Says(list, ExitCodes.Storage, points[0], "damaged");
        Assert.Equal(points[1], shown.Output.Trim());
        Says(asked, ExitCodes.Storage, points[0], "damaged");
        await desk.DoAsync($"point delete shop {points[0]} --yes");
        await desk.DoAsync("point list shop");
    }

    [Fact]
    public async Task A_truncated_repository_header_says_that_the_points_may_be_whole()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        Cut(Path.Combine(desk.Repository, "repository.json"));

        Says(await desk.TypeAsync("ready shop"), ExitCodes.Storage, "repository.json is damaged", "may be whole");
    }

    [Fact]
    public async Task A_journal_of_a_newer_version_is_refused_and_not_touched()
    {
        await using var desk = await Desk.WithProtectedShopAsync();
        using (var file = new SqliteConnection($"Data Source={Path.Combine(desk.Data, "kedge.db")};Pooling=False"))
        {
            file.Open();
            using var newer = file.CreateCommand();
            newer.CommandText = "INSERT INTO schema_version VALUES (99, '2040-01-01')";
            newer.ExecuteNonQuery();
        }

        Says(await desk.TypeAsync("run list"), ExitCodes.Storage, "kedge.db", "newer");
        Says(await desk.TypeAsync("failover shop --yes"), ExitCodes.Storage, "kedge.db", "newer");
    }

    [Fact]
    public async Task A_journal_that_is_something_else_is_told()
    {
        await using var desk = await Desk.OpenAsync();
        Directory.CreateDirectory(desk.Data);
        File.WriteAllText(Path.Combine(desk.Data, "kedge.db"), new string('x', 5000));

        Says(await desk.TypeAsync("run list"), ExitCodes.Storage, "kedge.db");
    }

    static void Cut(string file)
    {
        using var stream = File.OpenWrite(file);
        stream.SetLength(stream.Length / 2);
    }
}
