using System.Collections.Immutable;

namespace Kedge.Recovery.Protection;

/// <summary>A workload cannot be protected as it is; the message holds every reason, each with what to do.</summary>
public sealed class ProtectionException(string workload, ImmutableArray<string> reasons)
    : Exception($"{workload} cannot be protected: {string.Join(" ", reasons)}")
{
    public ImmutableArray<string> Reasons { get; } = reasons;

    internal static ImmutableArray<string> ReasonsAgainst(ImmutableArray<MethodChoice> choices) =>
    [
        .. choices.Where(choice => choice.WhyNot is not null).Select(choice =>
            $"Volume {choice.Name} ({choice.Volume}): {string.Join("; ", choice.Sheets.Where(sheet => !sheet.IsPossible).Select(sheet => $"{sheet.Method.ToString().ToLowerInvariant()}: {sheet.WhyNot}"))}. Or take its server out of the workload."),
    ];
}
