namespace Culvert.Deployment.Tests.Debian;

/// <summary>A package's control files, where they were unpacked.</summary>
internal sealed record ControlFiles(string Folder)
{
    public string PathOf(string name) => Path.Combine(Folder, name);
}
