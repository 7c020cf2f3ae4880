using System.Net;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Kedge.Blocks.Keys;

namespace Kedge.Blocks.Stores;

/// <summary>
/// A store in a bucket of S3. Put-if-absent is the server's own conditional put (<c>If-None-Match: *</c>); before the first put we look whether the server
/// heeds it, and go by <see cref="Claims"/> where it does not.
/// </summary>
public sealed class S3Store : IStore, IDisposable
{
    readonly S3Settings settings;
    readonly TimeProvider time;
    readonly StorePrefix prefix;
    readonly AmazonS3Client client;
    readonly Attempts attempts;
    readonly bool isEncrypted;
    readonly Claims claims;
    bool? isHeeded;

    S3Store(S3Settings settings, TimeProvider time)
    {
        this.settings = settings;
        this.time = time;
        prefix = new StorePrefix(settings.Prefix);
        attempts = new Attempts($"{settings.Endpoint?.ToString() ?? "S3"} bucket {settings.Bucket}", time);
        isEncrypted = settings.Endpoint?.Scheme != Uri.UriSchemeHttp;
        AWSCredentials credentials = settings.SessionToken is { } token
            ? new SessionAWSCredentials(settings.AccessKey, settings.SecretKey, token)
            : new BasicAWSCredentials(settings.AccessKey, settings.SecretKey);
        claims = new Claims(this, async (name, content, cancel) => await PutIfAbsentAsync(name, content, cancel), time);
        client = new AmazonS3Client(credentials, ConfigOf(settings));
    }

    /// <summary>Prepares a client; nothing is asked yet.</summary>
    public static S3Store Open(S3Settings settings, TimeProvider time) => new(settings, time);

    /// <inheritdoc/>
    public async ValueTask<bool> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        isHeeded ??= await IsHeededAsync(cancel);
        if (isHeeded == false && !Claims.IsUncontested(name)) return await claims.PutAsync(name, content, cancel);
        return await PutIfAbsentAsync(name, content, cancel);
    }

    /// <inheritdoc/>
    public ValueTask<int> ReadAsync(string name, long offset, Memory<byte> into, CancellationToken cancel) => attempts.RunAsync($"Reading {name}", async (_, token) =>
    {
        try
        {
            if (into.IsEmpty)
            {
                await client.GetObjectMetadataAsync(settings.Bucket, prefix.Whole(name), token);
                return 0;
            }
            using var answer = await client.GetObjectAsync(new GetObjectRequest { BucketName = settings.Bucket, Key = prefix.Whole(name), ByteRange = new ByteRange(offset, offset + into.Length - 1) }, token);
            if (answer.HttpStatusCode != HttpStatusCode.PartialContent) throw new HttpRequestException("it gave the whole object where a range was asked for", null, answer.HttpStatusCode);
            var length = (int)Math.Min(into.Length, answer.ContentLength);
            return await answer.ResponseStream.ReadAtLeastAsync(into[..length], length, throwOnEndOfStream: true, token);
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            return 0;
        }
        catch (AmazonS3Exception e) when (IsAbsent(e))
        {
            return -1;
        }
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public ValueTask<StoredObject?> FindAsync(string name, CancellationToken cancel) => attempts.RunAsync<StoredObject?>($"Looking for {name}", async (_, token) =>
    {
        try
        {
            var found = await client.GetObjectMetadataAsync(settings.Bucket, prefix.Whole(name), token);
            return new StoredObject(name, found.ContentLength, At(found.LastModified));
        }
        catch (AmazonS3Exception e) when (IsAbsent(e))
        {
            return null;
        }
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoredObject> ListAsync(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        string? next = null;
        do
        {
            var from = next;
            var page = await attempts.RunAsync($"Listing {prefix}", async (_, token) =>
                await client.ListObjectsV2Async(new ListObjectsV2Request { BucketName = settings.Bucket, Prefix = this.prefix.Whole(prefix), ContinuationToken = from }, token), StatusOf, cancel);
            foreach (var found in page.S3Objects ?? []) yield return new StoredObject(this.prefix.Part(found.Key), found.Size ?? 0, At(found.LastModified));
            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <inheritdoc/>
    public async ValueTask DeleteAsync(string name, CancellationToken cancel) => await attempts.RunAsync($"Deleting {name}", async (_, token) =>
    {
        try
        {
            await client.DeleteObjectAsync(settings.Bucket, prefix.Whole(name), token);
        }
        catch (AmazonS3Exception e) when (IsAbsent(e))
        {
            // Gone already, which is what was asked for.
        }
        return true;
    }, StatusOf, cancel);

    /// <inheritdoc/>
    public void Dispose()
    {
        client.Dispose();
    }

    /// <summary>When the object's lock ends; null when it has none. Of the newest version.</summary>
    internal async Task<DateTimeOffset?> FindLockAsync(string name, CancellationToken cancel)
    {
        var found = await client.GetObjectMetadataAsync(settings.Bucket, prefix.Whole(name), cancel);
        return found.ObjectLockRetainUntilDate is { } until ? At(until) : null;
    }

    ValueTask<bool> PutIfAbsentAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) => attempts.RunAsync($"Writing {name}", async (attempt, token) =>
    {
        using var body = MemoryMarshal.TryGetArray(content, out var array) ? new MemoryStream(array.Array!, array.Offset, array.Count, writable: false) : new MemoryStream(content.ToArray());
        try
        {
            await client.PutObjectAsync(RequestOf(name, content, body), token);
            return true;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            // The answer to our own first attempt may have been lost: then it is ours that stands there.
            return attempt > 1 && (await this.FindWholeAsync(name, token)).AsSpan().SequenceEqual(content.Span);
        }
    }, StatusOf, cancel);

    PutObjectRequest RequestOf(string name, ReadOnlyMemory<byte> content, MemoryStream body)
    {
        var request = new PutObjectRequest
        {
            BucketName = settings.Bucket,
            Key = prefix.Whole(name),
            InputStream = body,
            AutoCloseStream = false,
            IfNoneMatch = "*",
            // Every byte is under a tag of ours; hashing all of it once more for the signature is for lines in clear only.
            DisablePayloadSigning = isEncrypted,
            UseChunkEncoding = false,
        };
        if (settings.LockFor is { } time && IsKept(name))
        {
            request.ObjectLockMode = ObjectLockMode.Compliance;
            request.ObjectLockRetainUntilDate = (this.time.GetUtcNow() + time).UtcDateTime;
#pragma warning disable CA5351 // S3 demands an MD5 with a lock, as a checksum of the transfer.
            request.MD5Digest = Convert.ToBase64String(MD5.HashData(content.Span));
#pragma warning restore CA5351
        }
        return request;
    }

    /// <summary>Leases and condemned records come and go; all else is what a restore needs.</summary>
    static bool IsKept(string name) =>
        !name.StartsWith(Names.Sessions, StringComparison.Ordinal) && !name.StartsWith(Names.Condemned, StringComparison.Ordinal) && !name.StartsWith(Names.Locks, StringComparison.Ordinal);

    async Task<bool> IsHeededAsync(CancellationToken cancel)
    {
        var name = $"{Names.Locks}probe/{ObjectId.New()}";
        await PutIfAbsentAsync(name, "once"u8.ToArray(), cancel);
        var isHeeded = !await PutIfAbsentAsync(name, "twice"u8.ToArray(), cancel);
        await DeleteAsync(name, cancel);
        return isHeeded;
    }

    static AmazonS3Config ConfigOf(S3Settings settings)
    {
        var config = new AmazonS3Config
        {
            ForcePathStyle = settings.Endpoint is not null,
            AuthenticationRegion = settings.Region,
            // We ask again ourselves: only then do we know that an earlier attempt may have happened.
            MaxErrorRetry = 0,
            Timeout = Attempts.Within,
            // Trailing checksums are unknown to servers of before 2025; our tags say more than they do.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
        };
        if (settings.Endpoint is { } endpoint) config.ServiceURL = endpoint.ToString();
        else config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        config.HttpClientFactory = new Connections(settings.AuthorityFile);
        return config;
    }

    static HttpStatusCode? StatusOf(Exception e) => e is AmazonServiceException answered ? answered.StatusCode : null;

    static bool IsAbsent(AmazonS3Exception e) => e.StatusCode == HttpStatusCode.NotFound && e.ErrorCode is not "NoSuchBucket";

    static DateTimeOffset At(DateTime? at) => at is { } known ? new DateTimeOffset(known.ToUniversalTime(), TimeSpan.Zero) : default;

    sealed class Connections(string? authorityFile) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(new Straight(StoreTls.Handler(authorityFile))) { Timeout = Attempts.Within };

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }

    /// <summary>
    /// Without <c>Expect: 100-continue</c>: after an error .NET still sends a body of up to 1 KiB, which radosgw does not wait for then, and takes for the
    /// beginning of the next request. And with a bound on what the SDK reads whole: all but the content of objects, which is asked for by range.
    /// </summary>
    sealed class Straight(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.ExpectContinue = false;
            var answer = await base.SendAsync(request, cancellationToken);
            if (answer.StatusCode == HttpStatusCode.PartialContent || request.Method == HttpMethod.Head) return answer;
            try
            {
                await answer.Content.LoadIntoBufferAsync(StoreAnswer.MaxBytes, cancellationToken);
                return answer;
            }
            catch (HttpRequestException)
            {
                answer.Dispose();
                throw;
            }
        }
    }
}
