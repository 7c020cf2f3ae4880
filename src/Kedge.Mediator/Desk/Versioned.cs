using System.Security.Cryptography;
using System.Text;

namespace Kedge.Mediator.Desk;

/// <summary>A record as it is now.</summary>
/// <param name="Tag">Changes whenever what is written of it changes.</param>
public sealed record Versioned<T>(T Value, string Tag);

/// <summary>What whoever changes a record takes it to be. A closed family.</summary>
public abstract record Expected
{
    private Expected() { }

    /// <summary>There is none of that name.</summary>
    public sealed record Nothing : Expected;

    /// <summary>It is as it was when it had this tag.</summary>
    public sealed record Tagged(string Tag) : Expected;

    /// <summary>It is there, whatever it is.</summary>
    public sealed record Anything : Expected;

    /// <exception cref="ProblemException">It is something else.</exception>
    internal void Demand(string what, string? tag)
    {
        switch (this)
        {
            case Nothing when tag is not null:
                throw new ProblemException(V1.ProblemCodes.NameTaken, $"{what} is there already.") { Field = "name" };
            case Tagged or Anything when tag is null:
                throw new ProblemException(V1.ProblemCodes.NotFound, $"There is no {char.ToLowerInvariant(what[0])}{what[1..]}.");
            case Tagged expected when expected.Tag != tag:
                throw new ProblemException(V1.ProblemCodes.Changed, $"{what} was changed by somebody else meanwhile: read it again.") { Field = "If-Match" };
        }
    }
}

static class Tags
{
    /// <summary>128 bits of the hash of what is written.</summary>
    public static string Of(string written) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(written)).AsSpan(0, 16));
}
