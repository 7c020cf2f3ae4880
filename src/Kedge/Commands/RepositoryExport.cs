using System.CommandLine;
using Kedge.Blocks;
using Kedge.Blocks.Devices;
using Kedge.Blocks.Disks;
using Kedge.Blocks.Points;
using Kedge.Blocks.Reading;
using Kedge.Output;

namespace Kedge.Commands;

/// <summary><c>kedge repository export</c>: a disk of a point into a file or onto a device, read back and proven.</summary>
static class RepositoryExport
{
    public static Command Create(Surroundings around, BlocksOptions blocks)
    {
        var which = new Argument<string>("POINT") { Description = "SERIES/SEQUENCE, or SERIES for its newest." };
        var disk = new Argument<string>("DISK") { Description = "The disk's name in the point." };
        var target = new Argument<string>("FILE") { Description = "A file that is not there yet, or a block device of at least the disk's size." };
        var overwrite = new Option<bool>("--overwrite") { Description = "Write over what is on the device or in the file." };
        var command = new Command("export", "Write a disk of a point to a raw file or a block device, read it back and prove it. Needs nothing but the repository and its key.") { which, disk, target, overwrite };
        var output = OutputOptions.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            var name = PointName.Parse(parsed.GetValue(which)!);
            var repository = await blocks.OpenAsync(parsed, cancel);
            var point = await name.GetAsync(repository, cancel);
            var record = point.FindDisk(parsed.GetValue(disk)!)
                ?? throw new UsageException($"The point {point.Series}/{point.Sequence} has no disk '{parsed.GetValue(disk)}'. It has: {string.Join(", ", point.Disks.Select(each => each.Name))}.");
            var path = Path.GetFullPath(parsed.GetValue(target)!, around.Settings.Directory);
            var isNew = !File.Exists(path);
            if (!isNew && !parsed.GetValue(overwrite))
                throw new RefusedException($"{path} is there already; --overwrite writes over it.");

            await using var device = new CountedDevice(isNew ? FileDevice.Create(path, record.SizeBytes) : FileDevice.Open(path, FileUse.Write));
            var found = await WriteAsync(repository, record, device, isNew ? TargetState.Blank : TargetState.Unknown, around, cancel);
            output.Print(parsed, around.Output, new Shown.Fields(
            [
                ("point", $"{point.Series}/{point.Sequence}"), ("taken_at", Moments.Text(point.TakenAt)), ("disk", record.Name), ("file", path), ("bytes", record.SizeBytes), ("verified", found.IsProven),
            ]));
            if (found.IsProven)
                return ExitCodes.Done;
            around.Error.WriteLine($"{found.WrongBlocks.Count} blocks are not what the point says, though they were written: {path} lies, or somebody else writes to it. The first is at {found.WrongBlocks[0] * record.BlockBytes}.");
            return ExitCodes.Storage;
        });
        return command;
    }

    static async Task<VerifyOutcome> WriteAsync(Repository repository, DiskRecord record, CountedDevice device, TargetState state, Surroundings around, CancellationToken cancel)
    {
        await ProgressLine.WhileAsync(repository.RestoreAsync(record, device, new RestoreOptions { Target = state }, cancel), () => $"{ProgressLine.Mib(device.Written)} of a disk of {ProgressLine.Mib(record.SizeBytes)} written", around, cancel);
        return await ProgressLine.WhileAsync(repository.VerifyAsync(record, device, 1, 0, cancel), () => $"{ProgressLine.Mib(device.Read)} read back", around, cancel);
    }
}
