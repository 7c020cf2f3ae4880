namespace Kedge.Sandbox.Cloud;

/// <summary>Limits of one service: defaults, and what an admin set for a project.</summary>
sealed class Quotas(IReadOnlyDictionary<string, int> defaults)
{
    readonly Dictionary<string, Dictionary<string, int>> ofProject = [];

    public IEnumerable<string> Names => defaults.Keys;

    public int Limit(string projectId, string name)
    {
        if (ofProject.TryGetValue(projectId, out var own) && own.TryGetValue(name, out var limit))
            return limit;
        return defaults.TryGetValue(name, out var general) ? general : -1;
    }

    public bool Knows(string name) => defaults.ContainsKey(name);

    public void Set(string projectId, string name, int limit)
    {
        if (!ofProject.TryGetValue(projectId, out var own))
            ofProject[projectId] = own = [];
        own[name] = limit;
    }

    public void Reset(string projectId) => ofProject.Remove(projectId);

    public bool Allows(string projectId, string name, int used, int more) =>
        Limit(projectId, name) is var limit && (limit < 0 || used + more <= limit);
}
