using System.Diagnostics;

namespace Kedge.HaLab.Tests;

/// <summary>
/// The real kedge in a process of its own, on this machine, with <c>--host</c>: its ssh is a script that enters the namespaces of the node, and
/// answers as ssh does when the node has no power. So it can be killed like any other.
/// </summary>
sealed class KedgeInLab : IDisposable
{
    readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("kedge-halab-");

    public KedgeInLab()
    {
        Directory.CreateDirectory(Path.Combine(folder.FullName, "bin"));
        var ssh = Path.Combine(folder.FullName, "bin/ssh");
        File.WriteAllText(ssh, $"""
            #!/bin/sh
            while [ "$1" != -- ]; do shift; done
            pid=$(cat {HaLab.State}/nodes/"$2"/init.pid) && kill -0 "$pid" 2> /dev/null || sleep 5
            kill -0 "$pid" 2> /dev/null || {"{"} echo "ssh: connect to host $2 port 22: Connection timed out" >&2; exit 255; {"}"}
            shift 2
            exec nsenter -t "$pid" -m -u -i -n -p -- sh -c "$*"
            """);
        File.SetUnixFileMode(ssh, UnixFileMode.UserRead | UnixFileMode.UserExecute);
    }

    public string Write(string name, string text)
    {
        var file = Path.Combine(folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }

    public Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "kedge"), ["ha", .. arguments, "--data", Path.Combine(folder.FullName, "data")])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["PATH"] = $"{folder.FullName}/bin:{start.Environment["PATH"]}";
        var process = Process.Start(start)!;
        process.StandardInput.Close();
        return process;
    }

    /// <summary>To its end.</summary>
    public async Task<(int Code, string Output, string Error)> TypeAsync(params string[] arguments)
    {
        using var process = Start(arguments);
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }

    public async Task<string> DoAsync(params string[] arguments)
    {
        var (code, output, error) = await TypeAsync(arguments);
        Assert.True(code == 0, $"kedge ha {string.Join(' ', arguments)} ended with {code}:\n{error}{output}");
        return output;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
