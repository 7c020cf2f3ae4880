namespace Kedge.Plans;

/// <summary>Names one execution of one plan: 32 lower-case hex digits, in the order of their making. Made at the edge, once.</summary>
public readonly record struct RunId(string Value) : IComparable<RunId>
{
    public static RunId Create(TimeProvider clock) => new(Guid.CreateVersion7(clock.GetUtcNow()).ToString("N"));

    /// <exception cref="FormatException">It is not 32 lower-case hex digits.</exception>
    public static RunId Parse(string text) =>
        TryParse(text, out var run) ? run : throw new FormatException($"\"{text}\" is not the id of a run: 32 lower-case hex digits.");

    public static bool TryParse(string? text, out RunId run)
    {
        var isId = text is { Length: 32 } && text.All(char.IsAsciiHexDigitLower);
        run = isId ? new RunId(text!) : default;
        return isId;
    }

    public int CompareTo(RunId other) => string.CompareOrdinal(Value, other.Value);

    public static bool operator <(RunId left, RunId right) => left.CompareTo(right) < 0;

    public static bool operator >(RunId left, RunId right) => left.CompareTo(right) > 0;

    public static bool operator <=(RunId left, RunId right) => left.CompareTo(right) <= 0;

    public static bool operator >=(RunId left, RunId right) => left.CompareTo(right) >= 0;

    public override string ToString() => Value;
}
