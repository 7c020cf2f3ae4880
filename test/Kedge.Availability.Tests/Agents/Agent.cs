using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Kedge.Availability.Tests.Agents;

/// <summary>One resource as Pacemaker would run its agent, in a folder of its own, with a stand-in program for the service.</summary>
sealed class Agent : IDisposable
{
    readonly Dictionary<string, string> environment = new() { ["OCF_ROOT"] = "/usr/lib/ocf", ["OCF_RESKEY_CRM_meta_timeout"] = "20000" };

    public Agent(string name)
    {
        Folder = Directory.CreateTempSubdirectory("agent").FullName;
        Program = Path.Combine(Folder, name);
        // Debian's tester calls it as nobody, who may not read where this repository lies.
        var lib = Directory.CreateDirectory(Path.Combine(Folder, "lib")).FullName;
        foreach (var part in Directory.EnumerateFiles(Path.Combine(Root, "packaging/ocf/lib")))
            File.Copy(part, Path.Combine(lib, Path.GetFileName(part)));
        const UnixFileMode readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        File.SetUnixFileMode(Folder, readable);
        // The name that it is called by is the name of the service.
        File.CreateSymbolicLink(Program, Path.Combine(lib, "agent"));
        environment["OCF_RESOURCE_INSTANCE"] = Path.GetFileName(Folder);
        Set("pid", PidFile).Set("log", Log).Set("config", "").Set("user", "").Set("grace", "1");
    }

    public static string Root { get; } = RootOf();

    public string Folder { get; }

    public string Program { get; }

    public string PidFile => Path.Combine(Folder, "pid");

    public string Log => Path.Combine(Folder, "log");

    public int Main => int.Parse(File.ReadAllText(PidFile));

    public Agent Set(string parameter, string value)
    {
        environment[$"OCF_RESKEY_{parameter}"] = value;
        return this;
    }

    /// <summary>The service is this shell script. A file of its own keeps what it may hold out of the hands of another shell.</summary>
    public Agent Runs(string script)
    {
        var file = Path.Combine(Folder, "standin");
        File.WriteAllText(file, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return Set("command", file);
    }

    /// <summary>
    /// The service is a unit, of a systemd that is a script: where systemd is not the first process there is no real one. It knows what the
    /// agents ask it for, and writes down every order.
    /// </summary>
    public Agent IsUnit(string unit, bool heedsStop = true)
    {
        var bin = Directory.CreateDirectory(Path.Combine(Folder, "bin")).FullName;
        var script = Path.Combine(bin, "systemctl");
        File.WriteAllText(script, $$$"""
            #!/bin/sh
            cd '{{{Folder}}}' && echo "$*" >> orders
            main=$(cat unit.main 2> /dev/null)
            lives() { [ -n "$main" ] && case $(cut -d ' ' -f 3 "/proc/$main/stat" 2> /dev/null) in Z|X) return 1 ;; *) [ -d "/proc/$main" ] ;; esac; }
            for unit; do :; done
            [ "$unit" = {{{unit}}} ] || { [ "$1" = show ] && echo not-found; exit 0; }
            case $1 in
              start) sleep 987 > /dev/null 2>&1 < /dev/null & echo $! > unit.main ;;
              stop) {{{(heedsStop ? "kill -s CONT $main; kill $main" : ":")}}} ;;
              kill) kill -s KILL $main ;;
              show)
                case $3 in
                  LoadState) echo loaded ;;
                  MainPID) if lives; then echo $main; else echo 0; fi ;;
                  ActiveState) if lives; then echo active; elif [ -n "$main" ]; then echo failed; else echo inactive; fi ;;
                  Result) echo exit-code ;;
                esac ;;
            esac
            """);
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        environment["PATH"] = $"{bin}:{Environment.GetEnvironmentVariable("PATH")}";
        return Set("unit", unit);
    }

    /// <summary>Main process of the unit.</summary>
    public int UnitMain => int.Parse(File.ReadAllText(Path.Combine(Folder, "unit.main")));

    /// <summary>What systemd was told, a line each.</summary>
    public string[] Orders => File.ReadAllLines(Path.Combine(Folder, "orders"));

    public Task<Answer> StartAsync() => DoAsync("start");

    public Task<Answer> StopAsync() => DoAsync("stop");

    public Task<Answer> MonitorAsync(int depth = 0)
    {
        environment["OCF_CHECK_LEVEL"] = $"{depth}";
        return DoAsync("monitor");
    }

    public Task<Answer> DoAsync(string action) => RunAsync(Program, [action], environment);

    /// <summary>Debian's own judge of agents.</summary>
    public Task<Answer> TestAsync() => RunAsync(
        "ocf-tester",
        ["-n", environment["OCF_RESOURCE_INSTANCE"], .. environment.Where(one => one.Key.StartsWith("OCF_RESKEY_", StringComparison.Ordinal) && one.Key != "OCF_RESKEY_CRM_meta_timeout")
            .SelectMany(one => new[] { "-o", $"{one.Key["OCF_RESKEY_".Length..]}={one.Value}" }), Program],
        new());

    public static async Task<Answer> RunAsync(string file, IReadOnlyList<string> arguments, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Root };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        start.Environment["PATH"] += ":/usr/sbin:/sbin";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return new(process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        StopAsync().GetAwaiter().GetResult();
        Directory.Delete(Folder, recursive: true);
    }

    static string RootOf([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));
}

sealed record Answer(int Code, string Output, string Error);
