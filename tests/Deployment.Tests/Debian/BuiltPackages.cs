namespace Culvert.Deployment.Tests.Debian;

/// <summary>
/// The packages of the published programs, built once; not compressed, since they are not sent anywhere.
/// </summary>
public sealed class BuiltPackages : IAsyncLifetime
{
    private readonly TestFolder folder = new();

    internal string Path => folder.Path;

    public async ValueTask InitializeAsync() =>
        await BuildAsync(System.IO.Path.GetDirectoryName(Repository.Published("culvert"))!, folder.Path);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Builds all four.</summary>
    internal static async Task BuildAsync(string published, string into) =>
        (
            await Tool.RunAsync(
                Repository.PathOf("deploy/debian/build"),
                [published, into],
                new Dictionary<string, string> { ["DPKG_DEB_OPTIONS"] = "-Znone" }
            )
        ).Succeeded();

    internal string FileOf(string package) =>
        Directory.GetFiles(folder.Path, $"{package}_*.deb").ShouldHaveSingleItem();

    /// <summary>The folder of a package's files, unpacked once.</summary>
    internal async Task<string> ExtractAsync(string package)
    {
        var into = folder.PathOf($"{package}.files");
        if (!Directory.Exists(into))
        {
            (await Tool.RunAsync("dpkg-deb", ["--extract", FileOf(package), into])).Succeeded();
        }

        return into;
    }

    /// <summary>A package's control files, unpacked next to it.</summary>
    internal async Task<ControlFiles> ControlAsync(string package)
    {
        var into = folder.PathOf($"{package}.control");
        (await Tool.RunAsync("dpkg-deb", ["--control", FileOf(package), into])).Succeeded();
        return new ControlFiles(into);
    }
}
