using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Kedge.OpenStack.Tests.World;

/// <summary>A real listener, for what only a real connection does: certificates, answers that are lost, bodies that break off.</summary>
sealed class LoopbackServer : IAsyncDisposable
{
    readonly TcpListener listener = new(IPAddress.Loopback, 0);
    readonly CancellationTokenSource closing = new();
    readonly X509Certificate2? certificate;
    readonly Func<string, string?> answer;
    readonly List<string> received = [];
    readonly Task accepting;

    LoopbackServer(X509Certificate2? certificate, Func<string, string?> answer)
    {
        this.certificate = certificate;
        this.answer = answer;
        listener.Start();
        accepting = AcceptAsync();
    }

    public string Address => $"{(certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}";

    /// <summary>First lines of what arrived whole.</summary>
    public IReadOnlyList<string> Received
    {
        get
        {
            lock (received)
                return [.. received];
        }
    }

    /// <summary>Answers each request with the text that the function makes of its first line; null closes the connection instead.</summary>
    public static LoopbackServer Http(Func<string, string?> answer) => new(null, answer);

    public static LoopbackServer Https(X509Certificate2 certificate, Func<string, string?> answer) => new(certificate, answer);

    public static string Answer(int status, string body, string headers = "") =>
        $"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n{headers}\r\n{body}";

    /// <summary>A certificate for the loopback address that nobody has signed.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=kedge-test", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        var now = TimeProvider.System.GetUtcNow();
        using var made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }

    public async ValueTask DisposeAsync()
    {
        await closing.CancelAsync();
        listener.Stop();
        await accepting;
        closing.Dispose();
    }

    async Task AcceptAsync()
    {
        var open = new List<Task>();
        try
        {
            while (true)
                open.Add(ServeAsync(await listener.AcceptTcpClientAsync(closing.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(open);
        }
    }

    async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                await using Stream stream = certificate is null ? client.GetStream() : await HandshakeAsync(client);
                while (await ReadRequestAsync(stream) is { } line)
                {
                    lock (received)
                        received.Add(line);
                    if (answer(line) is not { } text)
                        return;
                    await stream.WriteAsync(Encoding.UTF8.GetBytes(text), closing.Token);
                    if (text.Contains("Connection: close", StringComparison.Ordinal))
                        return;
                }
            }
            catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException or SocketException)
            {
                // The other side went away: some tests want that.
            }
        }
    }

    async Task<Stream> HandshakeAsync(TcpClient client)
    {
        var secure = new SslStream(client.GetStream());
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, closing.Token);
        return secure;
    }

    async Task<string?> ReadRequestAsync(Stream stream)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (!head.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            if (await stream.ReadAsync(one, closing.Token) == 0)
                return null;
            head.Append((char)one[0]);
        }

        var lines = head.ToString().Split("\r\n");
        var length = lines.FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        if (length is not null)
            await stream.ReadExactlyAsync(new byte[int.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)], closing.Token);
        return lines[0];
    }
}
