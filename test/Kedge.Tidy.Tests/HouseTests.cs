using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Kedge.Tidy.Tests;

public sealed partial class HouseTests
{
    /// <summary>What a project may know of. Nothing is a promise.</summary>
    static readonly Dictionary<string, string[]> MayKnow = new()
    {
        ["Kedge.OpenStack"] = [],
        ["Kedge.Plans"] = [],
        ["Kedge.Blocks"] = [],
        ["Kedge.Contracts"] = [],
        ["Kedge.Sandbox"] = [],
        ["Kedge.Recovery"] = ["Kedge.OpenStack", "Kedge.Plans", "Kedge.Blocks", "Kedge.Contracts"],
        ["Kedge.Availability"] = ["Kedge.OpenStack", "Kedge.Plans"],
        ["Kedge.Mediator"] = ["Kedge.Recovery", "Kedge.Availability", "Kedge.Contracts"],
        ["Kedge.Mover"] = ["Kedge.Blocks", "Kedge.Contracts"],
        ["Kedge"] =
        [
            "Kedge.OpenStack", "Kedge.Plans", "Kedge.Blocks", "Kedge.Contracts", "Kedge.Sandbox", "Kedge.Recovery", "Kedge.Availability",
            "Kedge.Mediator", "Kedge.Mover",
        ],
    };

    [Fact]
    public void A_project_knows_only_what_the_design_lets_it_know()
    {
        var projects = Directory.EnumerateFiles(Path.Combine(Sources.Root, "src"), "*.csproj", SearchOption.AllDirectories);

        var tooMuch =
            from path in projects
            let name = Path.GetFileNameWithoutExtension(path)
            from reference in XDocument.Load(path).Descendants("ProjectReference")
            let known = Path.GetFileNameWithoutExtension(reference.Attribute("Include")!.Value.Replace('\\', '/'))
            where !MayKnow[name].Contains(known)
            select $"{name} -> {known}";

        Assert.Empty(tooMuch);
    }

    [Fact]
    public void The_architecture_names_only_what_exists()
    {
        var text = File.ReadAllText(Path.Combine(Sources.Root, "docs/ARCHITECTURE.md"));

        var missing = PathInBackticks().Matches(text).Select(match => match.Groups[1].Value)
            .Where(path => !File.Exists(Path.Combine(Sources.Root, path)) && !Directory.Exists(Path.Combine(Sources.Root, path)));

        Assert.Empty(missing);
    }

    [Fact]
    public void Every_dependency_has_its_reason_in_a_decision_record()
    {
        var reasons = File.ReadAllText(Path.Combine(Sources.Root, "docs/decisions/0002-dependencies.md"));
        var packages = XDocument.Load(Path.Combine(Sources.Root, "Directory.Packages.props")).Descendants("PackageVersion")
            .Select(package => (Name: package.Attribute("Include")!.Value, Version: package.Attribute("Version")!.Value));

        Assert.Empty(packages.Where(package => !reasons.Contains($"{package.Name} {package.Version}", StringComparison.Ordinal)));
    }

    [GeneratedRegex("`((?:src|test|bench|docs|dev|lab|packaging)/[^`*…]*)`")]
    private static partial Regex PathInBackticks();
}
