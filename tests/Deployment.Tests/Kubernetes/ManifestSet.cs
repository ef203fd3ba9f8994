using System.Collections.Concurrent;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>What a chart or an overlay gives, by its name.</summary>
internal static class ManifestSet
{
    private const string Chart = "deploy/helm/culvert";

    /// <summary>All that the tests check: <c>helm:VALUES</c>, <c>kustomize:FOLDER</c>, <c>file:PATH</c>.</summary>
    public static readonly string[] All =
    [
        "helm:everything",
        "helm:ha",
        "helm:manual-agent",
        "kustomize:base/service",
        "kustomize:base/edge",
        "kustomize:base/agent",
        "kustomize:overlays/single-node",
        "kustomize:overlays/agents",
        "file:deploy/samples/sidecar/pod.yaml",
    ];

    /// <summary>Those with members that Kubernetes 1.27 does not have: containers that run next to the others (1.29).</summary>
    public static readonly string[] NewerThanTheOldest = ["file:deploy/samples/sidecar/pod.yaml"];

    private static readonly ConcurrentDictionary<string, Lazy<Task<IReadOnlyList<Manifest>>>> Loaded = new();

    /// <summary>Of each set once in a run: most tests read all of them, and none changes one.</summary>
    public static Task<IReadOnlyList<Manifest>> LoadAsync(string set) =>
        Loaded.GetOrAdd(set, static one => new(() => RenderSetAsync(one))).Value;

    private static async Task<IReadOnlyList<Manifest>> RenderSetAsync(string set)
    {
        var name = set[(set.IndexOf(':') + 1)..];
        var text = set.Split(':')[0] switch
        {
            "helm" => (await RenderAsync(ValuesFile(name))).Succeeded().Output,
            "kustomize" => (
                await Tool.RunAsync(
                    Repository.Unpacked("usr/bin/kubectl"),
                    ["kustomize", Repository.PathOf($"deploy/kustomize/{name}")]
                )
            )
                .Succeeded()
                .Output,
            _ => await File.ReadAllTextAsync(Repository.PathOf(name), TestContext.Current.CancellationToken),
        };
        return [.. Yaml.ReadAll(text).Select(node => new Manifest(node))];
    }

    /// <summary>The chart with values from a file, in a release called <c>demo</c>.</summary>
    public static Task<ToolResult> RenderAsync(string values) =>
        Tool.RunAsync(Repository.Unpacked("render"), [Repository.PathOf(Chart), "demo", "culvert", values]);

    public static string ValuesFile(string name) =>
        Repository.PathOf($"tests/Deployment.Tests/Helm/values/{name}.yaml");
}
