using System.Text.Json.Nodes;
using System.Diagnostics;
using Kedge.Sandbox.Bytes;
using Kedge.Sandbox.Cloud;
using Kedge.Sandbox.Identity;

namespace Kedge.Sandbox.Wire;

/// <summary>One request while it is being answered, with everything an answer may look at.</summary>
sealed class Call(SandboxRequest request, CloudState cloud, Api api, Query query, string path)
{
    public SandboxRequest Request { get; } = request;

    public CloudState Cloud { get; } = cloud;

    public Api Api { get; } = api;

    public Query Query { get; } = query;

    /// <summary>Path within the service.</summary>
    public string Path { get; } = path;

    public JsonNode? Json { get; set; }

    /// <summary>The body of an upload.</summary>
    public SparseBytes? Upload { get; set; }

    public IReadOnlyDictionary<string, string> Parameters { get; set; } = new Dictionary<string, string>();

    /// <summary>Minor number of the microversion in force; 0 where the service has none.</summary>
    public int Version { get; set; }

    public Token? MaybeToken { get; set; }

    public Token Token => MaybeToken ?? throw new UnreachableException($"{Path} was routed without a token.");

    public bool IsAdmin => Token.IsAdmin;

    public string ProjectId => Token.Project?.Id ?? "";

    public DateTimeOffset Now => Cloud.Now;

    /// <summary>Scheme and authority that the caller used.</summary>
    public string Origin => Request.Url.GetLeftPart(UriPartial.Authority);

    public string this[string parameter] => Parameters[parameter];

    /// <summary>The object under the one key of the body.</summary>
    public JsonObject Body(string key) => Body().Object(key)
        ?? throw ApiFault.Bad($"Invalid input for field/attribute body. '{key}' is a required property");

    public JsonObject Body() => Json as JsonObject
        ?? throw ApiFault.Bad("The server could not comply with the request since it is either malformed or otherwise incorrect.");

    public void NeedAdmin(string policy)
    {
        if (!IsAdmin)
            throw ApiFault.Forbidden(policy);
    }

    public bool Owns(string projectId) => IsAdmin || projectId == ProjectId;

    /// <summary>Whether a list shall show a project's resource: its own, or with <c>all_tenants</c> an admin's view.</summary>
    public bool Lists(string projectId)
    {
        if (!IsAdmin || !(Query.Flag("all_tenants") || Query.Flag("all_projects") || Query.First("all_tenants") == ""))
            return projectId == ProjectId;
        return (Query.First("project_id") ?? Query.First("tenant_id")) is not { } wanted || wanted == projectId;
    }
}
