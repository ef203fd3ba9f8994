namespace Culvert.Stage;

/// <summary>The checkout that this program was built in, and the configuration (Release, Debug) that it was built as.</summary>
internal sealed record Checkout(string Root, string Configuration)
{
    /// <summary>The folder of the third-party peers (node).</summary>
    public string Peers => Path.Combine(Root, "tests", "Peers");

    /// <summary>
    /// Everything that a run writes lies under here; ignored by git. QUICKSTART_STATE names another folder, so that tests
    /// of the script do not meet what a developer left running.
    /// </summary>
    public string RunFolder { get; init; } =
        Environment.GetEnvironmentVariable("QUICKSTART_STATE") is { Length: > 0 } other
            ? Path.GetFullPath(other)
            : Path.Combine(Root, ".run");

    /// <summary>Walks up from the running assembly, <c>tests/X/bin/CONFIGURATION/net10.0</c>.</summary>
    public static Checkout Find()
    {
        var output = new DirectoryInfo(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        for (var folder = output; folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Identity.sln")))
            {
                return new Checkout(folder.FullName, output.Parent!.Name);
            }
        }

        throw new InvalidOperationException($"{output} is not inside a checkout: no Identity.sln above it.");
    }

    /// <summary>Where the build put a project under <c>src/</c>.</summary>
    public string BuildOutput(string project) => Path.Combine(Root, "src", project, "bin", Configuration, "net10.0");

    /// <summary>A script of an npm package installed under <see cref="Peers"/>.</summary>
    public string PeerScript(string package, string script) => Path.Combine(Peers, "node_modules", package, script);
}
