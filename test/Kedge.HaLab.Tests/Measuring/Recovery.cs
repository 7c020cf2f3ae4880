namespace Kedge.HaLab.Tests.Measuring;

/// <summary>How one fault went. Seconds since the fault.</summary>
/// <param name="Seen">Pacemaker noticed it; null: it need not.</param>
/// <param name="Fenced">The node has no power; null: none was fenced.</param>
/// <param name="Answering">The end of the first answer after which every request was answered.</param>
/// <param name="Whole">Everything that ran before runs again.</param>
/// <param name="Failed">Requests without an answer, of ten a second.</param>
sealed record Recovery(string Setup, Fault Fault, double? Seen, double? Fenced, double Answering, double Whole, int Failed, string Machine, string At);
