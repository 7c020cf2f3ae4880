using System.Security.Cryptography;
using System.Text;
using Kedge.OpenStack.Images;
using Kedge.OpenStack.Tests.World;
using Kedge.Testing;

namespace Kedge.OpenStack.Tests.Images;

public sealed class ImageTests : IDisposable
{
    const string Bytes = "the bytes of an image";
    const string Show = "GET glance/v2/images/i1";
    const string File = "GET glance/v2/images/i1/file";
    const string Upload = "PUT glance/v2/images/i1/file";

    readonly ImpatientClock clock = new();
    readonly ScriptedCloud world = new();

    static CancellationToken Cancel => TestContext.Current.CancellationToken;

    static string Sha512(string text) => Convert.ToHexStringLower(SHA512.HashData(Encoding.UTF8.GetBytes(text)));

    static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

#pragma warning disable CA5351 // What older clouds have, and the client must compare with.
    static string Md5(string text) => Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes(text)));
#pragma warning restore CA5351 // Only there.

    static string ImageWith(string fields) => $$$"""{"id": "i1", "status": "active", "disk_format": "raw", {{{fields}}}}""";

    public void Dispose() => world.Dispose();

    public static TheoryData<string> Hashes(string text) => new(
        $"\"os_hash_algo\": \"sha512\", \"os_hash_value\": \"{Sha512(text)}\"",
        $"\"os_hash_algo\": \"sha256\", \"os_hash_value\": \"{Sha256(text)}\"",
        $"\"checksum\": \"{Md5(text)}\"");

    [Theory]
    [MemberData(nameof(Hashes), Bytes)]
    [InlineData("\"checksum\": null, \"os_hash_value\": null")]
    public async Task What_has_the_promised_hash_is_received(string hash)
    {
        world.On(Show, 200, ImageWith(hash)).On(File, 200, Bytes);
        await using var cloud = world.Connect(clock);
        using var target = new MemoryStream();

        var transfer = await cloud.Images.DownloadAsync(new("i1"), target, Cancel);

        Assert.Equal(Bytes, Encoding.UTF8.GetString(target.ToArray()));
        Assert.Equal(new ImageTransfer(Bytes.Length, Sha512(Bytes)), transfer);
    }

    [Theory]
    [MemberData(nameof(Hashes), "other bytes")]
    public async Task What_has_another_hash_is_refused_at_its_end(string hash)
    {
        world.On(Show, 200, ImageWith(hash)).On(File, 200, Bytes, ("x-openstack-request-id", "req-1"));
        await using var cloud = world.Connect(clock);

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Images.DownloadAsync(new("i1"), Stream.Null, Cancel));

        Assert.Equal(Fault.Corrupt, failure.Fault);
        Assert.False(failure.IsTransient);
        Assert.Equal("req-1", failure.RequestId);
    }

    [Fact]
    public async Task A_reader_cannot_reach_the_end_of_bytes_that_are_wrong()
    {
        world.On(Show, 200, ImageWith($"\"os_hash_algo\": \"sha512\", \"os_hash_value\": \"{Sha512("other")}\"")).On(File, 200, Bytes);
        await using var cloud = world.Connect(clock);
        await using var image = await cloud.Images.OpenAsync(new("i1"), Cancel);
        var buffer = new byte[Bytes.Length];

        await image.ReadExactlyAsync(buffer, Cancel);
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => image.ReadAsync(buffer, Cancel).AsTask());

        Assert.Equal(Fault.Corrupt, failure.Fault);
    }

    [Fact]
    public async Task An_image_is_read_while_it_arrives_and_never_held()
    {
        const long Size = 256L << 20;
        using var zeros = new Zeros(Size);
        world.On(Show, 200, ImageWith("\"checksum\": null")).On(File, (_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(zeros) }));
        await using var cloud = world.Connect(clock);
        await using var image = await cloud.Images.OpenAsync(new("i1"), Cancel);

        var (buffer, received, mostHeld) = (new byte[1 << 20], 0L, 0L);
        for (int count; (count = await image.ReadAsync(buffer, Cancel)) > 0;)
        {
            received += count;
            mostHeld = Math.Max(mostHeld, Size - zeros.Left - received);
        }

        Assert.Equal(Size, received);
        Assert.InRange(mostHeld, 0, buffer.Length);
    }

    [Fact]
    public async Task A_stream_that_stands_still_is_given_up()
    {
        var (time, still) = (new FakeClock(), new Still());
        world.On(Show, 200, ImageWith("\"checksum\": null")).On(File, (_, _) => Task.FromResult(new HttpResponseMessage { Content = new StreamContent(still) }));
        await using var cloud = world.Connect(time);
        await using var image = await cloud.Images.OpenAsync(new("i1"), Cancel);

        var reading = image.ReadAsync(new byte[10], Cancel).AsTask();
        await still.Reached;
        time.Advance(TimeSpan.FromSeconds(61));
        var failure = await Assert.ThrowsAsync<OpenStackException>(() => reading);

        Assert.Equal(Fault.Unavailable, failure.Fault);
    }

    [Fact]
    public async Task What_was_sent_is_compared_with_what_the_cloud_computed()
    {
        world.On(Upload, 204).On(Show, 200, ImageWith($"\"size\": {Bytes.Length}, \"os_hash_algo\": \"sha512\", \"os_hash_value\": \"{Sha512(Bytes)}\""));
        await using var cloud = world.Connect(clock);
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(Bytes));

        var transfer = await cloud.Images.UploadAsync(new("i1"), source, Bytes.Length, Cancel);

        Assert.Equal(new ImageTransfer(Bytes.Length, Sha512(Bytes)), transfer);
        Assert.Equal(Bytes, Assert.Single(world.CallsTo(Upload)).Body);
    }

    [Theory]
    [MemberData(nameof(Hashes), "other bytes")]
    [InlineData("\"size\": 3")]
    public async Task An_image_that_arrived_differently_is_corrupt(string fields)
    {
        world.On(Upload, 204).On(Show, 200, ImageWith(fields));
        await using var cloud = world.Connect(clock);
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(Bytes));

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Images.UploadAsync(new("i1"), source, Bytes.Length, Cancel));

        Assert.Equal(Fault.Corrupt, failure.Fault);
        Assert.Contains("i1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_can_be_read_only_once_are_sent_only_once()
    {
        world.On(Upload, 429).On(Upload, 204);
        await using var cloud = world.Connect(clock);
        using var source = new MemoryStream(Encoding.UTF8.GetBytes(Bytes));

        var failure = await Assert.ThrowsAsync<OpenStackException>(() => cloud.Images.UploadAsync(new("i1"), source, null, Cancel));

        Assert.Equal(Fault.OverLimit, failure.Fault);
        Assert.Single(world.CallsTo(Upload));
    }

    [Fact]
    public async Task A_source_that_cannot_be_read_is_not_the_clouds_fault()
    {
        world.On(Upload, 204);
        await using var cloud = world.Connect(clock);
        await using var source = new Broken();

        var failure = await Assert.ThrowsAsync<IOException>(() => cloud.Images.UploadAsync(new("i1"), source, 10, Cancel));

        Assert.Contains("the disk is gone", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Properties_of_people_are_told_apart_from_Glances_own_fields()
    {
        world.On(Show, 200, ImageWith("\"min_disk\": 3, \"hw_firmware_type\": \"uefi\", \"owner\": \"p1\", \"tags\": [\"t\"], \"schema\": \"/v2/schemas/image\", \"kedge_run\": \"r1\""));
        await using var cloud = world.Connect(clock);

        var image = await cloud.Images.GetImageAsync(new("i1"), Cancel);

        Assert.Equal(3, image.MinDiskGib);
        Assert.Equal(["hw_firmware_type", "kedge_run"], image.Properties.Keys.Order());
    }

    [Fact]
    public async Task Properties_are_added_replaced_and_removed_as_they_are_there_or_not()
    {
        world.On(Show, 200, ImageWith("\"old\": \"1\", \"gone\": \"2\"")).On("PATCH glance/v2/images/i1", 200, ImageWith("\"old\": \"3\""));
        await using var cloud = world.Connect(clock);

        await cloud.Images.UpdateImageAsync(new("i1"), new Dictionary<string, string?> { ["old"] = "3", ["new"] = "4", ["gone"] = null, ["never"] = null }, Cancel);

        Json.AreEqual(
            """[{"op": "replace", "path": "/old", "value": "3"}, {"op": "add", "path": "/new", "value": "4"}, {"op": "remove", "path": "/gone"}]""",
            Assert.Single(world.CallsTo("PATCH glance/v2/images/i1")).Body);
    }

    /// <summary>So many zeros.</summary>
    sealed class Zeros(long size) : OneWayStream
    {
        public long Left { get; private set; } = size;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(Left, buffer.Length);
            buffer.Span[..count].Clear();
            Left -= count;
            return ValueTask.FromResult(count);
        }
    }

    /// <summary>Never gives anything.</summary>
    sealed class Still : OneWayStream
    {
        readonly TaskCompletionSource reached = new();

        public Task Reached => reached.Task;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            reached.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }

    sealed class Broken : OneWayStream
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => throw new IOException("the disk is gone");
    }
}
