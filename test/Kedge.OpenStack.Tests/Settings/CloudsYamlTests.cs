namespace Kedge.OpenStack.Tests.Settings;

public sealed class CloudsYamlTests : IDisposable
{
    const string Whole = """
        clouds:
          one:
            auth: {auth_url: 'https://one:5000/v3', username: ann, project_name: shop, user_domain_name: Default, project_domain_name: Default}
            region_name: RegionOne
            interface: internal
            network_endpoint_override: http://10.0.0.1:9696
          app:
            auth_type: v3applicationcredential
            auth: {auth_url: 'https://one:5000', application_credential_id: app-1, application_credential_secret: hidden-word}
        """;

    readonly string folder = Directory.CreateTempSubdirectory("kedge-clouds-").FullName;
    readonly Dictionary<string, string> variables = [];

    [Fact]
    public void Secrets_may_stand_in_a_file_of_their_own()
    {
        Write("clouds.yaml", Whole);
        Write("secure.yaml", "clouds: {one: {auth: {password: hidden-word}}}");

        var settings = Load("one");

        var password = Assert.IsType<Credential.Password>(settings.Credential);
        Assert.Equal(("ann", "hidden-word"), (password.User.Name, password.Secret));
        Assert.Equal(("RegionOne", "internal"), (settings.RegionName, settings.Interface));
        Assert.Equal("http://10.0.0.1:9696", settings.EndpointOverrides["network"]);
    }

    [Fact]
    public void The_variable_OS_CLOUD_names_the_cloud()
    {
        Write("clouds.yaml", Whole);
        variables["OS_CLOUD"] = "app";

        var credential = Assert.IsType<Credential.Application>(Load(null).Credential);

        Assert.Equal("app-1", credential.Id!.Value.Value);
    }

    [Fact]
    public void Variables_alone_are_enough()
    {
        foreach (var (name, value) in new[]
        {
            ("OS_AUTH_URL", "http://two:5000/v3"), ("OS_USERNAME", "bob"), ("OS_PASSWORD", "hidden-word"), ("OS_PROJECT_NAME", "shop"),
            ("OS_USER_DOMAIN_NAME", "Default"), ("OS_PROJECT_DOMAIN_NAME", "Default"), ("OS_REGION_NAME", "RegionTwo"),
        })
            variables[name] = value;

        var settings = Load(null);

        Assert.Equal(("http://two:5000/v3", "RegionTwo"), (settings.AuthUrl.ToString(), settings.RegionName));
    }

    [Fact]
    public void A_file_that_is_named_is_the_one_that_is_read()
    {
        Write("other.yaml", Whole.Replace("RegionOne", "RegionOther", StringComparison.Ordinal));
        Write("clouds.yaml", Whole);
        variables["OS_CLIENT_CONFIG_FILE"] = Path.Combine(folder, "other.yaml");

        Assert.Equal(["one", "app"], CloudsYaml.Names(Source()));
        Assert.Contains("password", Assert.Throws<SettingsException>(() => Load("one")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_problem_is_told_at_once()
    {
        Write("clouds.yaml", """
            clouds:
              broken: {auth: {auth_url: 'ftp://x', project_name: shop, project_domain_name: Default}, interface: outer, verify: perhaps, cacert: /nonexistent.pem}
            """);

        var problems = Assert.Throws<SettingsException>(() => Load("broken")).Problems;

        foreach (var word in (string[])["auth_url", "username", "password", "interface", "verify", "cacert"])
            Assert.Contains(problems, problem => problem.Contains(word, StringComparison.Ordinal));
    }

    [Fact]
    public void A_cloud_that_is_not_there_is_told_with_those_that_are()
    {
        Write("clouds.yaml", Whole);

        var message = Assert.Throws<SettingsException>(() => Load("nowhere")).Message;

        Assert.Contains("nowhere", message, StringComparison.Ordinal);
        Assert.Contains("app", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_YAML_is_told_with_line_and_without_its_content()
    {
        Write("clouds.yaml", "clouds:\n  one: {auth: {password: hidden-word\n");

        var message = Assert.Throws<SettingsException>(() => Load("one")).Message;

        Assert.Contains("line", message, StringComparison.Ordinal);
        Assert.DoesNotContain("hidden-word", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_print_no_secret()
    {
        Write("clouds.yaml", Whole);

        Assert.DoesNotContain("hidden-word", Load("app").ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    CloudSettings Load(string? cloud) => CloudsYaml.Load(cloud, Source());

    SettingsSource Source() => new(variables, folder, folder) { SystemDirectory = Path.Combine(folder, "etc") };

    void Write(string name, string text) => File.WriteAllText(Path.Combine(folder, name), text);
}
