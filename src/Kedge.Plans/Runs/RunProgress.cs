namespace Kedge.Plans;

/// <summary>What somebody who watches a run hears: every journaled event, and texts in between that are not journaled.</summary>
/// <param name="State">The run as it stands.</param>
/// <param name="Step">The step that spoke, null for the run itself.</param>
/// <param name="Text">One line for a person.</param>
/// <param name="Fraction">0 to 1, null when unknown.</param>
/// <param name="Recorded">The event, when it is one.</param>
public sealed record RunProgress(RunState State, PlannedStep? Step, string Text, double? Fraction, RecordedEvent? Recorded);
