using Kedge.Blocks.Stores;

namespace Kedge.Blocks.Tests.Stores;

public sealed class StoreAddressTests : IDisposable
{
    static readonly Dictionary<string, string> Aws = new() { ["AWS_ACCESS_KEY_ID"] = "id", ["AWS_SECRET_ACCESS_KEY"] = "kept-from-everyone" };
    static readonly Dictionary<string, string> Keystone = new()
    {
        ["OS_AUTH_URL"] = "https://keystone.example.net/v3", ["OS_USERNAME"] = "backup", ["OS_PASSWORD"] = "kept-from-everyone", ["OS_PROJECT_NAME"] = "backup",
    };

    readonly TemporaryFolder folder = new();

    [Fact]
    public void A_path_is_a_directory_and_a_scheme_is_a_store_of_its_own()
    {
        Assert.IsType<DirectoryStore>(Open("there", []));
        Assert.False(Directory.Exists(folder.File("there")));
        Assert.IsType<S3Store>(Open("s3://bucket/some/prefix?endpoint=https%3A%2F%2Fs3.example.net&region=eu&lock=30d", Aws));
        Assert.IsType<SwiftStore>(Open("swift://container", Keystone));
        Assert.IsType<SwiftStore>(Open("swift://container/prefix?region=one", new() { ["ST_AUTH"] = "http://localhost/auth/v1.0", ["ST_USER"] = "a:b", ["ST_KEY"] = "c" }));
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("ftp://somewhere", "s3://BUCKET")]
    [InlineData("s3://", "names no bucket")]
    [InlineData("s3://bucket?lok=30d", "known are")]
    [InlineData("s3://bucket?lock=30", "lock=30d")]
    [InlineData("s3://bucket?lock=0d", "lock=30d")]
    [InlineData("s3://bucket?endpoint=localhost:80", "https://")]
    [InlineData("swift://container", "OS_AUTH_URL")]
    public void What_makes_no_sense_is_refused_with_what_would(string address, string expected)
    {
        var refused = Assert.Throws<RepositoryException>(() => Open(address, Aws));

        Assert.Equal(RepositoryFault.Refused, refused.Fault);
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_is_missing_is_named_and_one_that_is_there_is_not_shown()
    {
        var refused = Assert.Throws<RepositoryException>(() => Open("s3://bucket", new() { ["AWS_SECRET_ACCESS_KEY"] = "kept-from-everyone" }));

        Assert.Contains("AWS_ACCESS_KEY_ID", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("kept-from-everyone", refused.ToString(), StringComparison.Ordinal);
    }

    IStore Open(string address, Dictionary<string, string> variables) => StoreAddress.Open(address, variables, folder.Path, TimeProvider.System);

    public void Dispose() => folder.Dispose();
}
