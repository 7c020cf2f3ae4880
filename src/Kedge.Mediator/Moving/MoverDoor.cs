using Kedge.Recovery.Formats;
using Kedge.Recovery.Moving;

namespace Kedge.Mediator.Moving;

/// <summary>
/// The door through which movers come to the board of a process that orders: open when movers were enrolled (<c>movers</c> in the data directory) and an
/// address is known; the first of the addresses whose port is free is taken, so that a protection and a failover may run side by side.
/// </summary>
public sealed class MoverDoor : IAsyncDisposable
{
    readonly MoverAuthority? authority;
    readonly BoardServer? server;

    MoverDoor(MoverAuthority? authority, BoardServer? server, string? closedBecause)
    {
        this.authority = authority;
        this.server = server;
        ClosedBecause = closedBecause;
    }

    /// <summary>The port that movers come to; null: the door is closed.</summary>
    public int? Port => server?.Port;

    /// <summary>Why movers of other processes cannot come in, although some were enrolled; null: they can, or there are none.</summary>
    public string? ClosedBecause { get; }

    /// <summary>Where the authority, the list of movers and the addresses are kept.</summary>
    public static string DirectoryIn(string dataPath) => Path.Combine(dataPath, "movers");

    /// <summary>Opens it.</summary>
    /// <param name="board">Where the steps of this process order.</param>
    /// <param name="dataPath">The data directory.</param>
    /// <param name="instead">Addresses in place of those written down there (KEDGE_MOVERS), parted by blanks; null: those.</param>
    /// <exception cref="RecordException">An address is not one.</exception>
    public static async Task<MoverDoor> OpenAsync(MoveBoard board, string dataPath, string? instead, TimeProvider time, CancellationToken cancel)
    {
        var directory = DirectoryIn(dataPath);
        if (MoverAuthority.Find(directory, time) is not { } authority) return new MoverDoor(null, null, null);
        var addresses = instead is { Length: > 0 }
            ? instead.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(text => BoardAddresses.Parse(text)).ToList()
            : await BoardAddresses.ReadAsync(directory, cancel);
        var why = "no address is written down; enroll a mover with --board";
        foreach (var address in addresses)
        {
            try
            {
                return new MoverDoor(authority, await BoardServer.StartAsync(address, addresses, board, authority, time, cancel), null);
            }
            catch (IOException e)
            {
                why = e.Message;
            }
        }
        return new MoverDoor(authority, null, why);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        authority?.Dispose();
    }
}

/// <summary>The addresses under which movers look for boards, one a line in <c>boards</c>.</summary>
public static class BoardAddresses
{
    /// <summary>The port where nothing else is said.</summary>
    public const int UsualPort = 7443;

    /// <summary>An address such as <c>https://kedge.example.org:7443</c>.</summary>
    /// <exception cref="RecordException">It is not one.</exception>
    public static Uri Parse(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != "https" || uri.PathAndQuery != "/" || uri.UserInfo.Length > 0)
            throw new RecordException($"'{text}' is not the address of a board: write https://HOST:PORT, with the name or address under which movers reach this machine.");
        return text.TrimEnd('/').EndsWith($":{uri.Port}", StringComparison.Ordinal) ? uri : new UriBuilder(uri) { Port = UsualPort }.Uri;
    }

    /// <summary>Those written down; none when nothing is.</summary>
    public static async Task<IReadOnlyList<Uri>> ReadAsync(string directory, CancellationToken cancel)
    {
        var path = Path.Combine(directory, "boards");
        return File.Exists(path) ? [.. (await File.ReadAllLinesAsync(path, cancel)).Where(line => line.Trim().Length > 0).Select(line => Parse(line.Trim()))] : [];
    }

    /// <summary>Writes them down, beside those that are there: movers of another site may know this machine by another name. One that is no longer right is taken out of the file by hand.</summary>
    public static async Task AddAsync(string directory, IEnumerable<Uri> boards, CancellationToken cancel)
    {
        var all = (await ReadAsync(directory, cancel)).Concat(boards).Distinct();
        await AtomicFile.WriteSecretAsync(Path.Combine(directory, "boards"), string.Concat(all.Select(board => $"{board.GetLeftPart(UriPartial.Authority)}\n")), cancel);
    }
}
