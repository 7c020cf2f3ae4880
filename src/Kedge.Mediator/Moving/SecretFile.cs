using System.Text;

namespace Kedge.Mediator.Moving;

/// <summary>A file that its owner alone may read, from the first byte on; there whole or not at all.</summary>
public static class SecretFile
{
    /// <summary>Writes it, in place of what stands there.</summary>
    public static async Task WriteAsync(string path, string text, CancellationToken cancel)
    {
        var beside = path + ".new";
        File.Delete(beside);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite };
        await using (var file = new FileStream(beside, options))
        {
            await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancel);
            file.Flush(flushToDisk: true);
        }
        File.Move(beside, path, overwrite: true);
    }
}
