namespace Culvert.Deployment.Tests.Debian;

/// <summary>The packages of the published programs, built once; not compressed, since nobody sends them anywhere.</summary>
public sealed class BuiltPackages : IAsyncLifetime
{
    private readonly TestFolder folder = new();

    internal string Path => folder.Path;

    public async ValueTask InitializeAsync() => await BuildAsync(folder.Path);

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Builds all four.</summary>
    /// <param name="into">Where.</param>
    /// <param name="content">What every program consists of; the published programs when null.</param>
    internal static async Task BuildAsync(string into, string? content = null)
    {
        using var stubs = new TestFolder();
        foreach (
            var program in (string[])(
                content is null ? [] : ["culvert", "identity-service", "tunnel-edge", "tunnel-agent"]
            )
        )
        {
            stubs.Write(program, content!, "755");
            stubs.Write($"{program}.cdx.json", "{}");
            stubs.Write($"{program}.notices.txt", "");
        }

        if (content is not null)
        {
            stubs.Write("libe_sqlite3.so", content);
        }

        (
            await Tool.RunAsync(
                Repository.PathOf("deploy/debian/build"),
                [
                    content is null ? System.IO.Path.GetDirectoryName(Repository.Published("culvert"))! : stubs.Path,
                    into,
                ],
                new Dictionary<string, string> { ["DPKG_DEB_OPTIONS"] = "-Znone" }
            )
        ).Succeeded();
    }

    internal string FileOf(string package) =>
        Directory.GetFiles(folder.Path, $"{package}_*.deb").ShouldHaveSingleItem();

    /// <summary>A package's control files, unpacked beside it.</summary>
    internal async Task<ControlFiles> ControlAsync(string package)
    {
        var into = folder.PathOf($"{package}.control");
        (await Tool.RunAsync("dpkg-deb", ["--control", FileOf(package), into])).Succeeded();
        return new ControlFiles(into);
    }
}
