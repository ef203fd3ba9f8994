using System.Text.RegularExpressions;

namespace Culvert.Deployment.Tests.Release;

/// <summary>What <c>./release</c> packs. The programs are small files here: the real ones are packed by the same scripts elsewhere.</summary>
public sealed class ReleaseTests(PackedRelease release) : IClassFixture<PackedRelease>
{
    private static readonly string Version = Repository.Version;

    public static TheoryData<string, int> Programs =>
        new()
        {
            { "culvert", 1 },
            { "identity-service", 8 },
            { "tunnel-edge", 8 },
            { "tunnel-agent", 8 },
        };

    /// <summary>The same commit gives the same bytes.</summary>
    [Fact]
    public void Release_Twice_HasTheSameDigests() =>
        File.ReadAllText(Path.Combine(release.Second, "SHA256SUMS"))
            .ShouldBe(File.ReadAllText(Path.Combine(release.First, "SHA256SUMS")));

    [Fact]
    public async Task Digests_OfEveryFile_AreInTheList()
    {
        var check = await Tool.RunAsync("sha256sum", ["--check", "--strict", "SHA256SUMS"], folder: release.First);

        check
            .Succeeded()
            .Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .ShouldBe(Files().Where(name => name != "SHA256SUMS").Select(name => $"{name}: OK"), ignoreOrder: true);
    }

    /// <summary>No file is there that the page does not describe, and none that it describes is missing.</summary>
    [Fact]
    public void Files_AreThoseOfThePage()
    {
        var page = File.ReadAllText(Repository.PathOf("docs/publishing.md")).Replace("VERSION", Version);
        string[] programs = ["culvert", "identity-service", "tunnel-edge", "tunnel-agent"];
        string[] packages = ["culvert", "culvert-identity-service", "culvert-edge", "culvert-agent"];

        var described = Regex
            .Matches(page, @"^\| `(?<name>[^`]+)` \| ", RegexOptions.Multiline)
            .Select(match => match.Groups["name"].Value)
            .Where(name => name.Contains(Version) || name is "CHANGELOG.md" or "SHA256SUMS")
            .SelectMany(name =>
                name.Contains("PROGRAM") ? programs.Select(program => name.Replace("PROGRAM", program))
                : name.Contains("PACKAGE") ? packages.Select(package => name.Replace("PACKAGE", package))
                : [name]
            );

        described.ShouldBe(Files(), ignoreOrder: true);
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Archive_HoldsProgramManualAndNotices(string program, int section)
    {
        var archive = Path.Combine(release.First, $"{program}-{Version}-linux-x64.tar.gz");

        var listed = (await Tool.RunAsync("tar", ["--list", "--verbose", "-zf", archive])).Succeeded().Output;

        var top = $"culvert-{Version}";
        listed.ShouldMatch($"-rwxr-xr-x 0/0 .* {top}/bin/{program}\n");
        listed.ShouldMatch($"-rw-r--r-- 0/0 .* {top}/share/man/man{section}/{program}.{section}\n");
        foreach (
            var document in (string[])
                [$"{program}.cdx.json", $"{program}.notices.txt", "CHANGELOG.md", "SECURITY.md", "LICENSE", "NOTICE"]
        )
        {
            listed.ShouldContain($" {top}/share/doc/{program}/{document}\n");
        }
    }

    [Fact]
    public async Task Chart_IsThatOfTheRepository()
    {
        using var folder = new TestFolder();
        var package = Path.Combine(release.First, $"culvert-{Version}.tgz");

        (await Tool.RunAsync("tar", ["--extract", "-zf", package, "-C", folder.Path])).Succeeded();

        var difference = await Tool.RunAsync(
            "diff",
            ["--recursive", Repository.PathOf("deploy/helm/culvert"), folder.PathOf("culvert")]
        );
        difference.Succeeded().Output.ShouldBeEmpty();
    }

    /// <summary>A folder that holds something else is not emptied.</summary>
    [Fact]
    public async Task Release_IntoAFolderWithOtherFiles_IsRefused()
    {
        using var folder = new TestFolder();
        StubPrograms.WriteTo(folder);

        var result = await PackedRelease.PackAsync(folder.Path, folder.Path);

        result.ExitCode.ShouldBe(73, result.Text);
        File.Exists(folder.PathOf("culvert")).ShouldBeTrue();
    }

    /// <summary>The version is decided in Directory.Build.props; other files repeat it.</summary>
    [Theory]
    [InlineData("deploy/helm/culvert/Chart.yaml", @"(?:version|appVersion): ""?(?<version>[\d.]+)", 2)]
    [InlineData("deploy/compose/single-node.yaml", @"CULVERT_VERSION:-(?<version>[\d.]+)", 3)]
    [InlineData("deploy/compose/edge-and-agent.yaml", @"CULVERT_VERSION:-(?<version>[\d.]+)", 2)]
    [InlineData("deploy/kustomize/base/service/workload.yaml", @"image: \S+:(?<version>[\d.]+)", 2)]
    [InlineData("deploy/kustomize/base/edge/workload.yaml", @"image: \S+:(?<version>[\d.]+)", 1)]
    [InlineData("deploy/kustomize/base/agent/workload.yaml", @"image: \S+:(?<version>[\d.]+)", 1)]
    [InlineData("deploy/kustomize/overlays/single-node/kustomization.yaml", @"newTag: (?<version>[\d.]+)", 3)]
    [InlineData("deploy/kustomize/overlays/agents/kustomization.yaml", @"newTag: (?<version>[\d.]+)", 1)]
    [InlineData("deploy/samples/sidecar/pod.yaml", @"image: \S+/tunnel-agent:(?<version>[\d.]+)", 1)]
    [InlineData("README.md", @"culvert-(?<version>\d+\.\d+\.\d+)", 1)]
    public void Version_OfAFile_IsTheOneThatIsBuilt(string file, string pattern, int count)
    {
        var found = Regex
            .Matches(File.ReadAllText(Repository.PathOf(file)), pattern)
            .Select(match => match.Groups["version"].Value)
            .ToList();

        found.Count.ShouldBe(count);
        found.ShouldAllBe(version => version == Version);
    }

    private IEnumerable<string> Files() => Directory.GetFiles(release.First).Select(Path.GetFileName).OfType<string>();
}
