using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Kedge.Mediator.Alarms;
using Microsoft.Extensions.Logging;

namespace Kedge.Mediator.Tests.Watch;

/// <summary>Operators filter by the numbers of events: each has its line in docs/operate/events.md, and no line is of one that is gone.</summary>
public sealed partial class EventsPageTests
{
    [Fact]
    public void Every_event_that_is_logged_has_its_line_and_no_number_means_two_things()
    {
        var logged = typeof(MediatorHost).Assembly.GetTypes()
            .SelectMany(type => type.GetMethods(BindingFlags.Instance | BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()
            .Select(message => $"{message.EventId} {message.Level.ToString().ToLowerInvariant()}")
            .Concat(AlarmKind.All.Select(kind => $"{kind.Number} alarm"));

        Assert.Equal(logged.Order(StringComparer.Ordinal), Described().Order(StringComparer.Ordinal));
        Assert.Equal(Described().Count, Described().Select(line => line.Split(' ')[0]).Distinct().Count());
    }

    static List<string> Described() => [.. Line().Matches(File.ReadAllText(Path.Combine(Root(), "docs/operate/events.md"))).Select(match => $"{match.Groups[1].Value} {match.Groups[2].Value}")];

    static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../../.."));

    [GeneratedRegex(@"^\| (\d{4}) \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex Line();
}
