using System.Text.Json;
using System.Text.Json.Serialization;
using Kedge.Blocks.Devices;
using Kedge.Contracts.Moving;
using Kedge.Mover.Settings;

namespace Kedge.Mover.Devices;

/// <summary>What Ceph says has changed between two snapshots: <c>rbd diff --from-snap … --format json</c>, read as it comes.</summary>
static class RbdDiff
{
    /// <summary>Of text; some five million ranges. Whoever has changed in more places is read as a whole.</summary>
    internal const long LongestAnswer = 256 << 20;

    /// <summary>The map, or null when Ceph does not have it, such as after the older snapshot is gone: the caller reads everything, then.</summary>
    public static async Task<ChangeMap?> FindAsync(MoveDevice.Rbd rbd, string fromSnapshot, CephSettings ceph, long sizeBytes, ToolPaths tools, TimeProvider time, CancellationToken cancel)
    {
        var image = $"{rbd.Pool}/{rbd.Image}{(rbd.Snapshot is { } snapshot ? $"@{snapshot}" : "")}";
        await using var child = ChildProcess.Start(tools.Rbd, ["--conf", ceph.Conf, "--id", ceph.User, "diff", "--from-snap", fromSnapshot, "--format", "json", image], time);
        var isWhole = false;
        try
        {
            var map = await ReadAsync(child.Output, sizeBytes, LongestAnswer, cancel);
            isWhole = map is not null && await child.EndAsync(cancel) == 0;
            return isWhole ? map : null;
        }
        finally
        {
            if (!isWhole) child.Kill();
        }
    }

    /// <summary>Null: not what <c>rbd</c> prints, so that nothing must be believed of it.</summary>
    internal static async Task<ChangeMap?> ReadAsync(Stream json, long sizeBytes, long limitBytes, CancellationToken cancel)
    {
        var map = new ChangeMap(sizeBytes);
        try
        {
            await using var bounded = new BoundedStream(json, limitBytes);
            await foreach (var extent in JsonSerializer.DeserializeAsyncEnumerable(bounded, RbdJson.Default.RbdExtent, cancel))
            {
                if (extent is not { Offset: >= 0, Length: >= 0 } || extent.Offset > long.MaxValue - extent.Length) return null;
                map.Add(new Extent(extent.Offset, extent.Length));
            }
            return map;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidDataException)
        {
            // Longer than it may be.
            return null;
        }
    }
}

/// <summary>One entry; what is no longer allocated (<c>exists</c> false) has changed as well.</summary>
sealed record RbdExtent(long Offset, long Length);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(RbdExtent))]
sealed partial class RbdJson : JsonSerializerContext;
