using System.CommandLine;
using Kedge.Home;
using Microsoft.Data.Sqlite;

namespace Kedge.Commands;

/// <summary><c>kedge backup</c>: a copy of the data directory while everything runs.</summary>
static class BackupCommand
{
    public static Command Create(Surroundings around, HomeOptions home)
    {
        var directory = new Argument<string>("DIRECTORY") { Description = "Where the copy is made; it must not be there yet, or be empty." };
        var command = new Command(
            "backup",
            """
            Copy the data directory while mediators and runs go on: the journal as it is at one moment, and every record. The copy is a data
            directory itself: to restore it, put it in the place of the lost one. Recovery points are not in it: back their directory up as files.
            Where KEDGE_DATABASE is set the journal is there: back it up with pg_dump.
            """) { directory };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var target = Path.GetFullPath(parsed.GetValue(directory)!, around.Settings.Directory);
            if (!Directory.Exists(kedge.DataPath))
                throw new UsageException($"There is no data directory {kedge.DataPath}.");
            if (Directory.Exists(target) && Directory.EnumerateFileSystemEntries(target).Any())
                throw new UsageException($"{target} is not empty: choose a new directory.");
            Directory.CreateDirectory(target, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            var files = CopyRecords(kedge, target);
            var hasJournal = await CopyDatabaseAsync("kedge.db", kedge.DataPath, target, cancel);
            // Tokens, and which requests were answered already.
            await CopyDatabaseAsync("api.db", kedge.DataPath, target, cancel);
            around.Error.WriteLine($"{files} records{(hasJournal ? " and the journal" : "")} are in {target}.");
            if (around.Settings.Variables.GetValueOrDefault("KEDGE_DATABASE") is { Length: > 0 })
                around.Error.WriteLine("The journal is in PostgreSQL and not in this copy: pg_dump it.");
            return ExitCodes.Done;
        });
        return command;
    }

    /// <summary>Each is written whole or not at all, so each copy is whole. Schedules are made again; what ends in .new is not there yet.</summary>
    static int CopyRecords(KedgeHome kedge, string target)
    {
        var count = 0;
        var skipped = kedge.RepositoryPath + Path.DirectorySeparatorChar;
        foreach (var file in Directory.EnumerateFiles(kedge.DataPath, "*", SearchOption.AllDirectories).Where(file => !file.StartsWith(skipped, StringComparison.Ordinal)))
        {
            var name = Path.GetRelativePath(kedge.DataPath, file);
            if (Path.GetFileName(name).Contains(".db", StringComparison.Ordinal) || name.EndsWith(".new", StringComparison.Ordinal) || file.StartsWith(target + Path.DirectorySeparatorChar, StringComparison.Ordinal))
                continue;
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(target, name))!);
            File.Copy(file, Path.Combine(target, name));
            count++;
        }
        return count;
    }

    /// <summary>In one reading transaction, beside whoever writes (https://www.sqlite.org/lang_vacuum.html#vacuuminto). False: there is none.</summary>
    static async Task<bool> CopyDatabaseAsync(string name, string data, string target, CancellationToken cancel)
    {
        var (from, to) = (Path.Combine(data, name), Path.Combine(target, name));
        if (!File.Exists(from))
            return false;
        await using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = from, Mode = SqliteOpenMode.ReadWrite, Pooling = false, DefaultTimeout = 60 }.ToString());
        await connection.OpenAsync(cancel);
        await using var copy = connection.CreateCommand();
        copy.CommandText = "VACUUM INTO $to";
        copy.Parameters.AddWithValue("$to", to);
        await copy.ExecuteNonQueryAsync(cancel);
        File.SetUnixFileMode(to, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return true;
    }
}
