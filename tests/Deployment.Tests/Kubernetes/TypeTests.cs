using System.Text.Json.Nodes;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>
/// Everything that charts and overlays give, held against the types and JSON schemas of Kubernetes' API, of version 1.27 and
/// of the newest that npm kubernetes-models has, and of the Prometheus operator: one run, since the compiler takes most of it.
/// </summary>
public sealed class TypeTests
{
    private const string Check = "tests/Peers/kubernetes/check.mjs";
    private const string Schema = "deploy/helm/culvert/values.schema.json";

    [Fact]
    public async Task EveryManifest_IsWhatKubernetesKnows_AndEveryValueWhatTheChartKnows()
    {
        using var folder = new TestFolder();
        var (all, newest) = (new JsonArray(), new JsonArray());
        foreach (var set in ManifestSet.All)
        {
            foreach (var manifest in await ManifestSet.LoadAsync(set))
            {
                (ManifestSet.NewerThanTheOldest.Contains(set) ? newest : all).Add(YamlJson.From(manifest.Node));
            }
        }

        var manifests = new JsonObject { ["all"] = all, ["newest"] = newest };

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

        all.Count.ShouldBeGreaterThan(60);
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
            {"all":[
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"x"},"spec":{"nonsense":[],"ports":[{"port":80}]}},
              {"apiVersion":"v1","kind":"Service","metadata":{"name":"y"},"spec":{"ports":[{"port":"http"}]}},
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"z"},
               "spec":{"containers":[{"name":"new"}],"initContainers":[{"name":"beside","restartPolicy":"Always"}]}},
              {"apiVersion":"monitoring.coreos.com/v1","kind":"PrometheusRule","metadata":{"name":"r"},
               "spec":{"groups":[{"name":"g","rules":[{"alert":"A","expr":"up","for":"2 minutes"}]}]}}],
             "newest":[
              {"apiVersion":"v1","kind":"Pod","metadata":{"name":"n"},
               "spec":{"containers":[{"name":"new"}],"initContainers":[{"name":"also-beside","restartPolicy":"Always"}]}}]}
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
        // In 1.27 alone.
        result.Output.Split("'\"restartPolicy\"' does not exist in type").Length.ShouldBe(2);
        result.Output.ShouldContain("rules/0/for must match pattern");
        result.Output.ShouldContain("port must be integer");
        result.Output.ShouldContain("\"additionalProperty\":\"replica\"");
        result.Output.ShouldContain("\"missingProperty\":\"key\"");
    }
}
