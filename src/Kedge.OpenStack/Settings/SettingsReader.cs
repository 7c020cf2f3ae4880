using Kedge.OpenStack.Http;
using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Settings;

/// <summary>Makes settings of one cloud's mapping, or says everything that is wrong with it.</summary>
internal sealed class SettingsReader
{
    readonly string cloud;
    readonly YamlTree tree;
    readonly YamlTree auth;
    readonly string origin;
    readonly SettingsSource source;
    readonly List<string> problems = [];

    SettingsReader(string cloud, YamlTree tree, string origin, SettingsSource source)
    {
        this.cloud = cloud;
        this.tree = tree;
        this.origin = origin;
        this.source = source;

        // What belongs under 'auth' may also stand beside it; under 'auth' it wins.
        auth = tree.With(tree.Find("auth") ?? YamlTree.Empty);
    }

    public static CloudSettings Read(string cloud, YamlTree tree, string origin, SettingsSource source) => new SettingsReader(cloud, tree, origin, source).Read();

    CloudSettings Read()
    {
        if (tree.Text("profile") is { } profile)
            problems.Add($"profile: '{profile}': profiles of vendors are not read; write what it stands for.");
        var settings = new CloudSettings
        {
            Name = cloud,
            AuthUrl = AuthUrl(),
            Credential = Credential(),
            Scope = Scope(),
            RegionName = Region(),
            Interface = Interface(),
            VerifiesCertificates = Verifies(),
            CaCertificates = Existing("cacert"),
            ClientCertificate = Existing("cert"),
            ClientKey = Existing("key"),
            EndpointOverrides = Overrides(),
        };
        return problems is [] ? settings : throw new SettingsException([.. problems.Select(problem => $"Cloud '{cloud}' in {origin}: {problem}")]);
    }

    Uri AuthUrl()
    {
        if (auth.Text("auth_url") is not { } text)
            problems.Add("auth_url is missing: the address of Keystone.");
        else if (Uri.TryCreate(text, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            return new(text);
        else
            problems.Add($"auth_url: '{text}' is not an http or https address.");
        return new("http://missing.invalid");
    }

    Credential Credential()
    {
        var type = tree.Text("auth_type") ?? (auth.Text("application_credential_secret") is not null ? "v3applicationcredential"
            : auth.Text("token") is not null && auth.Text("password") is null ? "token" : "password");
        switch (type)
        {
            case "password" or "v3password":
                return new Credential.Password(User(), Needed("password"));
            case "v3applicationcredential":
                var (id, name) = (auth.Text("application_credential_id"), auth.Text("application_credential_name"));
                if (id is null && name is null)
                    problems.Add("application_credential_id is missing (or application_credential_name and its user).");
                return new Credential.Application(
                    id is null ? null : new ApplicationCredentialId(id),
                    name,
                    id is null && name is not null ? User() : null,
                    Needed("application_credential_secret"));
            case "token" or "v3token":
                return new Credential.Token(Needed("token"));
            default:
                problems.Add($"auth_type: '{type}' is not known; password, v3applicationcredential and token are.");
                return new Credential.Token("");
        }
    }

    UserReference User()
    {
        var (id, name) = (auth.Text("user_id"), auth.Text("username") ?? auth.Text("user_name"));
        var (domainId, domainName) = Domain("user_domain");
        if (id is null && name is null)
            problems.Add("username is missing (or user_id).");
        if (id is null && name is not null && domainId is null && domainName is null)
            problems.Add("user_domain_name is missing (or user_domain_id): names of users are unique only in a domain.");
        return new(id is null ? null : new UserId(id), name, domainId, domainName);
    }

    CloudScope Scope()
    {
        if (auth.Text("system_scope") is { } system)
        {
            if (system != "all")
                problems.Add($"system_scope: '{system}' is not known; only all is.");
            return new CloudScope.System();
        }

        var id = auth.Text("project_id") ?? auth.Text("tenant_id");
        var name = auth.Text("project_name") ?? auth.Text("tenant_name");
        if (id is null && name is null)
        {
            return auth.Text("domain_id") is { } domainScope ? new CloudScope.Domain(new(domainScope), null)
                : auth.Text("domain_name") is { } domainScopeName ? new CloudScope.Domain(null, domainScopeName)
                : new CloudScope.None();
        }

        var (domainId, domainName) = Domain("project_domain");
        if (id is null && domainId is null && domainName is null)
            problems.Add("project_domain_name is missing (or project_domain_id): names of projects are unique only in a domain.");
        return new CloudScope.Project(id is null ? null : new ProjectId(id), name, domainId, domainName);
    }

    (DomainId? Id, string? Name) Domain(string prefix)
    {
        var id = auth.Text($"{prefix}_id") ?? (auth.Text($"{prefix}_name") is null ? auth.Text("default_domain_id") ?? auth.Text("default_domain") : null);
        var name = auth.Text($"{prefix}_name") ?? (id is null ? auth.Text("default_domain_name") : null);
        return (id is null ? null : new DomainId(id), id is null ? name : null);
    }

    string? Region() => tree.Text("region_name") ?? (tree.List("regions") is [var first, ..] ? first : null) switch
    {
        string name => name,
        YamlTree region => region.Text("name"),
        _ => null,
    };

    string Interface()
    {
        var text = tree.Text("interface") ?? tree.Text("endpoint_type") ?? "public";
        var plain = text.EndsWith("URL", StringComparison.Ordinal) ? text[..^3] : text;
        if (plain is not ("public" or "internal" or "admin"))
            problems.Add($"interface: '{text}' is none of public, internal, admin.");
        return plain;
    }

    bool Verifies()
    {
        if (tree.Text("verify") is { } verify)
            return Boolean("verify", verify);
        return tree.Text("insecure") is not { } insecure || !Boolean("insecure", insecure);
    }

    bool Boolean(string name, string text)
    {
        switch (text.ToLowerInvariant())
        {
            case "true" or "yes" or "on" or "1":
                return true;
            case "false" or "no" or "off" or "0":
                return false;
            default:
                problems.Add($"{name}: '{text}' is neither true nor false.");
                return true;
        }
    }

    string? Existing(string name)
    {
        if (tree.Text(name) is not { Length: > 0 } path)
            return null;
        path = path.StartsWith("~/", StringComparison.Ordinal) ? Path.Combine(source.Home, path[2..]) : Path.GetFullPath(path, source.Directory);
        if (!File.Exists(path))
            problems.Add($"{name}: the file '{path}' does not exist.");
        return path;
    }

    Dictionary<string, string> Overrides()
    {
        var overrides = new Dictionary<string, string>();
        foreach (var kind in (ServiceKind[])[ServiceKind.Identity, ServiceKind.Compute, ServiceKind.Network, ServiceKind.BlockStorage, ServiceKind.Images, ServiceKind.Orchestration])
        {
            foreach (var setting in kind.Names.Select(name => $"{name.Replace('-', '_')}_endpoint_override"))
            {
                if (tree.Text(setting) is not { Length: > 0 } address || overrides.ContainsKey(kind.Type))
                    continue;
                if (!Uri.TryCreate(address, UriKind.Absolute, out var parsed) || parsed.Scheme is not ("http" or "https"))
                    problems.Add($"{setting}: '{address}' is not an http or https address.");
                overrides[kind.Type] = address;
            }
        }

        return overrides;
    }

    string Needed(string name)
    {
        if (auth.Text(name) is { } text)
            return text;
        problems.Add($"{name} is missing; it may stand in secure.yaml.");
        return "";
    }
}
