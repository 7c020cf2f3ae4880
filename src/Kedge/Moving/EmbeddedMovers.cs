using Kedge.Contracts.Moving;
using Kedge.Home;
using Kedge.Mediator.Moving;
using Kedge.Mover;
using Kedge.Mover.Settings;
using Kedge.Recovery.Formats;

namespace Kedge.Moving;

/// <summary>
/// What a run in this process orders from: the board with its door, for movers that were enrolled; and a mover in this process, when <c>movers/here.yaml</c>
/// in the data directory says which disks it reaches from here.
/// </summary>
sealed class EmbeddedMovers : IAsyncDisposable
{
    readonly MoverDoor door;
    readonly MoverHost? host;
    readonly CancellationTokenSource stop = new();
    readonly Task running;

    EmbeddedMovers(MoverDoor door, MoverHost? host)
    {
        this.door = door;
        this.host = host;
        running = host?.RunAsync(stop.Token) ?? Task.CompletedTask;
    }

    public static async Task<EmbeddedMovers> OpenAsync(KedgeHome kedge, Surroundings around, CancellationToken cancel)
    {
        var settings = await FindSettingsAsync(Path.Combine(MoverDoor.DirectoryIn(kedge.DataPath), "here.yaml"), cancel);
        var door = await MoverDoor.OpenAsync(kedge.Movers, kedge.DataPath, around.Settings.Variables.GetValueOrDefault("KEDGE_MOVERS"), around.Clock, cancel);
        if (door.ClosedBecause is { } why)
            around.Error.WriteLine($"kedge: movers of other machines cannot reach this run: {why}.");
        var host = settings is null
            ? null
            : new MoverHost(settings, [new LocalBoard(kedge.Movers, new MoverId(settings.Site, settings.Name))], around.Clock, TextWriter.Synchronized(around.Error));
        return new EmbeddedMovers(door, host);
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await running;
        host?.Dispose();
        stop.Dispose();
        await door.DisposeAsync();
    }

    static async Task<MoverSettings?> FindSettingsAsync(string path, CancellationToken cancel) =>
        File.Exists(path) ? MoverSettingsFile.Read(await File.ReadAllTextAsync(path, cancel), MoverUse.Embedded) : null;
}

/// <summary>A mover's settings are YAML, which the mover itself need not know.</summary>
static class MoverSettingsFile
{
    /// <exception cref="FormatException">Not YAML.</exception>
    /// <exception cref="MoverSettingsException">With all that is wrong.</exception>
    public static MoverSettings Read(string text, MoverUse use) => MoverSettingsReader.Read(YamlText.Parse(text), use);
}
