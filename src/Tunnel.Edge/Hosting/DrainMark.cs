namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>
/// A file in the state directory that marks this edge as draining. It survives a restart and works without the service; only
/// the edge's own user and root can write it.
/// </summary>
internal sealed class DrainMark(string stateDirectory)
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string path = Path.Combine(stateDirectory, "drain");

    public bool IsSet => File.Exists(path);

    public void Set()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = Private,
        };
        using var file = new FileStream(path, options);
    }

    public void Remove() => File.Delete(path);
}
