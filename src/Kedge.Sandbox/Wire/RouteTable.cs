namespace Kedge.Sandbox.Wire;

/// <summary>What answers a call; runs under the cloud's lock.</summary>
delegate SandboxResponse Answer(Call call);

/// <summary>Who may make a call at all; finer policies are in the answers.</summary>
enum Access { Anyone, Token, Admin }

sealed record Route(string Method, string[] Template, Answer Answer, Access Access)
{
    public string Name => $"{Method} /{string.Join('/', Template)}";
}

sealed record RouteMatch(Route Route, IReadOnlyDictionary<string, string> Parameters);

/// <summary>The calls of one service; a part in braces stands for any text. The first that fits answers.</summary>
sealed class RouteTable
{
    readonly List<Route> routes = [];

    public RouteTable Get(string template, Answer answer, Access access = Access.Token) => Add("GET", template, answer, access);

    public RouteTable Post(string template, Answer answer, Access access = Access.Token) => Add("POST", template, answer, access);

    public RouteTable Put(string template, Answer answer, Access access = Access.Token) => Add("PUT", template, answer, access);

    public RouteTable Patch(string template, Answer answer, Access access = Access.Token) => Add("PATCH", template, answer, access);

    public RouteTable Delete(string template, Answer answer, Access access = Access.Token) => Add("DELETE", template, answer, access);

    public RouteTable Add(string method, string template, Answer answer, Access access)
    {
        routes.Add(new(method, Split(template), answer, access));
        return this;
    }

    public RouteMatch Find(string method, string path)
    {
        var parts = Split(path);
        var known = false;
        foreach (var route in routes)
        {
            if (Match(route.Template, parts) is not { } parameters)
                continue;
            known = true;
            if (route.Method == method || (method == "HEAD" && route.Method == "GET"))
                return new(route, parameters);
        }
        throw known
            ? new ApiFault(405, $"The method {method} is not allowed for this resource.", "HTTPMethodNotAllowed")
            : ApiFault.NotFound("The resource could not be found.");
    }

    static Dictionary<string, string>? Match(string[] template, string[] parts)
    {
        if (template.Length != parts.Length)
            return null;
        for (var i = 0; i < parts.Length; i++)
            if (template[i][0] != '{' && template[i] != parts[i])
                return null;
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < parts.Length; i++)
            if (template[i][0] == '{')
                parameters[template[i].Trim('{', '}')] = parts[i];
        return parameters;
    }

    static string[] Split(string path)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < parts.Length; i++)
            parts[i] = Uri.UnescapeDataString(parts[i]);
        if (parts.Length > 0 && parts[^1].EndsWith(".json", StringComparison.Ordinal))
            parts[^1] = parts[^1][..^".json".Length];
        return parts;
    }
}
