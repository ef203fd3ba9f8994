namespace Culvert.Ca.Tests;

internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("culvert-ca-");

    public string Path => folder.FullName;

    public string Write(string name, string content)
    {
        string path = System.IO.Path.Combine(folder.FullName, name);
        File.WriteAllText(path, content);
        return path;
    }

    public void Dispose() => folder.Delete(recursive: true);
}
