using System.Text.Json.Nodes;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>
/// Everything that charts and overlays give, held against the types of Kubernetes' API (npm kubernetes-models): one run,
/// since the compiler takes most of it.
/// </summary>
public sealed class TypeTests
{
    private const string Check = "tests/Peers/kubernetes/check.mjs";
    private const string Schema = "deploy/helm/culvert/values.schema.json";

    [Fact]
    public async Task EveryManifest_IsWhatKubernetesKnows_AndEveryValueWhatTheChartKnows()
    {
        using var folder = new TestFolder();
        var manifests = new JsonArray();
        foreach (var set in ManifestSet.All)
        {
            foreach (var manifest in await ManifestSet.LoadAsync(set))
            {
                manifests.Add(YamlJson.From(manifest.Node));
            }
        }

        var values = Directory
            .GetFiles(Repository.PathOf("tests/Deployment.Tests/Helm/values"))
            .Append(Repository.PathOf("deploy/helm/culvert/values.yaml"))
            .Select(file =>
                folder.Write($"{Path.GetFileName(file)}.json", YamlJson.From(Yaml.Read(file))!.ToJsonString())
            );
        var result = await Tool.RunAsync(
            "node",
            [
                Repository.PathOf(Check),
                folder.Write("manifests.json", manifests.ToJsonString()),
                Repository.PathOf(Schema),
                .. values,
            ]
        );

        manifests.Count.ShouldBeGreaterThan(40);
        result.Succeeded().Output.ShouldBeEmpty();
    }

    /// <summary>The check above would find something.</summary>
    [Fact]
    public async Task WrongMembers_OfAManifestAndOfValues_AreReported()
    {
        using var folder = new TestFolder();
        var manifests = folder.Write(
            "manifests.json",
            """
            [{"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"nonsense":[],"ports":[{"port":80}]}},
             {"apiVersion":"v1","kind":"Service","metadata":{"name":"y"},"spec":{"ports":[{"port":"http"}]}}]
            """
        );
        var values = folder.Write(
            "values.json",
            """{"agent":{"replica":1},"service":{"secrets":{"X":{"secret":"s"}}}}"""
        );

        var result = await Tool.RunAsync(
            "node",
            [Repository.PathOf(Check), manifests, Repository.PathOf(Schema), values]
        );

        result.ExitCode.ShouldBe(1);
        result.Output.ShouldContain("'\"nonsense\"' does not exist in type");
        result.Output.ShouldContain("port must be integer");
        result.Output.ShouldContain("\"additionalProperty\":\"replica\"");
        result.Output.ShouldContain("\"missingProperty\":\"key\"");
    }
}
