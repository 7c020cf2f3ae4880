namespace Kedge.Availability.Audit;

/// <summary>How bad.</summary>
public enum Weight
{
    /// <summary>Costs time or comfort.</summary>
    Remark,

    /// <summary>A fault will be handled late or not at all.</summary>
    Warning,

    /// <summary>A fault can destroy data, or stop the control plane.</summary>
    Danger,
}

/// <summary>One thing that is dangerous about a cluster, what it leads to, and how it is mended.</summary>
/// <param name="Rule">Stable name, for scripts.</param>
/// <param name="Subject">Which resource, node or property.</param>
public sealed record Finding(string Rule, Weight Weight, string Subject, string What, string Consequence, string Fix);
