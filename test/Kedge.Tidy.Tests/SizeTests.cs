using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kedge.Tidy.Tests;

public sealed class SizeTests
{
    const int LongestFile = 500;
    const int LongestTestFile = 800;
    const int LongestMethod = 60;

    [Fact]
    public void No_file_is_longer_than_one_can_hold_in_mind()
    {
        var tooLong = Sources.All.Where(source => source.Lines > (source.IsTest ? LongestTestFile : LongestFile))
            .Select(source => $"{source.Path}: {source.Lines} lines");

        Assert.Empty(tooLong);
    }

    [Fact]
    public void No_method_is_longer_than_a_screen()
    {
        var tooLong =
            from source in Sources.Product
            from method in source.Tree.DescendantNodes().OfType<BaseMethodDeclarationSyntax>()
            let lines = LinesOf(method)
            where lines > LongestMethod
            select $"{source.At(method)}: {lines} lines";

        Assert.Empty(tooLong);
    }

    static int LinesOf(SyntaxNode node)
    {
        var span = node.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }
}
