using Kedge.Plans;

namespace Kedge.Home;

/// <summary>Which run a command means: the whole id, or so much of its beginning that no other begins so.</summary>
static class RunChoice
{
    public static async Task<RunId> GetAsync(IJournal journal, string text, CancellationToken cancel)
    {
        if (RunId.TryParse(text, out var whole))
            return await journal.FindAsync(whole, cancel) is not null ? whole : throw new RunNotFoundException(whole);
        var found = new List<RunId>();
        await foreach (var run in journal.ListAsync(cancel))
        {
            if (text.Length >= 4 && run.Run.Value.StartsWith(text, StringComparison.Ordinal))
                found.Add(run.Run);
        }
        return found switch
        {
            [var only] => only,
            [] => throw new UsageException($"There is no run {text} (four digits at least): kedge run list"),
            _ => throw new UsageException($"{text} is the beginning of {found.Count} runs: {string.Join(", ", found)}"),
        };
    }
}
