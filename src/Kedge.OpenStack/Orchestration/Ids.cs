using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Orchestration;

/// <summary>Id of a stack.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<StackId>))]
public readonly record struct StackId(string Value) : IResourceId<StackId>
{
    /// <inheritdoc/>
    public static StackId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
