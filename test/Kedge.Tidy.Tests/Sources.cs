using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Kedge.Tidy.Tests;

/// <summary>Our own source, read once.</summary>
static class Sources
{
    public static string Root { get; } = FindRoot();

    public static IReadOnlyList<Source> All { get; } = [.. Directory
        .EnumerateFiles(Root, "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Root, path))
        .Where(path => path.StartsWith("src/", StringComparison.Ordinal) || path.StartsWith("test/", StringComparison.Ordinal)
            || path.StartsWith("bench/", StringComparison.Ordinal))
        .Where(path => !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal)
        .Select(path => new Source(path, File.ReadAllText(Path.Combine(Root, path))))];

    public static IEnumerable<Source> Product => All.Where(source => source.Path.StartsWith("src/", StringComparison.Ordinal));

    static string FindRoot([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}

sealed record Source(string Path, string Text)
{
    public int Lines { get; } = Text.AsSpan().Count('\n');

    public SyntaxNode Tree { get; } = CSharpSyntaxTree.ParseText(Text).GetRoot();

    public bool IsTest => Path.StartsWith("test/", StringComparison.Ordinal);

    public string At(SyntaxNode node) => $"{Path}:{node.GetLocation().GetLineSpan().StartLinePosition.Line + 1}";
}
