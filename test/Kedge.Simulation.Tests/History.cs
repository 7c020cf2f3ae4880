using System.Security.Cryptography;
using System.Text;

namespace Kedge.Simulation.Tests;

/// <summary>What happened, line by line: equal for equal seeds, byte for byte.</summary>
sealed class History(TimeProvider clock, DateTimeOffset start)
{
    readonly List<string> lines = [];

    public IReadOnlyList<string> Lines => lines;

    /// <summary>Of all lines.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', lines))));

    public void Say(string who, string what) => lines.Add($"{(clock.GetUtcNow() - start).TotalSeconds,9:0.000} {who,-4} {what}");
}
