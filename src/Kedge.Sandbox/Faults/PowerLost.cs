using System.Diagnostics.CodeAnalysis;

namespace Kedge.Sandbox.Faults;

/// <summary>
/// Thrown into the caller of the in-memory handler when a crash sweep cuts its power: nothing in the program under test may catch it.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "It is no error of a program but the end of its machine.")]
public sealed class PowerLost(string message) : Exception(message);
