using Culvert.Deployment.Tests.Images;

namespace Culvert.Deployment.Tests.Samples;

/// <summary>Each file of the sample sets, by the program that it is for, on the files that its host has.</summary>
public sealed class SampleSetTests
{
    private static readonly string Folder = Repository.PathOf("deploy/samples");

    public static TheoryData<string> Configurations =>
        [
            .. Directory
                .EnumerateFiles(Folder, "*.yaml", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Folder, file))
                .Where(file => Path.GetFileName(file) != "pod.yaml"),
        ];

    [Theory]
    [MemberData(nameof(Configurations))]
    public async Task Sample_ByItsProgram_IsValid(string sample)
    {
        var image = ImageOf(Path.GetFileName(sample));
        using var host = new TestFolder();
        HostFiles.WriteTo(host);
        host.Write(Path.GetFileName(sample), await File.ReadAllTextAsync(Path.Combine(Folder, sample), Cancel));
        var stage = ImageStage.ReadAll(Repository.PathOf("deploy/images/Dockerfile")).Single(one => one.Name == image);

        var check = await Container.RunAsync(
            stage,
            host,
            ["config", "check", "--config", $"/etc/culvert/{Path.GetFileName(sample)}"]
        );

        check.Succeeded();
    }

    /// <summary>Two nodes of one service differ in their names alone.</summary>
    [Theory]
    [InlineData("identity-service", "node-")]
    [InlineData("edge", "edge-")]
    public void Pair_OfTheHaSet_DiffersInItsNamesAlone(string program, string name)
    {
        var (first, second) = (Read(1), Read(2));

        first.Count.ShouldBe(second.Count);
        first.Zip(second).Where(pair => pair.First != pair.Second).Count().ShouldBeInRange(1, 2);
        first.ShouldContain(line => line.Contains($"{name}1"));

        List<string> Read(int node) =>
            [.. File.ReadLines(Path.Combine(Folder, $"ha/{program}-{node}.yaml")).Where(line => !line.StartsWith('#'))];
    }

    [Fact]
    public async Task Balancer_OfTheHaSet_IsValid()
    {
        var unpacked = Repository.PathOf(".run/haproxy/haproxy");

        var check = await Tool.RunAsync(
            File.Exists(unpacked) ? unpacked : "haproxy",
            ["-c", "-f", Path.Combine(Folder, "ha/haproxy.cfg")]
        );

        check.Succeeded();
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static string ImageOf(string file) =>
        file switch
        {
            _ when file.StartsWith("identity-service") => "service",
            _ when file.StartsWith("edge") => "edge",
            _ => "agent",
        };
}
