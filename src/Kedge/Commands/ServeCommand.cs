using System.CommandLine;
using Kedge.Home;
using Kedge.Mediator;
using Kedge.Mediator.Api;
using Kedge.Mediator.Settings;
using Kedge.OpenStack;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Kedge.Commands;

/// <summary><c>kedge serve</c>: the mediator.</summary>
static class ServeCommand
{
    /// <summary>Well within the WatchdogSec of packaging/kedge.service.</summary>
    static readonly TimeSpan AliveEvery = TimeSpan.FromSeconds(15);

    public static Command Create(Surroundings around, HomeOptions home)
    {
        var listen = new Option<string?>("--listen") { Description = "Where API, health and metrics are answered; https with $KEDGE_TLS_CERTIFICATE and $KEDGE_TLS_KEY. Default: $KEDGE_LISTEN, else http://127.0.0.1:7676; port 0 lets the system choose.", HelpName = "URL" };
        var command = new Command(
            "serve",
            """
            Run the mediator until Ctrl-C or SIGTERM: points are taken so that every workload's RPO holds, runs are executed, and those of a
            mediator or a command that died are gone on with. One for a data directory; or several over one PostgreSQL, whose connection
            string is in $KEDGE_DATABASE ('Host=db;Database=kedge;Username=kedge'), with data directory and repository on storage that they share.
            Prints its address on a line. Operators' guide: docs/operate/mediator.md
            """) { listen };
        command.SetAction(async (parsed, cancel) =>
        {
            var kedge = home.Of(parsed);
            var variables = new Dictionary<string, string>(around.Settings.Variables);
            if (parsed.GetValue(listen) is { } address)
                variables["KEDGE_LISTEN"] = address;
            var settings = MediatorSettings.Parse(variables);
            kedge.Prepare();
            using var logs = Logs();
            await using var mediator = await MediatorHost.StartAsync(settings, RecordsOf(kedge, settings.Api, around), RunOwner.CurrentMediator, around.Clock, logs, cancel);
            around.Output.WriteLine(mediator.Address);
            await around.Output.FlushAsync(cancel);
            await ServeAsync(mediator, new ServiceNotice(variables.GetValueOrDefault("NOTIFY_SOCKET")), around.Clock, cancel);
            return ExitCodes.Done;
        });
        return command;
    }

    static async Task ServeAsync(MediatorHost mediator, ServiceNotice notice, TimeProvider clock, CancellationToken cancel)
    {
        await notice.ReadyAsync(CancellationToken.None);
        while (!cancel.IsCancellationRequested)
        {
            if (mediator.IsAlive)
                await notice.AliveAsync(CancellationToken.None);
            await Task.Delay(AliveEvery, clock, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        await notice.StoppingAsync(CancellationToken.None);
    }

    static MediatorRecords RecordsOf(KedgeHome kedge, ApiSettings api, Surroundings around) => new()
    {
        Sites = kedge.Sites,
        Workloads = kedge.Workloads,
        Policies = kedge.Policies,
        Mappings = kedge.Mappings,
        Connect = kedge.Connect,
        ConnectAs = api.Keystone is { } entry ? KeystoneAt(entry, around) : null,
        Reach = kedge.Reach,
        OpenRepositoryAsync = kedge.OpenOrCreateRepositoryAsync,
        ReadRepositoryAsync = kedge.OpenRepositoryAsync,
        FindRepositoryAsync = kedge.FindRepositoryAsync,
        DataPath = kedge.DataPath,
    };

    /// <summary>Asked once for each token: who waits for an answer asks again himself.</summary>
    /// <exception cref="SettingsException">There is no such entry.</exception>
    static Func<string, Cloud> KeystoneAt(string entry, Surroundings around)
    {
        var settings = CloudsYaml.Load(entry, around.Settings) with { Scope = new CloudScope.None() };
        settings = settings with { Limits = settings.Limits with { Attempts = 1 } };
        return token => Cloud.Connect(settings with { Credential = new Credential.Token(token) }, around.Transport, around.Clock);
    }

    /// <summary>Lines for the journal of systemd, which adds time and host: level, event number, sentence.</summary>
    static ILoggerFactory Logs() => LoggerFactory.Create(logs => logs
        .AddFilter("Quartz", LogLevel.Warning).AddFilter("Microsoft", LogLevel.Warning)
        .AddConsole(console => (console.FormatterName, console.LogToStandardErrorThreshold) = (ConsoleFormatterNames.Systemd, LogLevel.Trace)));
}
