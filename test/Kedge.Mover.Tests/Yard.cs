using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Kedge.Blocks;
using Kedge.Blocks.Keys;
using Kedge.Blocks.Stores;
using Kedge.Contracts.Moving;
using Kedge.Mediator.Moving;
using Kedge.Mover.Boards;
using Kedge.Mover.Settings;
using Kedge.Recovery.Formats;
using Kedge.Recovery.Moving;

namespace Kedge.Mover.Tests;

/// <summary>A site with disks, a repository, a board behind its door, and movers: in this process or in their own.</summary>
sealed class Yard : IAsyncDisposable
{
    public const string Site = "dc1";
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-mover-");
    readonly List<MoverProcess> processes = [];
    readonly List<(CancellationTokenSource Stop, Task Running, MoverHost Host)> hosts = [];
    BoardServer? server;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public MoveBoard Board { get; private init; } = null!;

    public MoverAuthority Authority { get; private set; } = null!;

    public Repository Repository { get; private set; } = null!;

    public string RepositoryPath => In("repository");

    public Uri Address => new($"https://localhost:{server!.Port}");

    public static async Task<Yard> NewAsync(TimeSpan? lease = null)
    {
        var yard = new Yard { Board = new MoveBoard(TimeProvider.System, lease ?? TimeSpan.FromSeconds(3)) };
        yard.Authority = await MoverAuthority.OpenOrCreateAsync(yard.In("movers"), TimeProvider.System, Cancel);
        yard.server = await BoardServer.StartAsync(new Uri("https://localhost:0"), [], yard.Board, yard.Authority, TimeProvider.System, Cancel);
        await File.WriteAllBytesAsync(yard.In("key"), SHA256.HashData("a key for tests"u8), Cancel);
        yard.Repository = await Repository.CreateAsync(
            DirectoryStore.Open(yard.RepositoryPath), Credential.KeyFile(await File.ReadAllBytesAsync(yard.In("key"), Cancel)), TimeProvider.System, Cancel);
        return yard;
    }

    /// <summary>The repository's store as a mover opens it, seen by a test at each call.</summary>
    public SeenStore See(Func<string, Task> onCall) => new(DirectoryStore.Open(RepositoryPath), onCall);

    public string In(string name) => Path.Combine(folder.FullName, name);

    /// <summary>A disk of random bytes, then a hole.</summary>
    public async Task<string> DiskAsync(string name, int seed, int contentBytes, long sizeBytes)
    {
        var content = new byte[contentBytes];
        new Random(seed).NextBytes(content);
        await using var file = File.Create(In(name));
        await file.WriteAsync(content, Cancel);
        file.SetLength(sizeBytes);
        return In(name);
    }

    public async Task<string> EnrollAsync(string name, string site = Site)
    {
        var mover = new MoverId(site, name);
        var (certificate, key) = Authority.Prepare(mover);
        await Authority.LetInAsync(mover, certificate, Cancel);
        var path = In($"{name}.identity");
        await AtomicFile.WriteSecretAsync(path, MoverIdentity.Write(mover, [Address.ToString()], certificate, key, Authority.CertificatePem), Cancel);
        return path;
    }

    /// <summary>A mover in a process of its own.</summary>
    public async Task<MoverProcess> StartAsync(string name, string? limit = null, Uri? by = null, string site = Site)
    {
        var settings = new Dictionary<string, object>
        {
            ["identity"] = await EnrollAsync(name, site),
            ["boards"] = new[] { (by ?? Address).ToString() },
            ["repositories"] = new Dictionary<string, object> { ["main"] = new { address = RepositoryPath, key_file = In("key") } },
            ["files"] = new[] { folder.FullName },
            ["runtime_directory"] = folder.FullName,
        };
        if (limit is not null) settings["bandwidth"] = new[] { new { when = "always", limit } };
        await File.WriteAllTextAsync(In($"{name}.json"), JsonSerializer.Serialize(settings), Cancel);
        var process = MoverProcess.Start(In($"{name}.json"));
        processes.Add(process);
        return process;
    }

    /// <summary>A slow mover in a process of its own, at a site where it is alone, with an order placed there.</summary>
    public async Task<(MoverProcess Mover, MoveOrder Order)> StartSlowAsync(string name, MoveOrder order, string limit)
    {
        var there = order with { Site = "dc9" };
        var mover = await StartAsync(name, limit, site: there.Site);
        Board.Order(there);
        return (mover, there);
    }

    /// <summary>A mover in this process, straight at the board.</summary>
    public MoverSettings Host(Func<MoverSettings, MoverSettings>? with = null)
    {
        var settings = new MoverSettings
        {
            Site = Site,
            Name = "here",
            Repositories = System.Collections.Immutable.ImmutableDictionary<string, RepositoryPlace>.Empty.Add("main", new RepositoryPlace(RepositoryPath, new SecretFile(In("key"), SecretKind.Key))),
            Files = [folder.FullName],
            RuntimeDirectory = folder.FullName,
        };
        settings = with?.Invoke(settings) ?? settings;
        var stop = new CancellationTokenSource();
        var host = new MoverHost(settings, [new DirectLink(Board, new MoverId(settings.Site, settings.Name))], TimeProvider.System, TextWriter.Null);
        hosts.Add((stop, host.RunAsync(stop.Token), host));
        return settings;
    }

    public static MoveOrder Order(string id, MoveDevice device, MoveWork work) => new(id, Site, device, "main", work);

    public static MoveOrder Read(string id, string path, long? parent = null, string series = "disk-1") =>
        Order(id, new MoveDevice.LocalFile(path), new MoveWork.Read(series, "root", parent, new ChangeSource.Compared()));

    /// <summary>Orders, and asks until it ends.</summary>
    public async Task<MoveStatus> EndOfAsync(MoveOrder order)
    {
        while (true)
        {
            if (Board.Order(order) is var end and (MoveStatus.Done or MoveStatus.Failed)) return end;
            await Task.Delay(20, Cancel);
        }
    }

    public async Task<MoveResult> DoneAsync(MoveOrder order)
    {
        var end = await EndOfAsync(order);
        return end is MoveStatus.Done done ? done.Result : throw new Xunit.Sdk.XunitException($"{order.Id} failed: {end}\n{string.Join("\n", processes.SelectMany(p => p.Lines))}");
    }

    public async Task<MoveFailure> FailedAsync(MoveOrder order) => Assert.IsType<MoveStatus.Failed>(await EndOfAsync(order)).Failure;

    /// <summary>Asks until the status is so.</summary>
    public async Task<MoveStatus> UntilAsync(MoveOrder order, Func<MoveStatus, bool> isSo)
    {
        while (true)
        {
            var status = Board.Order(order);
            if (isSo(status)) return status;
            if (status is MoveStatus.Done or MoveStatus.Failed) throw new Xunit.Sdk.XunitException($"{order.Id} ended before that: {status}");
            await Task.Delay(20, Cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in processes) await process.DisposeAsync();
        foreach (var (stop, running, host) in hosts)
        {
            await stop.CancelAsync();
            await running;
            host.Dispose();
            stop.Dispose();
        }
        if (server is not null) await server.DisposeAsync();
        Authority.Dispose();
        folder.Delete(recursive: true);
    }
}

/// <summary>Tells a test of each call (its verb and what it names) before it is made.</summary>
sealed class SeenStore(IStore inner, Func<string, Task> onCall) : IStore, IDisposable
{
    public int Disposed { get; private set; }

    public async ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        await onCall($"put {name}");
        return await inner.PutAsync(name, content, cancel);
    }

    public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel) => inner.ReadAsync(name, offset, into, cancel);

    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => inner.FindAsync(name, cancel);

    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel)
    {
        await onCall($"list {prefix}");
        await foreach (var found in inner.ListAsync(prefix, cancel)) yield return found;
    }

    public ValueTask DeleteAsync(string name, CancellationToken cancel) => inner.DeleteAsync(name, cancel);

    public void Dispose() => Disposed++;
}

/// <summary>A board in the same process.</summary>
sealed class DirectLink(MoveBoard board, MoverId mover) : IBoardLink
{
    public string Name => "here";

    public Task<MoveLease?> TakeAsync(MoverOffer offer, CancellationToken cancel) => board.TakeAsync(mover, offer, cancel);

    public Task<ReportReceipt> ReportAsync(MoveReport report, CancellationToken cancel) => Task.FromResult(board.Report(mover, report));
}
