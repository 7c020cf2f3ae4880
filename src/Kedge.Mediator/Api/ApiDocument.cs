using System.Collections.Immutable;
using System.Globalization;
using Kedge.Contracts.V1;
using Kedge.Mediator.Api.Access;
using Kedge.Mediator.Api.Problems;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Kedge.Mediator.Api;

/// <summary>The OpenAPI document: what the framework finds out by itself, and what it cannot know.</summary>
static class ApiDocument
{
    public const string Name = "v1";
    const string Token = "apiToken";
    const string Keystone = "keystoneToken";

    static readonly (string Name, string What)[] Tags =
    [
        ("workloads", "What is protected, and how well."), ("mappings", "What stands for what at the target."), ("points", "What there is to go back to."),
        ("runs", "What is executed, step by step."), ("policies", "How well workloads are protected."), ("sites", "The clouds that Kedge knows."),
    ];

    public static void Describe(OpenApiOptions options)
    {
        options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
        options.ShouldInclude = operation => operation.RelativePath?.StartsWith("v1/", StringComparison.Ordinal) is true;
        options.AddDocumentTransformer((document, _, _) =>
        {
            Describe(document);
            return Task.CompletedTask;
        });
        options.AddOperationTransformer(async (operation, context, cancel) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            if (metadata.OfType<AccessRule>().FirstOrDefault() is not { } rule)
                return;
            var problem = await context.GetOrCreateSchemaAsync(typeof(Problem), null, cancel);
            context.Document!.AddComponent(nameof(Problem), problem);
            operation.Description = $"Wants {rule.Name}: the role {rule.Least.ToString().ToLowerInvariant()}{(rule.Everywhere ? ", of all projects" : "")}.";
            operation.Security = [Needs(Token, context.Document), Needs(Keystone, context.Document)];
            foreach (var input in metadata.OfType<DeclaredInput>())
                (operation.Parameters ??= []).Add(Of(input));
            foreach (var codes in CodesOf(metadata).GroupBy(ProblemTable.StatusOf).OrderBy(codes => codes.Key))
                (operation.Responses ??= [])[codes.Key.ToString(CultureInfo.InvariantCulture)] = Of(codes, context.Document);
            operation.Responses!["default"] = Of([ProblemCodes.Unforeseen], context.Document);
        });
    }

    /// <summary>What an operation may answer with besides success.</summary>
    public static ImmutableArray<string> CodesOf(IEnumerable<object> metadata) =>
        [.. metadata.OfType<DeclaredProblems>().SelectMany(declared => declared.Codes).Concat(DeclaredProblems.OfAll).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    static void Describe(OpenApiDocument document)
    {
        document.Info = new OpenApiInfo
        {
            Title = "Kedge",
            Version = "1",
            Description = "Disaster recovery and failover for OpenStack. Who may do what: docs/operate/api.md",
            License = new OpenApiLicense { Name = "Apache-2.0", Identifier = "Apache-2.0" },
        };
        document.Servers = [new OpenApiServer { Url = "/", Description = "The mediator that serves this document." }];
        document.Tags = new HashSet<OpenApiTag>(Tags.Select(tag => new OpenApiTag { Name = tag.Name, Description = tag.What }));
        document.Components ??= new OpenApiComponents();
        // In an order that does not depend on how endpoints are mapped: the document is compared with the one that was reviewed.
        var paths = new OpenApiPaths();
        foreach (var (path, item) in document.Paths.OrderBy(path => path.Key, StringComparer.Ordinal))
            paths.Add(path, item);
        document.Paths = paths;
        document.Components.SecuritySchemes = new Dictionary<string, IOpenApiSecurityScheme>
        {
            [Token] = new OpenApiSecurityScheme { Type = SecuritySchemeType.Http, Scheme = "bearer", Description = "A token that kedge token create made." },
            [Keystone] = new OpenApiSecurityScheme { Type = SecuritySchemeType.ApiKey, In = ParameterLocation.Header, Name = "X-Auth-Token", Description = "A token of the Keystone that the mediator is set to believe; or one of kedge's." },
        };
    }

    static OpenApiSecurityRequirement Needs(string scheme, OpenApiDocument document) => new() { [new OpenApiSecuritySchemeReference(scheme, document)] = [] };

    static OpenApiParameter Of(DeclaredInput input) => new()
    {
        Name = input.Name,
        In = input.In == "query" ? ParameterLocation.Query : ParameterLocation.Header,
        Required = input.IsRequired,
        Description = input.What,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    static OpenApiResponse Of(IEnumerable<string> codes, OpenApiDocument document) => new()
    {
        Description = string.Join("; ", codes.Select(code => $"{ProblemTable.TitleOf(code)} (`{code}`)")),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            ["application/problem+json"] = new() { Schema = new OpenApiSchemaReference(nameof(Problem), document) },
        },
    };
}
