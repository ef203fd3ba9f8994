using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>
/// Everything that charts and overlays give, held against the types and JSON schemas of Kubernetes' API, of version 1.27 and
/// of the newest that npm kubernetes-models has, and of the Prometheus operator: one run, since the compiler takes most of it.
/// </summary>
public sealed class TypeTests
{
    private const string Shipped = "shipped";
    private const string Wrong = "wrong";

    private static readonly Lazy<Task<IReadOnlyDictionary<string, string[]>>> Errors = new(CheckAsync);

    [Fact]
    public async Task EveryManifest_IsWhatKubernetesKnows_AndEveryValueWhatTheChartKnows() =>
        (await Errors.Value)[Shipped].ShouldBeEmpty();

    /// <summary>The check above would find something.</summary>
    [Fact]
    public async Task WrongMembers_OfAManifestAndOfValues_AreReported()
    {
        var errors = string.Join('\n', (await Errors.Value)[Wrong]);

        errors.ShouldContain("'\"nonsense\"' does not exist in type");
        // In 1.27 alone.
        errors.Split("'\"restartPolicy\"' does not exist in type").Length.ShouldBe(2);
        errors.ShouldContain("rules/0/for must match pattern");
        errors.ShouldContain("port must be integer");
        errors.ShouldContain("\"additionalProperty\":\"replica\"");
        errors.ShouldContain("\"missingProperty\":\"key\"");
    }

    private static async Task<IReadOnlyDictionary<string, string[]>> CheckAsync()
    {
        using var folder = new TestFolder();
        var sets = new JsonObject { [Shipped] = await LoadShippedAsync(), [Wrong] = CreateWrong() };

        var result = await Tool.RunAsync(
            "node",
            [
                Repository.PathOf("tests/Peers/kubernetes/check.mjs"),
                Repository.PathOf("deploy/helm/culvert/values.schema.json"),
                folder.Write("sets.json", sets.ToJsonString()),
            ]
        );

        return JsonSerializer.Deserialize<Dictionary<string, string[]>>(result.Succeeded().Output)!;
    }

    private static async Task<JsonObject> LoadShippedAsync()
    {
        var (all, newest, values) = (new JsonArray(), new JsonArray(), new JsonObject());
        foreach (var set in ManifestSet.All)
        {
            foreach (var manifest in await ManifestSet.LoadAsync(set))
            {
                (ManifestSet.NewerThanTheOldest.Contains(set) ? newest : all).Add(YamlJson.From(manifest.Node));
            }
        }

        all.Count.ShouldBeGreaterThan(60);
        foreach (
            var file in Directory
                .GetFiles(Repository.PathOf("tests/Deployment.Tests/Helm/values"))
                .Append(Repository.PathOf("deploy/helm/culvert/values.yaml"))
        )
        {
            values[Path.GetFileName(file)] = YamlJson.From(Yaml.Read(file));
        }

        return new JsonObject
        {
            ["all"] = all,
            ["newest"] = newest,
            ["values"] = values,
        };
    }

    private static JsonNode? CreateWrong() =>
        JsonNode.Parse(
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
               "spec":{"containers":[{"name":"new"}],"initContainers":[{"name":"also-beside","restartPolicy":"Always"}]}}],
             "values":{"wrong":{"agent":{"replica":1},"service":{"secrets":{"X":{"secret":"s"}}}}}}
            """
        );
}
