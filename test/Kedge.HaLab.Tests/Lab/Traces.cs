using System.Globalization;

namespace Kedge.HaLab.Tests;

/// <summary>What the lab writes down by itself: what Pacemaker noticed, what the power controller did, and where single services ran.</summary>
static class Traces
{
    /// <summary>When Pacemaker first noticed a thing whose alert holds all of these words.</summary>
    public static DateTimeOffset? Noticed(DateTimeOffset since, params string[] words) => First("alerts", since, words);

    /// <summary>When the power controller had done it; what it refused does not count.</summary>
    public static DateTimeOffset? Fenced(DateTimeOffset since, string node) => First("power.log", since, node, " ok");

    /// <summary>Requests to the power controller, refused ones too.</summary>
    public static int FencingAttempts(DateTimeOffset since) => Lines("power.log").Count(line => line.At >= since);

    public static int Count(string file, DateTimeOffset since, string word) =>
        Lines(file).Count(line => line.At >= since && line.Text.Contains(word, StringComparison.Ordinal));

    /// <summary>
    /// Pairs of nodes on which one single service was active at once. Each instance writes a line 20 times a second; that a line of another
    /// node stands between two lines of one and the same life means that both lived.
    /// </summary>
    public static IReadOnlyList<string> TwoAtOnce(DateTimeOffset since)
    {
        // A life that pauses this long has ended: even a starved machine writes more often.
        var pause = TimeSpan.FromSeconds(10);
        var found = new List<string>();
        foreach (var service in Lines("diary").Where(line => line.At >= since).Select(line => (line.At, Words: line.Text.Split(' '))).GroupBy(line => line.Words[1]))
        {
            var lives = new List<(string Node, DateTimeOffset From, DateTimeOffset To)>();
            foreach (var (at, words) in service.OrderBy(line => line.At))
            {
                var index = lives.FindLastIndex(life => life.Node == words[0]);
                if (index >= 0 && at - lives[index].To < pause)
                    lives[index] = lives[index] with { To = at };
                else
                    lives.Add((words[0], at, at));
            }
            found.AddRange(
                from one in lives
                from other in lives
                where one.From < other.From && other.From < one.To && one.Node != other.Node
                select $"{service.Key}: {one.Node} until {one.To:HH:mm:ss.fff}, {other.Node} from {other.From:HH:mm:ss.fff}");
        }
        return found;
    }

    static DateTimeOffset? First(string file, DateTimeOffset since, params string[] words) =>
        Lines(file).Where(line => line.At >= since && words.All(word => line.Text.Contains(word, StringComparison.Ordinal)))
            .Select(line => (DateTimeOffset?)line.At).Min();

    static IEnumerable<(DateTimeOffset At, string Text)> Lines(string file)
    {
        var path = Path.Combine(HaLab.Home, file);
        if (!File.Exists(path))
            yield break;
        using var reader = new StreamReader(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        while (reader.ReadLine() is { } line)
        {
            var space = line.IndexOf(' ', StringComparison.Ordinal);
            if (space > 0 && double.TryParse(line.AsSpan(0, space), NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds))
                yield return (DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(seconds * 1000)), line[(space + 1)..]);
        }
    }
}
