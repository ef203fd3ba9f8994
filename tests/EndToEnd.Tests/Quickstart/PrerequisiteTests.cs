using Culvert.EndToEnd.Tests.Harness;
using Shouldly;
using Xunit;

namespace Culvert.EndToEnd.Tests.Quickstart;

public sealed class PrerequisiteTests : IDisposable
{
    /// <summary>What the script itself needs before it may look for anything else.</summary>
    private static readonly string[] Basics =
    [
        "bash",
        "env",
        "dirname",
        "readlink",
        "grep",
        "tr",
        "cut",
        "setsid",
        "dotnet",
        "mkdir",
        "cat",
        "getent",
    ];

    private readonly TestFolder folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Quickstart_SeveralProgramsMissing_ListsThemAllWithTheOneCommand()
    {
        var (code, output) = await RunWithoutPeersAsync("quickstart");

        code.ShouldBe(69);
        output.ShouldContain("Node.js 20 or later");
        output.ShouldContain("openssl");
        output.ShouldContain("apt-get install --yes --no-install-recommends nodejs npm openssl");
    }

    /// <summary>A PATH of links, with an `id` that says that we are not root and without sudo.</summary>
    private async Task<(int ExitCode, string Output)> RunWithoutPeersAsync(string stateName)
    {
        var bin = Path.Combine(folder.Path, "bin");
        Directory.CreateDirectory(bin);
        foreach (var name in Basics)
        {
            File.CreateSymbolicLink(Path.Combine(bin, name), Find(name));
        }

        var id = Path.Combine(bin, "id");
        await File.WriteAllTextAsync(id, "#!/bin/sh\necho 1000\n", Cancel);
        File.SetUnixFileMode(id, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        return await QuickstartScript.RunAsync(
            Path.Combine(folder.Path, stateName),
            [],
            Cancel,
            new Dictionary<string, string> { ["PATH"] = bin }
        );
    }

    private static string Find(string name) =>
        Environment
            .GetEnvironmentVariable("PATH")!
            .Split(':')
            .Select(part => Path.Combine(part, name))
            .First(File.Exists);

    public void Dispose() => folder.Dispose();
}
