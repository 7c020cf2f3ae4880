using Kedge.OpenStack.Identity;

namespace Kedge.OpenStack.Tests.Settings;

public sealed class CloudsYamlTests : IDisposable
{
    const string Web = """
        clouds:
          web:
            auth:
              auth_url: https://keystone.test:5000/v3
              username: ann
              project_name: shop
              user_domain_name: Users
              project_domain_name: Projects
            region_name: R1
        """;

    const string Secret = """
        clouds:
          web:
            auth:
              password: the-password
        """;

    readonly string root = Directory.CreateTempSubdirectory("kedge-settings-").FullName;
    readonly Dictionary<string, string> variables = [];

    string Here => Path.Combine(root, "here");

    string User => Path.Combine(root, "home", ".config", "openstack");

    string System => Path.Combine(root, "etc");

    SettingsSource Source => new(variables, Here, Path.Combine(root, "home")) { SystemDirectory = System };

    public void Dispose() => Directory.Delete(root, recursive: true);

    [Fact]
    public void A_cloud_is_read_with_its_secrets_from_the_other_file()
    {
        Write(Here, "clouds.yaml", Web);
        Write(Here, "secure.yaml", Secret);

        var settings = CloudsYaml.Load("web", Source);

        Assert.Equal("web", settings.Name);
        Assert.Equal(new Uri("https://keystone.test:5000/v3"), settings.AuthUrl);
        Assert.Equal(new Credential.Password(new(null, "ann", null, "Users"), "the-password"), settings.Credential);
        Assert.Equal(new CloudScope.Project(null, "shop", null, "Projects"), settings.Scope);
        Assert.Equal(("R1", "public", true), (settings.RegionName, settings.Interface, settings.VerifiesCertificates));
    }

    [Fact]
    public void The_current_directory_goes_before_the_users_and_that_before_the_systems()
    {
        foreach (var (place, region) in ((string, string)[])[(System, "system"), (User, "user"), (Here, "here")])
        {
            Write(place, "clouds.yaml", Web.Replace("R1", region, StringComparison.Ordinal));
            Write(place, "secure.yaml", Secret);

            Assert.Equal(region, CloudsYaml.Load("web", Source).RegionName);
        }
    }

    [Fact]
    public void The_two_files_are_looked_for_each_by_itself()
    {
        Write(Here, "clouds.yml", Web);
        Write(User, "secure.yaml", Secret);

        var settings = CloudsYaml.Load("web", Source);

        Assert.Equal("the-password", ((Credential.Password)settings.Credential).Secret);
    }

    [Fact]
    public void A_file_that_a_variable_names_is_read_instead()
    {
        Write(Here, "clouds.yaml", Web);
        Write(Path.Combine(root, "elsewhere"), "my.yaml", Web.Replace("R1", "R9", StringComparison.Ordinal));
        Write(Path.Combine(root, "elsewhere"), "my-secrets.yaml", Secret);
        variables["OS_CLIENT_CONFIG_FILE"] = Path.Combine(root, "elsewhere", "my.yaml");
        variables["OS_CLIENT_SECURE_FILE"] = Path.Combine(root, "elsewhere", "my-secrets.yaml");

        Assert.Equal("R9", CloudsYaml.Load("web", Source).RegionName);
    }

    [Fact]
    public void A_file_that_is_given_goes_with_the_secrets_beside_it()
    {
        Write(Path.Combine(root, "elsewhere"), "my.yaml", Web);
        Write(Path.Combine(root, "elsewhere"), "secure.yaml", Secret);

        var settings = CloudsYaml.Load("web", Source with { File = Path.Combine(root, "elsewhere", "my.yaml") });

        Assert.Equal("the-password", ((Credential.Password)settings.Credential).Secret);
    }

    [Fact]
    public void The_secrets_of_a_cloud_that_is_not_known_make_no_cloud()
    {
        Write(Here, "clouds.yaml", Web);
        Write(Here, "secure.yaml", Secret + "\n  other:\n    auth:\n      password: x\n");

        Assert.Equal(["web"], CloudsYaml.Names(Source));
    }

    [Fact]
    public void OS_CLOUD_chooses_and_other_variables_do_not_touch_what_it_chose()
    {
        Write(Here, "clouds.yaml", Web);
        Write(Here, "secure.yaml", Secret);
        variables["OS_CLOUD"] = "web";
        variables["OS_AUTH_URL"] = "http://other.test";
        variables["OS_REGION_NAME"] = "R9";

        var settings = CloudsYaml.Load(null, Source);

        Assert.Equal(("web", "R1", "keystone.test"), (settings.Name, settings.RegionName, settings.AuthUrl.Host));
    }

    [Fact]
    public void Variables_alone_are_a_cloud()
    {
        foreach (var (name, value) in ((string, string)[])[
            ("OS_AUTH_URL", "http://keystone.test/v3"), ("OS_USERNAME", "ann"), ("OS_PASSWORD", "the-password"), ("OS_PROJECT_ID", "p1"), ("OS_USER_DOMAIN_ID", "default"),
            ("OS_REGION_NAME", "R1"), ("OS_INTERFACE", "internal"), ("OS_CACERT", ""), ("OS_IDENTITY_API_VERSION", "3"), ("OS_VOLUME_ENDPOINT_OVERRIDE", "http://cinder.test/v3/x")])
        {
            variables[name] = value;
        }

        var settings = CloudsYaml.Load(null, Source);

        Assert.Equal("envvars", settings.Name);
        Assert.Equal(new CloudScope.Project(new("p1"), null, null, null), settings.Scope);
        Assert.Equal(("R1", "internal"), (settings.RegionName, settings.Interface));
        Assert.Equal("http://cinder.test/v3/x", settings.EndpointOverrides["block-storage"]);
    }

    [Fact]
    public void The_only_cloud_needs_no_name()
    {
        Write(Here, "clouds.yaml", Web);
        Write(Here, "secure.yaml", Secret);

        Assert.Equal("web", CloudsYaml.Load(null, Source).Name);
    }

    [Theory]
    [InlineData("auth_type: v3applicationcredential\n    auth: {auth_url: 'http://k', application_credential_id: ac1, application_credential_secret: s}", "application credential ac1")]
    [InlineData("auth: {auth_url: 'http://k', application_credential_id: ac1, application_credential_secret: s}", "application credential ac1")]
    [InlineData("auth_type: v3token\n    auth: {auth_url: 'http://k', token: t, project_id: p}", "token")]
    [InlineData("auth_type: password\n    auth: {auth-url: 'http://k', user-id: u1, password: s, system_scope: all}", "password of UserReference { Id = u1, Name = , DomainId = , DomainName =  }")]
    public void Each_kind_of_credential_is_read(string cloud, string printed)
    {
        Write(Here, "clouds.yaml", $"clouds:\n  c:\n    {cloud}\n");

        Assert.Equal(printed, CloudsYaml.Load("c", Source).Credential.ToString());
    }

    [Theory]
    [InlineData("project_id: p1", typeof(CloudScope.Project))]
    [InlineData("domain_name: d", typeof(CloudScope.Domain))]
    [InlineData("system_scope: all", typeof(CloudScope.System))]
    [InlineData("default_domain: default", typeof(CloudScope.None))]
    public void Each_kind_of_scope_is_read(string scope, Type expected)
    {
        Write(Here, "clouds.yaml", $"clouds:\n  c:\n    auth: {{auth_url: 'http://k', user_id: u, password: s, {scope}}}\n");

        Assert.IsType(expected, CloudsYaml.Load("c", Source).Scope);
    }

    [Fact]
    public void A_default_domain_serves_where_none_is_named()
    {
        Write(Here, "clouds.yaml", "clouds:\n  c:\n    auth: {auth_url: 'http://k', username: u, password: s, project_name: p, default_domain: default}\n");

        var settings = CloudsYaml.Load("c", Source);

        Assert.Equal(new DomainId("default"), ((Credential.Password)settings.Credential).User.DomainId);
        Assert.Equal(new CloudScope.Project(null, "p", new("default"), null), settings.Scope);
    }

    [Fact]
    public void Interface_certificates_anchors_and_regions_are_read()
    {
        var authority = Write(Here, "ca.pem", "");
        Write(Here, "clouds.yaml", """
            anchors:
              common: &common {endpoint_type: internalURL, cacert: ca.pem, verify: no}
            clouds:
              c:
                <<: *common
                auth: {auth_url: 'http://k', user_id: u, password: s}
                regions: [{name: R3, values: {}}, R4]
            """);

        var settings = CloudsYaml.Load("c", Source);

        Assert.Equal(("internal", authority, false, "R3"), (settings.Interface, settings.CaCertificates, settings.VerifiesCertificates, settings.RegionName));
    }

    [Fact]
    public void Every_problem_is_reported_at_once_and_without_a_secret()
    {
        Write(Here, "clouds.yaml", """
            clouds:
              c:
                profile: vendor
                auth: {auth_url: 'ftp://k', username: u, project_name: p, password: the-password}
                interface: sideways
                verify: perhaps
                cacert: /nowhere/ca.pem
                compute_endpoint_override: nonsense
            """);

        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load("c", Source));

        Assert.Equal(8, failure.Problems.Count);
        Assert.All(
            (string[])["profile", "auth_url", "user_domain_name", "project_domain_name", "interface", "verify", "cacert", "compute_endpoint_override"],
            setting => Assert.Contains(failure.Problems, problem => problem.Contains(setting, StringComparison.Ordinal)));
        Assert.All(failure.Problems, problem => Assert.Contains("Cloud 'c'", problem, StringComparison.Ordinal));
        Assert.DoesNotContain("the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_password_that_is_nowhere_is_missed()
    {
        Write(Here, "clouds.yaml", Web);

        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load("web", Source));

        Assert.Contains("secure.yaml", Assert.Single(failure.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("clouds: [1, 2", "YAML")]
    [InlineData("clouds:\n\t- x", "YAML")]
    [InlineData("other: {}", "no mapping 'clouds'")]
    public void A_file_that_is_broken_is_named(string text, string expected)
    {
        var path = Write(Here, "clouds.yaml", text);

        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load("web", Source));

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains(expected, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_broken_is_told_by_its_line_and_without_its_content()
    {
        Write(Here, "clouds.yaml", "clouds:\n  web: {auth: {password: the-password\n");

        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load("web", Source));

        Assert.Contains("line", failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("the-password", failure.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_cloud_that_is_not_there_is_told_which_are()
    {
        Write(Here, "clouds.yaml", Web);

        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load("wab", Source));

        Assert.Contains("it has 'web'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_any_file_it_is_told_where_was_looked()
    {
        var failure = Assert.Throws<SettingsException>(() => CloudsYaml.Load(null, Source));

        Assert.All((string[])[Here, User, System], place => Assert.Contains(place, failure.Message, StringComparison.Ordinal));
    }

    static string Write(string place, string name, string text)
    {
        Directory.CreateDirectory(place);
        var path = Path.Combine(place, name);
        File.WriteAllText(path, text);
        return path;
    }
}
