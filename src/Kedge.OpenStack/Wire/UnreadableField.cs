namespace Kedge.OpenStack.Wire;

/// <summary>A field that the cloud did not tell, and why: "not captured" must be told apart from "empty".</summary>
/// <param name="Field">The field as the API names it, such as <c>OS-EXT-SRV-ATTR:user_data</c>.</param>
/// <param name="Reason">What would be needed to read it: a policy, or a newer microversion.</param>
public sealed record UnreadableField(string Field, string Reason);
