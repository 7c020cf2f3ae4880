using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Kedge.Mediator.Metrics;

/// <summary>
/// Listens to the meters whose name begins with <c>Kedge.</c> and writes what it heard as Prometheus reads it
/// (https://prometheus.io/docs/instrumenting/exposition_formats/, text format 0.0.4).
/// </summary>
sealed class PrometheusPage : IDisposable
{
    /// <summary>Of labels and their values together: what comes beyond is dropped, so that no tenant can fill our memory with names.</summary>
    const int MostSeries = 20_000;

    static readonly double[] Bounds = [0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400];

    readonly ConcurrentDictionary<(Instrument Instrument, string Labels), Series> series = new();
    readonly MeterListener listener = new();
    readonly Lock writing = new();

    public PrometheusPage()
    {
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name.StartsWith("Kedge.", StringComparison.Ordinal))
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Take(instrument, value, tags));
        listener.Start();
    }

    /// <summary>One reader after the other: what one takes away to observe it anew, the other would miss.</summary>
    public string Write()
    {
        lock (writing)
            return WriteAll();
    }

    public void Dispose() => listener.Dispose();

    string WriteAll()
    {
        // What is only observed is asked anew each time, so that what is gone is not shown for ever.
        foreach (var key in series.Keys.Where(key => key.Instrument.IsObservable))
            series.TryRemove(key, out _);
        listener.RecordObservableInstruments();
        var page = new StringBuilder();
        foreach (var group in series.GroupBy(each => each.Key.Instrument).OrderBy(group => group.Key.Name, StringComparer.Ordinal))
        {
            var name = NameOf(group.Key);
            page.Append("# HELP ").Append(name).Append(' ').Append(group.Key.Description).Append('\n');
            page.Append("# TYPE ").Append(name).Append(' ').Append(TypeOf(group.Key)).Append('\n');
            foreach (var ((_, labels), values) in group.OrderBy(each => each.Key.Labels, StringComparer.Ordinal))
                values.Write(page, name, labels);
        }
        return page.ToString();
    }

    void Take(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = (instrument, LabelsOf(tags));
        if (!series.TryGetValue(key, out var found))
        {
            if (series.Count >= MostSeries)
                return;
            found = series.GetOrAdd(key, _ => new Series(TypeOf(instrument)));
        }
        found.Take(value);
    }

    static string NameOf(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        return name + (instrument.Unit == "s" ? "_seconds" : "") + (TypeOf(instrument) == "counter" ? "_total" : "");
    }

    static string TypeOf(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        _ => "gauge",
    };

    static string LabelsOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var labels = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(name).Append("=\"")
                .Append($"{value}".Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }
        return labels.ToString();
    }

    sealed class Series(string type)
    {
        readonly Lock gate = new();
        readonly long[] buckets = new long[Bounds.Length];
        double sum;
        long count;

        public void Take(double value)
        {
            lock (gate)
            {
                sum = type == "gauge" ? value : sum + value;
                count++;
                for (var i = 0; i < Bounds.Length && type == "histogram"; i++)
                    buckets[i] += value <= Bounds[i] ? 1 : 0;
            }
        }

        public void Write(StringBuilder page, string name, string labels)
        {
            lock (gate)
            {
                if (type != "histogram")
                {
                    Line(page, name, labels, sum);
                    return;
                }
                var comma = labels.Length == 0 ? "" : ",";
                for (var i = 0; i < Bounds.Length; i++)
                    Line(page, $"{name}_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{comma}le=\"{Bounds[i]}\""), buckets[i]);
                Line(page, $"{name}_bucket", $"{labels}{comma}le=\"+Inf\"", count);
                Line(page, $"{name}_sum", labels, sum);
                Line(page, $"{name}_count", labels, count);
            }
        }

        static void Line(StringBuilder page, string name, string labels, double value) =>
            page.Append(name).Append(labels.Length == 0 ? "" : $"{{{labels}}}").Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
    }
}
