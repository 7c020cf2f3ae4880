using Kedge.Mediator.Settings;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Kedge.Mediator.Telemetry;

/// <summary>
/// Spans of runs, steps and calls, sent to a collector by OTLP where the environment names one (OTEL_EXPORTER_OTLP_ENDPOINT and its companions, which
/// OpenTelemetry reads itself); else nothing is made and nothing is sent.
/// </summary>
static class TraceExport
{
    /// <summary>Null: nobody wants them.</summary>
    public static IDisposable? Begin(MediatorSettings settings) => settings.SendsTraces
        ? Sdk.CreateTracerProviderBuilder()
            .ConfigureResource(resource => resource.AddService("kedge", serviceInstanceId: settings.Name))
            .AddSource("Kedge.Plans", "Kedge.OpenStack")
            .AddOtlpExporter(otlp => otlp.ExportProcessorType = ExportProcessorType.Batch)
            .Build()
        : null;
}
