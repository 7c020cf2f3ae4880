using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using Kedge.OpenStack;

namespace Kedge.Lab.Tests;

/// <summary>The lab that <c>dev/lab up</c> built, and the binary as a person uses it: as a process of its own.</summary>
sealed class TwoClouds
{
    public static string State { get; } = Environment.GetEnvironmentVariable("KEDGE_LAB") is { Length: > 0 } named ? named : "/var/tmp/kedge-lab";

    public static string Root { get; } = RootOf();

    /// <summary>What kedge keeps: journal, sites, workloads, mappings, and the repository beside it.</summary>
    public static string Home { get; } = Path.Combine(State, "test");

    public static string Kedge { get; } = Path.Combine(AppContext.BaseDirectory, "kedge");

    public static Cloud Connect(string name) =>
        Cloud.Connect(CloudsYaml.Load(name, SettingsSource.Process() with { File = Path.Combine(State, "clouds.yaml") }), null, TimeProvider.System);

    /// <summary>Runs <c>kedge</c> to its end.</summary>
    public static Task<Ended> KedgeAsync(params string[] arguments) => RunAsync(Kedge, arguments);

    /// <summary>As above, and what it printed as JSON; fails on another exit code than 0.</summary>
    public static async Task<JsonNode> KedgeJsonAsync(params string[] arguments)
    {
        var ended = await KedgeAsync([.. arguments, "-f", "json"]);
        Assert.True(ended.Code == 0, $"kedge {string.Join(' ', arguments)} ended with {ended.Code}:\n{ended.Error}\n{ended.Output}");
        return JsonNode.Parse(ended.Output)!;
    }

    public static async Task<string> ScriptAsync(string file, params string[] arguments)
    {
        var ended = await RunAsync(file, arguments);
        Assert.True(ended.Code == 0, $"{file} {string.Join(' ', arguments)} ended with {ended.Code}:\n{ended.Error}\n{ended.Output}");
        return ended.Output;
    }

    static Process Start(string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        start.Environment["KEDGE_LAB"] = State;
        start.Environment["KEDGE_DATA"] = Path.Combine(Home, "data");
        start.Environment["KEDGE_REPOSITORY"] = Path.Combine(Home, "repository");
        start.Environment["OS_CLIENT_CONFIG_FILE"] = Path.Combine(State, "clouds.yaml");
        return Process.Start(start)!;
    }

    public static async Task<Ended> RunAsync(string file, params string[] arguments)
    {
        using var process = Start(file, arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        var ended = new Ended(process.ExitCode, await output, await error);
        Log($"$ {Path.GetFileName(file)} {string.Join(' ', arguments)}\n{ended.Error}{ended.Output}[{ended.Code}]");
        return ended;
    }

    public static void Log(string text)
    {
        Directory.CreateDirectory(Home);
        File.AppendAllText(Path.Combine(Home, "test.log"), $"{TimeProvider.System.GetUtcNow():HH:mm:ss} {text}\n", Encoding.UTF8);
        Console.WriteLine($"{TimeProvider.System.GetUtcNow():HH:mm:ss} {text}");
    }

    static string RootOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}

sealed record Ended(int Code, string Output, string Error);
