using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Kedge.Tidy.Tests;

public sealed class NameTests
{
    static readonly string[] Forbidden =
        ["Manager", "Helper", "Helpers", "Util", "Utils", "Utility", "Processor", "Service", "Data", "Info", "Base", "Impl", "Wrapper", "Context"];

    /// <summary>Forced by .NET: a source-generated JsonSerializerContext is named so by everybody.</summary>
    static bool IsForced(string name) => name.EndsWith("JsonContext", StringComparison.Ordinal);

    /// <summary>OpenStack's own words: a service of a catalog, user data of a server.</summary>
    static readonly HashSet<string> OpenStackWords = ["ComputeService", "VolumeService", "CatalogService", "UserData", "BlockStorageService"];

    [Fact]
    public void A_type_is_named_by_the_noun_it_stands_for()
    {
        var named =
            from source in Sources.Product
            from type in source.Tree.DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
            let name = type.Identifier.Text
            where Forbidden.Any(ending => name.EndsWith(ending, StringComparison.Ordinal)) && !IsForced(name) && !OpenStackWords.Contains(name)
            select $"{source.At(type)}: {name}";

        Assert.Empty(named);
    }

    [Fact]
    public void A_folder_is_named_by_a_noun_of_the_domain()
    {
        string[] drawers = ["Services", "Models", "Interfaces", "Helpers", "Common", "Utils", "Shared", "Misc"];

        Assert.Empty(Sources.Product.Where(source => source.Path.Split('/').Any(part => drawers.Contains(part))).Select(source => source.Path));
    }

    [Fact]
    public void No_interface_is_the_twin_of_one_class()
    {
        var twins =
            from project in Sources.Product.GroupBy(source => source.Path.Split('/')[1])
            let types = project.SelectMany(source => source.Tree.DescendantNodes().OfType<TypeDeclarationSyntax>()).ToList()
            let classes = types.Where(type => type is not InterfaceDeclarationSyntax).Select(type => type.Identifier.Text).ToHashSet()
            from name in types.OfType<InterfaceDeclarationSyntax>().Select(type => type.Identifier.Text)
            where classes.Contains(name[1..])
            select $"{project.Key}: {name}";

        Assert.Empty(twins);
    }
}
