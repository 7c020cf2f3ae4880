using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kedge.Tidy.Tests;

public sealed class HabitTests
{
    /// <summary>The places where whatever went wrong is caught: the runner, hosts' loops, the edges, a child that is cleaned up after and thrown on.</summary>
    static readonly HashSet<string> MayCatchEverything =
    [
        "src/Kedge.Plans/RunExecutor.cs", "src/Kedge/Commands/KedgeCommand.cs", "src/Kedge.Sandbox/Wire/SandboxHost.cs",
        "src/Kedge.Mediator/Schedules/Jobs.cs", "src/Kedge.Mediator/Watch/Loop.cs", "src/Kedge.Mediator/Watch/SiteRounds.cs", "src/Kedge.Mediator/Api/Problems/ProblemEdge.cs", "src/Kedge.Mover/MoverHost.cs",
    ];

    [Fact]
    public void Nothing_is_caught_without_saying_what_unless_it_is_thrown_on()
    {
        var caught =
            from source in Sources.Product
            where !MayCatchEverything.Contains(source.Path)
            from clause in source.Tree.DescendantNodes().OfType<CatchClauseSyntax>()
            let type = clause.Declaration?.Type.ToString()
            where type is null or "Exception" or "System.Exception"
            where clause.Filter is null && !clause.Block.DescendantNodes().OfType<ThrowStatementSyntax>().Any()
            select source.At(clause);

        Assert.Empty(caught);
    }

    [Fact]
    public void No_region_hides_code() =>
        Assert.Empty(Sources.All.Where(source => source.Tree.DescendantTrivia().Any(trivia => trivia.IsKind(SyntaxKind.RegionDirectiveTrivia)))
            .Select(source => source.Path));

    /// <summary>An override has the signature of what it overrides, which may be the framework's.</summary>
    [Fact]
    public void A_token_has_no_default_value()
    {
        var forgotten =
            from source in Sources.Product
            from parameter in source.Tree.DescendantNodes().OfType<ParameterSyntax>()
            where parameter.Type?.ToString() == "CancellationToken" && parameter.Default is not null
            where parameter.Parent?.Parent is not MethodDeclarationSyntax method || !method.Modifiers.Any(SyntaxKind.OverrideKeyword)
            select source.At(parameter);

        Assert.Empty(forgotten);
    }

    [Fact]
    public void No_method_is_async_void()
    {
        var lost =
            from source in Sources.All
            from method in source.Tree.DescendantNodes().OfType<MethodDeclarationSyntax>()
            where method.Modifiers.Any(SyntaxKind.AsyncKeyword) && method.ReturnType.ToString() == "void"
            select source.At(method);

        Assert.Empty(lost);
    }

    [Fact]
    public void A_pragma_gives_its_reason_on_the_same_line()
    {
        var silent =
            from source in Sources.All
            from line in source.Text.Split('\n')
            where line.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal) && !line.Contains("//", StringComparison.Ordinal)
            select $"{source.Path}: {line.Trim()}";

        Assert.Empty(silent);
    }
}
