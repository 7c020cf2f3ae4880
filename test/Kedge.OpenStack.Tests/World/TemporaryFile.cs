namespace Kedge.OpenStack.Tests.World;

/// <summary>A file with a text, gone with the test.</summary>
sealed class TemporaryFile : IDisposable
{
    public TemporaryFile(string text)
    {
        Path = System.IO.Path.Combine(Directory.CreateTempSubdirectory("kedge-test-").FullName, "file");
        File.WriteAllText(Path, text);
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(System.IO.Path.GetDirectoryName(Path)!, recursive: true);
}
