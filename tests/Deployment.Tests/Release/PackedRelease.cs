namespace Culvert.Deployment.Tests.Release;

/// <summary>A release of small programs, made twice.</summary>
public sealed class PackedRelease : IAsyncLifetime
{
    private readonly TestFolder folder = new();

    internal string First => folder.PathOf("first");

    internal string Second => folder.PathOf("second");

    public async ValueTask InitializeAsync()
    {
        foreach (var release in (string[])[First, Second])
        {
            using var stubs = new TestFolder();
            StubPrograms.WriteTo(stubs);
            (await PackAsync(stubs.Path, release)).Succeeded();
        }
    }

    public ValueTask DisposeAsync()
    {
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    internal static Task<ToolResult> PackAsync(string published, string into) =>
        Tool.RunAsync(
            Repository.PathOf("release"),
            ["--out", into, "--published", published, "--roots", Path.Combine(published, StubPrograms.Roots)],
            new Dictionary<string, string> { ["DPKG_DEB_OPTIONS"] = "-Znone", ["GZIP_OPTIONS"] = "-1" }
        );
}
