using Kedge.Blocks.Reading;

namespace Kedge.Blocks.Tests.Repositories;

public sealed class ResumedRestoreTests
{
    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restore_that_was_cut_off_does_not_fetch_again_what_it_wrote()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(21, 400);
        var (point, _) = await shelf.BackUpAsync(disk);
        var half = disk.Changed(0, 0);
        Array.Clear(half.Content, half.Content.Length / 2, half.Content.Length - half.Content.Length / 2);

        var whole = await shelf.Repository.RestoreAsync(point.Disk("root"), new MemoryDevice(new byte[half.Content.Length]), RestoreOptions.Whole, Cancel);
        var rest = await shelf.Repository.RestoreAsync(point.Disk("root"), half, new RestoreOptions { Target = TargetState.PartlyWritten }, Cancel);

        Assert.Equal(disk.Content, half.Content);
        Assert.InRange(rest.FetchedBytes, 1, whole.FetchedBytes * 55 / 100);
    }

    [Fact]
    public async Task What_stands_there_and_is_wrong_is_written_all_the_same()
    {
        var shelf = await Shelf.NewAsync();
        var disk = MemoryDevice.Mixed(22, 40);
        var (point, _) = await shelf.BackUpAsync(disk);
        var target = disk.Changed(5, 7);
        target.Content[2 * Shelf.BlockBytes] = 1;

        await shelf.Repository.RestoreAsync(point.Disk("root"), target, new RestoreOptions { Target = TargetState.PartlyWritten }, Cancel);

        Assert.Equal(disk.Content, target.Content);
    }
}
