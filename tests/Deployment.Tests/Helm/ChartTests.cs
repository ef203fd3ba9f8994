using Culvert.Deployment.Tests.Kubernetes;

namespace Culvert.Deployment.Tests.Helm;

/// <summary>The chart: what it refuses, and what its values promise.</summary>
public sealed class ChartTests
{
    /// <summary>Values that would only fail later, each with what it says instead.</summary>
    [Theory]
    [InlineData("service: {enabled: true}", "service.config.public_url is required")]
    [InlineData("service: {enabled: true, config: {public_url: u}}", "service.config.machine_url is required")]
    [InlineData(
        "service: {enabled: true, replicas: 2, config: {public_url: u, machine_url: m}}",
        "storage.type: postgres"
    )]
    [InlineData(
        "service: {enabled: true, persistence: {enabled: false}, config: {public_url: u, machine_url: m}}",
        "would lose the database"
    )]
    [InlineData(
        "service: {enabled: true, config: {public_url: u, machine_url: m, storage: {type: postgres}}}",
        "every node needs the same"
    )]
    [InlineData("edge: {enabled: true}", "each edge is registered separately")]
    [InlineData("edge: {enabled: true, instances: [{name: a, edge_id: edge_1}]}", "edge.config.identity is required")]
    [InlineData("agent: {enabled: true}", "agent.config.routes is required")]
    [InlineData("agent: {enabled: true, config: {routes: {a: {}}}}", "agent.config.identity is required")]
    [InlineData(
        "{image: {registry: r}, agent: {enabled: true, secrets: {X: {key: k}}, config: {routes: {a: {}}, identity: {url: u}}}}",
        "agent.secrets.X.secret is required"
    )]
    [InlineData(
        "agent: {enabled: true, config: {routes: {a: {}}, identity: {url: u}}}",
        "image.registry is required: the registry that you pushed the images to"
    )]
    public async Task Values_ThatCannotWork_AreRefused(string values, string expected)
    {
        using var folder = new TestFolder();

        var result = await ManifestSet.RenderAsync(folder.Write("values.yaml", values));

        result.ExitCode.ShouldBe(1);
        result.Error.ShouldContain(expected);
    }

    [Fact]
    public async Task Chart_WithNothingEnabled_MakesNothing()
    {
        using var folder = new TestFolder();

        var result = await ManifestSet.RenderAsync(folder.Write("values.yaml", "{}"));

        result.Succeeded().Output.ShouldBeEmpty();
    }

    /// <summary>A changed configuration must start new pods, and an unchanged one must not.</summary>
    [Fact]
    public async Task Configuration_Changed_ChangesThePods()
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(ManifestSet.ValuesFile("everything"), Cancel);

        var before = await ChecksumsAsync(folder.Write("a.yaml", text));
        var same = await ChecksumsAsync(folder.Write("b.yaml", text));
        var after = await ChecksumsAsync(folder.Write("c.yaml", text.Replace("docs.mcp.svc", "files.mcp.svc")));

        same.ShouldBe(before);
        after.Except(before).Count().ShouldBe(1, "the agent's alone");
    }

    [Fact]
    public async Task Token_OfAPod_IsForOurAudience()
    {
        foreach (
            var pod in (await ManifestSet.LoadAsync("helm:everything")).Where(m =>
                m.Name.Contains("agent") && m.Pod is not null
            )
        )
        {
            var token = Yaml.Items(pod.Pod!, "volumes").Single(v => Yaml.Text(v, "name") == "identity-token");
            Yaml.Text(token, "projected.sources.0.serviceAccountToken.audience")
                .ShouldBe("https://identity.example.com:8443");
        }
    }

    [Fact]
    public async Task Nodes_OfTheService_AreNamedByTheirPods_AndShareTheirSecrets()
    {
        var service = (await ManifestSet.LoadAsync("helm:ha")).Single(m => m.Kind == "StatefulSet");

        var variables = Yaml.Items(service.Containers.Single(), "env").ToDictionary(v => Yaml.Text(v, "name"));
        Yaml.Text(variables["CULVERT_SERVICE__NODE__NAME"], "valueFrom.fieldRef.fieldPath").ShouldBe("metadata.name");
        Yaml.Text(variables["SEALING_KEY"], "valueFrom.secretKeyRef.name").ShouldBe("culvert-sealing-key");
        (await ManifestSet.LoadAsync("helm:ha")).ShouldContain(m => m.Kind == "PodDisruptionBudget");
    }

    /// <summary>Without state by default; with a volume each where calls are recorded.</summary>
    [Theory]
    [InlineData("helm:everything", "Deployment")]
    [InlineData("helm:manual-agent", "StatefulSet")]
    public async Task Agents_AreStateless_UnlessTheyPersist(string set, string kind) =>
        (await ManifestSet.LoadAsync(set)).Single(m => m.Name == "demo-agent" && m.Pod is not null).Kind.ShouldBe(kind);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<IReadOnlyList<string>> ChecksumsAsync(string values) =>
        [
            .. (await ManifestSet.RenderAsync(values))
                .Succeeded()
                .Output.Split('\n')
                .Where(line => line.Contains("checksum/config:")),
        ];
}
