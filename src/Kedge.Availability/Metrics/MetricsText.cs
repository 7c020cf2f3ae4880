using System.Globalization;
using System.Text;

namespace Kedge.Availability.Metrics;

/// <summary>Prometheus' text format: a name, its help and type once, then its values.</summary>
public sealed class MetricsText
{
    readonly StringBuilder text = new();

    public MetricsText Gauge(string name, string help, IEnumerable<(IReadOnlyList<(string Key, string Value)> Labels, double Value)> values) => Add(name, "gauge", help, values);

    public MetricsText Counter(string name, string help, IEnumerable<(IReadOnlyList<(string Key, string Value)> Labels, double Value)> values) => Add(name, "counter", help, values);

    public MetricsText Gauge(string name, string help, double value) => Gauge(name, help, [([], value)]);

    public MetricsText Counter(string name, string help, double value) => Counter(name, help, [([], value)]);

    public override string ToString() => text.ToString();

    MetricsText Add(string name, string type, string help, IEnumerable<(IReadOnlyList<(string Key, string Value)> Labels, double Value)> values)
    {
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
        foreach (var (labels, value) in values)
        {
            text.Append(name);
            if (labels.Count > 0)
                text.Append('{').AppendJoin(',', labels.Select(label => $"{label.Key}=\"{Escaped(label.Value)}\"")).Append('}');
            text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
        }
        return this;
    }

    static string Escaped(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
