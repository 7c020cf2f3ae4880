using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Kedge.Mediator.Tests.Api;

[Collection(nameof(Served))]
public sealed class DocumentTests(Served served)
{
    static readonly JsonSerializerOptions Written = new() { WriteIndented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>A client that was written against the document must go on working: whoever changes it looks at the change.</summary>
    [Fact]
    public async Task The_document_is_as_it_was_reviewed()
    {
        var kept = Path.Combine(Root.Path, "docs/api/openapi.json");

        var now = (await served.GetAsync(null, "/v1/openapi.json")).Json.ToJsonString(Written) + "\n";

        if (Environment.GetEnvironmentVariable("KEDGE_REWRITE_GOLDEN") == "1")
            await File.WriteAllTextAsync(kept, now, TestContext.Current.CancellationToken);
        Assert.True(File.Exists(kept) && await File.ReadAllTextAsync(kept, TestContext.Current.CancellationToken) == now,
            "docs/api/openapi.json is not what is served. If the change is wanted: run this test with KEDGE_REWRITE_GOLDEN=1, read the difference, and commit it.");
    }

    [Fact]
    public async Task Every_operation_names_its_rule_its_answer_and_its_problems()
    {
        var document = (await served.GetAsync(null, "/v1/openapi.json")).Json;

        foreach (var (path, operations) in document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in operations!.AsObject())
            {
                Assert.True(operation!["description"]?.GetValue<string>().Contains("kedge:", StringComparison.Ordinal) is true, $"{method} {path} has no rule");
                Assert.True(operation["operationId"] is not null, $"{method} {path} has no id");
                Assert.True(operation["responses"] is JsonObject { Count: > 4 }, $"{method} {path} names no problems");
            }
        }
    }
}
