namespace Culvert.Tunnel.Edge.Hosting;

/// <summary>
/// A file in the state directory that marks this edge as draining. Users with write access, the edge's own user and root, may
/// drain it, also while the service is away; and it outlives a restart.
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
