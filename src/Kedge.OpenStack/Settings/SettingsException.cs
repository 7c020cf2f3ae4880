namespace Kedge.OpenStack;

/// <summary>The settings of a cloud cannot be used. Has every problem found, so that they can be mended in one go.</summary>
/// <param name="problems">Each problem: which setting, what is wrong, what to do.</param>
public sealed class SettingsException(IReadOnlyList<string> problems) : Exception(string.Join(Environment.NewLine, problems))
{
    /// <summary>Each problem: which setting, what is wrong, what to do.</summary>
    public IReadOnlyList<string> Problems { get; } = problems;
}
