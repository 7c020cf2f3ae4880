namespace Kedge.Sandbox.Wire;

/// <summary>A refusal on its way to the caller; the service gives it its own shape.</summary>
/// <param name="status">HTTP status.</param>
/// <param name="message">The sentence the real service says.</param>
/// <param name="type">Neutron's and Heat's name of the error; empty elsewhere.</param>
sealed class ApiFault(int status, string message, string type = "") : Exception(message)
{
    public int Status { get; } = status;

    public string Type { get; } = type;

    public TimeSpan? RetryAfter { get; init; }

    public static ApiFault Bad(string message) => new(400, message, "BadRequest");

    public static ApiFault NotFound(string message) => new(404, message, "NotFound");

    public static ApiFault Conflict(string message) => new(409, message, "Conflict");

    public static ApiFault Forbidden(string action) => new(403, $"Policy doesn't allow {action} to be performed.", "PolicyNotAuthorized");
}
