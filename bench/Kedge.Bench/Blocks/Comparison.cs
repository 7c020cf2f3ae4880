using System.Globalization;
using Kedge.Bench.Failover;
using Kedge.Blocks.Devices;

namespace Kedge.Bench.Blocks;

/// <summary>`dev/bench blocks`: ours beside restic, borgbackup and qemu-img, in one run on one disk.</summary>
sealed class Comparison(string folder, Run run)
{
    readonly string self = Environment.ProcessPath!;
    readonly string image = Path.Combine(folder, "disk.raw");
    readonly string changed = Path.Combine(folder, "changed.raw");
    readonly string second = Path.Combine(folder, "second.raw");
    readonly string key = Path.Combine(folder, "key");
    readonly string map = Path.Combine(folder, "map");
    readonly Table table = new();
    readonly List<string> lines = [];

    public static async Task<int> RunAsync(string[] args, CancellationToken cancel)
    {
        string folder = Path.Combine(Path.GetTempPath(), "kedge-bench"), mib = "600", repeat = "3";
        string? page = null;
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length) return Usage($"{args[i]} needs a value");
            switch (args[i])
            {
                case "--dir": folder = args[i + 1]; break;
                case "--mib": mib = args[i + 1]; break;
                case "--page": page = args[i + 1]; break;
                case "--repeat": repeat = args[i + 1]; break;
                default: return Usage($"what is {args[i]}?");
            }
        }
        Directory.CreateDirectory(folder);
        var comparison = new Comparison(folder, new Run(folder, int.Parse(repeat, CultureInfo.InvariantCulture)));
        await comparison.PrepareAsync(long.Parse(mib, CultureInfo.InvariantCulture) << 20, cancel);
        await comparison.AllAsync(cancel);
        if (page is not null) await ResultPage.ReplaceAsync(page, "Block data plane", comparison.lines, cancel);
        return 0;
    }

    static int Usage(string problem)
    {
        Console.Error.WriteLine($"{problem}. usage: dev/bench blocks [--dir FOLDER] [--mib DATA] [--repeat N] [--page FILE]");
        return 2;
    }

    async Task PrepareAsync(long dataBytes, CancellationToken cancel)
    {
        if (!File.Exists(image)) await Disks.MakeAsync(folder, image, dataBytes, cancel);
        await File.WriteAllBytesAsync(key, Enumerable.Range(0, 32).Select(i => (byte)i).ToArray(), cancel);
        foreach (var (copy, seed, share, length) in ((string, int, double, int)[])[(changed, 1, 0.005, 64 << 10), (second, 2, 0.1, 4 << 20)])
        {
            if (File.Exists(copy)) continue;
            await run.OnceAsync(["cp", "--sparse=always", image, copy], cancel);
            await Disks.ChangeAsync(copy, copy == changed ? map : map + "2", seed, share, length, cancel);
        }
        // On the disk and in the page cache: who reads it from where is the tool's own affair.
        foreach (var path in (string[])[image, changed, second])
        {
            await run.OnceAsync(["sync", path], cancel);
            await run.OnceAsync(["cp", path, "/dev/null"], cancel);
        }
    }

    async Task AllAsync(CancellationToken cancel)
    {
        var start = MachineState.Now();
        table.Row("", "kedge", "restic", "borg", "qemu-img");
        var full = await FullAsync(cancel);
        await IncrementalAsync(cancel);
        await SecondAsync(cancel);
        await RestoreAsync(cancel);
        var data = new List<Extent>();
        await using (var device = FileDevice.Open(image, FileUse.Read)) await device.FindContentAsync(new Extent(0, device.SizeBytes), data, cancel);
        Say(string.Create(CultureInfo.InvariantCulture, $"`dev/bench blocks`, {start.At:yyyy-MM-dd HH:mm} UTC; {start.Cores} cores, load {start.Load:0.0} at the start and {MachineState.Now().Load:0.0} at the end."));
        Say(string.Create(CultureInfo.InvariantCulture, $"A disk of 2 GiB with {data.Sum(e => e.LengthBytes) >> 20} MiB of data: a sample of `/usr` in ext4. CPU seconds are user and system of the whole process, start-up included, the median of {run.Repeat}. Kedge reads the disk past the page cache, as the mover does; the others read it from there."));
        Say("");
        foreach (var line in table.Lines()) Say(line);
        Stages(full);
        await ManyAsync(cancel);
        await SparseAsync(cancel);
    }

    string[] Ours(params string[] rest) => [self, "blocks", .. rest];

    async Task<Cost> FullAsync(CancellationToken cancel)
    {
        var ours = await run.MedianAsync(_ => FreshAsync("kedge", Ours("init", "kedge", key), cancel), _ => Ours("backup", "kedge", key, "disk", image, "--full"), cancel);
        var restic = await run.MedianAsync(_ => FreshAsync("restic", ["restic", "init", "-q", "-r", "restic"], cancel), _ => ["restic", "-r", "restic", "backup", "-q", image], cancel);
        var borg = await run.MedianAsync(_ => FreshAsync("borg", ["borg", "init", "-e", "repokey", "borg"], cancel), _ => ["borg", "create", "-C", "zstd,1", "borg::full", image], cancel);
        var qemu = await run.MedianAsync(null, _ => ["qemu-img", "convert", "-c", "-O", "qcow2", "-o", "compression_type=zstd", image, "out.qcow2"], cancel);
        table.Costs("full", 5, 2.5, ours, restic, borg, qemu);
        table.Row("repository MiB", Size("kedge"), Size("restic"), Size("borg"), File.Exists(Path.Combine(folder, "out.qcow2")) ? Mib(new FileInfo(Path.Combine(folder, "out.qcow2")).Length) : "-");
        table.Row("– of restic's", Share("kedge", "restic"), "goal <= 1.05");
        return ours!;
    }

    async Task IncrementalAsync(CancellationToken cancel)
    {
        // The same content under the old path, as a disk that went on: the others find their last backup by path.
        var ours = await run.MedianAsync(i => ForgetChangesAsync("kedge", i, cancel), _ => Ours("backup", "kedge", key, "disk", changed), cancel);
        var mapped = await run.MedianAsync(i => ForgetChangesAsync("kedge", i + 1, cancel), _ => Ours("backup", "kedge", key, "disk", changed, "--changes", map), cancel);
        await SwapAsync(cancel);
        try
        {
            await OthersAsync(ours, mapped, cancel);
        }
        finally
        {
            await SwapAsync(CancellationToken.None);
        }
    }

    async Task OthersAsync(Cost? ours, Cost? mapped, CancellationToken cancel)
    {
        var restic = await run.MedianAsync(i => ForgetChangesAsync("restic", i, cancel), _ => ["restic", "-r", "restic", "backup", "-q", image], cancel);
        var borg = await run.MedianAsync(i => ForgetChangesAsync("borg", i, cancel), _ => ["borg", "create", "-C", "zstd,1", "borg::second", image], cancel);
        table.Costs("incremental, by hash", 12, 6, ours, restic, borg, null);
        table.Costs("incremental, change map", 100, 0, mapped, restic, borg, null);
    }

    async Task SecondAsync(CancellationToken cancel)
    {
        var ours = await run.MedianAsync(i => ForgetChangesAsync("kedge", i, cancel), _ => Ours("backup", "kedge", key, "second", second, "--full"), cancel);
        var restic = await run.MedianAsync(i => ForgetChangesAsync("restic", i, cancel), _ => ["restic", "-r", "restic", "backup", "-q", second], cancel);
        var borg = await run.MedianAsync(i => ForgetChangesAsync("borg", i, cancel), _ => ["borg", "create", "-C", "zstd,1", "borg::third", second], cancel);
        table.Costs("second volume, 90 % the same", 0, 0, ours, restic, borg, null);
        table.Row("repository MiB", Size("kedge"), Size("restic"), Size("borg"), "");
    }

    async Task RestoreAsync(CancellationToken cancel)
    {
        foreach (var file in (string[])["out.raw", "out.qcow2"]) File.Delete(Path.Combine(folder, file));
        var ours = await run.MedianAsync(_ => GoneAsync("out.raw"), _ => Ours("restore", "kedge", key, "second", "out.raw"), cancel);
        var proven = await run.MedianAsync(_ => GoneAsync("out.raw"), _ => Ours("restore", "kedge", key, "second", "out.raw", "--read-back"), cancel);
        await run.OnceAsync(["cmp", second, "out.raw"], cancel);
        var restic = await run.MedianAsync(_ => GoneAsync("out"), _ => ["restic", "-r", "restic", "restore", "latest", "-q", "--target", "out"], cancel);
        var borg = await run.MedianAsync(async _ => { await GoneAsync("out"); Directory.CreateDirectory(Path.Combine(folder, "out")); }, _ => ["sh", "-c", "cd out && borg extract --sparse ../borg::third"], cancel);
        table.Costs("restore", 3, 0, ours, restic, borg, null);
        table.Costs("restore, read back, proven", 0, 0, proven, restic, borg, null);
        await GoneAsync("out");
        await GoneAsync("out.raw");
    }

    void Stages(Cost full)
    {
        var sample = new byte[64 << 20];
        using (var file = File.OpenRead(second)) file.ReadAtLeast(sample, sample.Length, throwOnEndOfStream: false);
        var limits = Limits.Measure(sample);
        Say("");
        Say("Full backup by stage: time in the stage over all lanes (wall, so that a busy machine shows here), and its share of this machine's limit for one core on the first 64 MiB.");
        Say("");
        var stages = new Table();
        stages.Row("stage", "ms", "GB/s", "limit GB/s", "share");
        foreach (var (stage, limit) in limits)
        {
            var us = full.Said[$"{stage}_us"];
            var rate = us == 0 ? 0 : full.Said[$"{stage}_bytes"] / (us / 1e6) / 1e9;
            stages.Row(stage, Text($"{us / 1e3:0}"), Text($"{rate:0.00}"), Text($"{limit:0.00}"), Text($"{100 * rate / limit:0} %"));
        }
        foreach (var line in stages.Lines()) Say(line);
        Say("");
        Say(Text($"- Full backup: peak of the resident set {full.Said["peak_kib"] / 1024} MiB."));
    }

    async Task ManyAsync(CancellationToken cancel)
    {
        await FreshAsync("kedge", Ours("init", "kedge", key), cancel);
        await run.OnceAsync(Ours("backup", "kedge", key, "disk", image, "--full"), cancel);
        var scratch = Path.Combine(folder, "scratch.raw");
        await run.OnceAsync(["cp", "--sparse=always", image, scratch], cancel);
        var many = await run.OnceAsync(Ours("many", "kedge", key, scratch, map), cancel);
        File.Delete(scratch);
        Say($"- In one process, as the mover runs, CPU of an incremental point, each with the same places changed anew: change map {many!.Said["map_cpu_ms"]} ms, by hash {many.Said["hash_cpu_ms"]} ms.");
    }

    async Task SparseAsync(CancellationToken cancel)
    {
        var sparse = Path.Combine(folder, "sparse.raw");
        await using (var file = File.Create(sparse)) file.SetLength(1L << 40);
        await Disks.ScatterAsync(sparse, cancel);
        var first = await run.OnceAsync(Ours("backup", "kedge", key, "sparse", sparse, "--full"), cancel);
        var restored = await run.OnceAsync(Ours("restore", "kedge", key, "sparse", "out.raw"), cancel);
        Say(Text($"- 1 TiB sparse: full {first!.CpuS:0.00} CPU s, peak {first.Said["peak_kib"] / 1024} MiB; restore {restored!.CpuS:0.00} CPU s, peak {restored.Said["peak_kib"] / 1024} MiB."));
        File.Delete(sparse);
        await GoneAsync("out.raw");
    }

    void Say(string line)
    {
        Console.WriteLine(line);
        lines.Add(line);
    }

    static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    async Task FreshAsync(string repository, string[] init, CancellationToken cancel)
    {
        await GoneAsync(repository);
        await run.OnceAsync(init, cancel);
    }

    /// <summary>Each repeat of an incremental run begins from the same repository. Borg keeps a memory of it elsewhere, and refuses one that went back in time.</summary>
    async Task ForgetChangesAsync(string repository, int repeat, CancellationToken cancel)
    {
        foreach (var folder in repository == "borg" ? (string[])["borg", "borg-base"] : [repository])
        {
            var (from, to) = repeat == 0 ? (folder, folder + ".kept") : (folder + ".kept", folder);
            await GoneAsync(to);
            await run.OnceAsync(["cp", "-a", from, to], cancel);
        }
    }

    async Task SwapAsync(CancellationToken cancel)
    {
        await run.OnceAsync(["mv", image, image + ".swap"], cancel);
        await run.OnceAsync(["mv", changed, image], cancel);
        await run.OnceAsync(["mv", image + ".swap", changed], cancel);
    }

    Task GoneAsync(string name)
    {
        var path = Path.Combine(folder, name);
        if (Directory.Exists(path)) Directory.Delete(path, recursive: true);
        File.Delete(path);
        return Task.CompletedTask;
    }

    string Size(string repository) => Directory.Exists(Path.Combine(folder, repository)) ? Mib(Disks.SizeOf(Path.Combine(folder, repository))) : "-";

    string Share(string one, string other) => (Disks.SizeOf(Path.Combine(folder, one)) / (double)Disks.SizeOf(Path.Combine(folder, other))).ToString("0.000", CultureInfo.InvariantCulture);

    static string Mib(long bytes) => (bytes / 1048576.0).ToString("0.0", CultureInfo.InvariantCulture);
}
