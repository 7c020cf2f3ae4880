using System.Text.Json.Serialization;
using Kedge.OpenStack.Wire;

namespace Kedge.OpenStack.Images;

/// <summary>Id of an image.</summary>
/// <param name="Value">The id as the cloud writes it.</param>
[JsonConverter(typeof(ResourceIdConverter<ImageId>))]
public readonly record struct ImageId(string Value) : IResourceId<ImageId>
{
    /// <inheritdoc/>
    public static ImageId Of(string value) => new(value);

    /// <summary>The id as the cloud writes it.</summary>
    public override string ToString() => Value ?? "";
}
