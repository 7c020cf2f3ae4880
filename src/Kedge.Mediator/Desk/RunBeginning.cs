using Kedge.Plans;

namespace Kedge.Mediator.Desk;

/// <summary>How a run is begun.</summary>
/// <param name="Run">Its id, if a new one is begun: begun again with the same one, it is there once.</param>
/// <param name="Who">On whose word; it stays in the journal.</param>
/// <param name="Told">What a person should know, as it is found.</param>
public sealed record RunBeginning(RunId Run, string Who, IProgress<string> Told);
