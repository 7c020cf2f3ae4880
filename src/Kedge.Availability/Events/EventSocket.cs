using System.Net.Sockets;
using System.Text.Json;
using Kedge.Availability.Evidence;

namespace Kedge.Availability.Events;

/// <summary>A Unix socket from which anybody with the right to open it reads events, one JSON object a line, from the moment he connects.</summary>
public sealed class EventSocket : IDisposable
{
    public const int MostReaders = 16;
    static readonly byte[] LineEnd = "\n"u8.ToArray();

    readonly Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    readonly Lock gate = new();
    readonly List<Socket> readers = [];
    readonly string path;

    /// <exception cref="SocketException">The path cannot be listened on.</exception>
    public EventSocket(string path)
    {
        this.path = path;
        // One of a process that was killed; a living one is not hurt by it, but loses its new readers to us.
        File.Delete(path);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite);
        listener.Listen(MostReaders);
    }

    /// <summary>Takes readers until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        while (true)
        {
            var reader = await listener.AcceptAsync(cancel);
            reader.Blocking = false;
            lock (gate)
            {
                if (readers.Count < MostReaders)
                    readers.Add(reader);
                else
                    reader.Dispose();
            }
        }
    }

    /// <summary>Never waits: a reader whose buffer is full is cut off, and can see by that that he lost something.</summary>
    public void Tell(ClusterEvent one)
    {
        byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(one, EvidenceJsonContext.Default.ClusterEvent), .. LineEnd];
        lock (gate)
        {
            foreach (var reader in readers.ToArray())
            {
                var sent = reader.Send(line, SocketFlags.None, out var error);
                if (error == SocketError.Success && sent == line.Length)
                    continue;
                readers.Remove(reader);
                reader.Dispose();
            }
        }
    }

    public void Dispose()
    {
        listener.Dispose();
        lock (gate)
            readers.ForEach(reader => reader.Dispose());
        File.Delete(path);
    }
}
