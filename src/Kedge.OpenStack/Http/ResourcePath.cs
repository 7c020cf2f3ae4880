using System.Runtime.CompilerServices;
using System.Text;

namespace Kedge.OpenStack.Http;

/// <summary>
/// A path below a service's endpoint, written as an interpolated string: what stands in holes is escaped in the path and
/// becomes <c>{}</c> in the template, so that calls can be counted by what they are rather than by whom they were for.
/// </summary>
[InterpolatedStringHandler]
internal sealed class ResourcePath(int literalLength, int formattedCount)
{
    readonly StringBuilder path = new(literalLength + (formattedCount * 36));
    readonly StringBuilder template = new(literalLength + (formattedCount * 2));

    public string Path => path.ToString();

    public string Template => template.ToString();

    public void AppendLiteral(string value)
    {
        path.Append(value);
        template.Append(value);
    }

    public void AppendFormatted<T>(T value)
    {
        var text = value?.ToString();
        ArgumentException.ThrowIfNullOrEmpty(text);
        path.Append(Uri.EscapeDataString(text));
        template.Append("{}");
    }
}
