using System.Collections.Immutable;
using System.Globalization;

namespace Kedge.Mediator.Store;

/// <summary>
/// The scripts that lead a database to today's schema, one after the other; they lie beside this file. Version n is what the first n of
/// them make. A script that was released is never changed; what comes later is a script of its own, and only adds, so that a mediator of
/// the version before can work beside one of the next.
/// </summary>
static class Scripts
{
    /// <param name="dialect"><c>postgres</c> or <c>sqlite</c>.</param>
    public static ImmutableArray<Script> Of(string dialect)
    {
        var assembly = typeof(Scripts).Assembly;
        var names = assembly.GetManifestResourceNames().Where(name => name.StartsWith($"{dialect}/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
        return [.. names.Select(name =>
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            var file = name[(dialect.Length + 1)..];
            return new Script(int.Parse(file.AsSpan(0, 4), NumberStyles.None, CultureInfo.InvariantCulture), file, reader.ReadToEnd());
        })];
    }
}

/// <param name="Version">From 1, without gaps: the first four digits of its name.</param>
sealed record Script(int Version, string Name, string Sql);
