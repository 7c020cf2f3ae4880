namespace Kedge.Blocks.Stores;

/// <summary>Where a bucket is and who we are there. A class and not a record, so that nothing prints it.</summary>
public sealed class S3Settings
{
    /// <summary>The bucket; it exists already.</summary>
    public required string Bucket { get; init; }

    /// <summary>What all names in it begin with; empty for the whole bucket.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>The server, such as <c>https://s3.example.net:7480</c>; null for Amazon's own.</summary>
    public Uri? Endpoint { get; init; }

    /// <summary>The region that requests are signed for.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Id of the key.</summary>
    public required string AccessKey { get; init; }

    /// <summary>The key.</summary>
    public required string SecretKey { get; init; }

    /// <summary>With temporary keys: their token.</summary>
    public string? SessionToken { get; init; }

    /// <summary>A PEM file of the authorities that the server's certificate may come from; null for the machine's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>
    /// How long nobody, not even the bucket's owner, may destroy what a put wrote for good (object lock, mode compliance). Null: no lock. The bucket needs
    /// object lock. A delete hides an object then, and its version stays until the time is over.
    /// </summary>
    public TimeSpan? LockFor { get; init; }
}
