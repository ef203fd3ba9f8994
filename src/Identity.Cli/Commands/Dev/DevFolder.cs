using Culvert.Platform.Secrets;

namespace Culvert.Identity.Cli.Commands.Dev;

/// <summary>The temporary state of a development system: a folder that only its owner can access.</summary>
internal sealed class DevFolder : IDisposable
{
    private readonly bool keep;

    private DevFolder(string path, bool keep) => (Path, this.keep) = (path, keep);

    public string Path { get; }

    public static DevFolder Create(bool keep) =>
        // Created with mode 0700 under a name that no other user can predict.
        new(Directory.CreateTempSubdirectory("culvert-dev-").FullName, keep);

    /// <summary>Returns the path of a file, and creates its folder.</summary>
    public string File(params ReadOnlySpan<string> parts)
    {
        var file = System.IO.Path.Combine([Path, .. parts]);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!, PrivateFile.FolderMode);
        return file;
    }

    public static string Tail(string log)
    {
        const int Lines = 8;
        try
        {
            return string.Join(Environment.NewLine, System.IO.File.ReadLines(log).TakeLast(Lines));
        }
        catch (IOException)
        {
            return "";
        }
    }

    public void Dispose()
    {
        if (!keep && Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
