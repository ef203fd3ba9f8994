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
        "every node needs the same sealing key"
    )]
    [InlineData(
        "service: {enabled: true, restore: {file: a.backup}, config: {public_url: u, machine_url: m}}",
        "it is read from the volume of service.backup"
    )]
    [InlineData("edge: {enabled: true}", "each edge is registered separately")]
    [InlineData("edge: {enabled: true, instances: [{edgeId: edge_1}]}", "edge.config.identity is required")]
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

    /// <summary>A value of the configuration may be env:NAME, and each of them reads the whole configuration.</summary>
    [Fact]
    public async Task Service_EveryContainerOfItsImage_GetsTheVariables()
    {
        using var folder = new TestFolder();
        var values = await File.ReadAllTextAsync(ManifestSet.ValuesFile("ha"), TestContext.Current.CancellationToken);
        const string Replicas = "  replicas: 2\n";
        values.ShouldContain(Replicas);

        var rendered = await ManifestSet.RenderAsync(
            folder.Write(
                "values.yaml",
                values.Replace(Replicas, $"{Replicas}  initOrganization: Example\n", StringComparison.Ordinal)
            )
        );

        // The service, init, restore, migrate and backup.
        rendered.Succeeded().Output.Split("name: hsm-settings").Length.ShouldBe(1 + 5);
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

        var variables = Yaml.Items(service.Containers.Last(), "env").ToDictionary(v => Yaml.Text(v, "name"));
        Yaml.Text(variables["CULVERT_SERVICE__NODE__NAME"], "valueFrom.fieldRef.fieldPath").ShouldBe("metadata.name");
        Yaml.Text(variables["SEALING_KEY"], "valueFrom.secretKeyRef.name").ShouldBe("culvert-sealing-key");
        (await ManifestSet.LoadAsync("helm:ha")).ShouldContain(m => m.Kind == "PodDisruptionBudget");
    }

    /// <summary>Without state by default; with a volume each where calls are recorded.</summary>
    [Theory]
    [InlineData("helm:everything", "Deployment", "demo-agent")]
    [InlineData("helm:manual-agent", "StatefulSet", "docs-agent")]
    public async Task Agents_AreStateless_UnlessTheyPersist(string set, string kind, string name) =>
        (await ManifestSet.LoadAsync(set)).Single(m => m.Name == name && m.Pod is not null).Kind.ShouldBe(kind);

    /// <summary>One set, so that an update replaces one edge after the other; each has the file of its own registration.</summary>
    [Fact]
    public async Task Edges_AreOneSet_WithAFileAndAServiceEach()
    {
        var manifests = await ManifestSet.LoadAsync("helm:everything");

        var edges = manifests.Single(m => m is { Kind: "StatefulSet", Name: "demo-edge" });
        Yaml.Text(edges.Node, "spec.replicas").ShouldBe("2");
        Yaml.Text(edges.Node, "spec.updateStrategy.type").ShouldBe("RollingUpdate");
        Yaml.Items(edges.Containers.Single(), "volumeMounts")
            .Select(mount => Yaml.At(mount, "subPathExpr")?.ToString())
            .ShouldContain("$(POD_NAME).yaml");
        var files = Yaml.Pairs(
            Yaml.At(manifests.Single(m => m is { Kind: "ConfigMap", Name: "demo-edge" }).Node, "data")!
        );
        files.Keys.ShouldBe(["demo-edge-0.yaml", "demo-edge-1.yaml"]);
        files["demo-edge-0.yaml"].ShouldContain("edge_id: edge_010000000000000000000000");
        files["demo-edge-1.yaml"].ShouldContain("edge_id: edge_010000000000000000000001");
        manifests.Count(m => m.Kind == "Service" && m.Name is "demo-edge-0" or "demo-edge-1").ShouldBe(2);
    }

    /// <summary>Else kube-proxy and balancers send clients to a part that has stopped, and the kubelet kills one that drains.</summary>
    [Theory]
    [InlineData("demo-service", "identity-service.yaml", 0)]
    [InlineData("demo-edge", "demo-edge-0.yaml", 60)] // drain_timeout
    public async Task Parts_DrainBeforeTheyStop(string name, string file, int drainSeconds)
    {
        var manifests = await ManifestSet.LoadAsync("helm:everything");

        var text = Yaml.Pairs(Yaml.At(manifests.Single(m => m.Kind == "ConfigMap" && m.Name == name).Node, "data")!)[
            file
        ];
        var delay = Yaml.Text(Yaml.ReadAll(text)[0], "drain_delay");
        var workload = manifests.Single(m => m.Kind == "StatefulSet" && m.Name == name);

        delay.ShouldEndWith("s");
        int.Parse(Yaml.Text(workload.Pod!, "terminationGracePeriodSeconds"))
            .ShouldBeGreaterThan(int.Parse(delay.TrimEnd('s')) + drainSeconds);
    }

    /// <summary>With the new program and configuration, before Helm replaces anything; a node on SQLite does it itself.</summary>
    [Fact]
    public async Task Migration_IsAJobBeforeTheUpgrade_OnPostgres()
    {
        var job = (await ManifestSet.LoadAsync("helm:ha")).Single(m => m.Kind == "Job");
        job.Annotations["helm.sh/hook"].ShouldBe("pre-upgrade");
        Yaml.Items(job.Containers.Last(), "args").Select(a => a.ToString()).ShouldBe(["migrate", "--if-initialised"]);
        var map = (await ManifestSet.LoadAsync("helm:ha")).Single(m =>
            m.Kind == "ConfigMap" && m.Name == "demo-service-migrate"
        );
        map.Annotations["helm.sh/hook"].ShouldBe("pre-upgrade");
        Yaml.Text(job.Pod!, "volumes.0.configMap.name").ShouldBe(map.Name);

        var single = await ManifestSet.LoadAsync("helm:everything");
        single.ShouldNotContain(m => m.Kind == "Job");
        Yaml.Pairs(Yaml.At(single.Single(m => m is { Kind: "ConfigMap", Name: "demo-service" }).Node, "data")!)[
                "identity-service.yaml"
            ]
            .ShouldContain("migrate: apply");
    }

    /// <summary>A part whose image stays does not restart when another's changes.</summary>
    [Fact]
    public async Task Tag_OfOnePart_ChangesItsPodsAlone()
    {
        using var folder = new TestFolder();
        var text = await File.ReadAllTextAsync(ManifestSet.ValuesFile("everything"), Cancel);

        var before = await PodTemplatesAsync(folder.Write("a.yaml", text));
        var after = await PodTemplatesAsync(
            folder.Write("b.yaml", text.Replace("service:\n  enabled", "service:\n  image: {tag: 0.2.0}\n  enabled"))
        );

        after
            .Keys.Where(name => after[name] != before[name])
            .ShouldBe(["demo-service-backup", "demo-service"], ignoreOrder: true);
    }

    /// <summary>The sealing key, the first admin key, the API's certificate and a database's root come from Secrets and ConfigMaps.</summary>
    [Fact]
    public async Task Files_OfTheService_AreWhereItsConfigurationLooks()
    {
        var manifests = await ManifestSet.LoadAsync("helm:ha");
        var node = manifests.Single(m => m.Kind == "StatefulSet");

        foreach (var container in node.Containers.Concat(manifests.Single(m => m.Kind == "CronJob").Containers))
        {
            if (!Yaml.Text(container, "image").Contains("culvert/"))
            {
                continue;
            }

            Yaml.Items(container, "volumeMounts")
                .Select(mount => Yaml.Text(mount, "mountPath"))
                .Intersect([
                    "/etc/culvert/api-tls",
                    "/etc/culvert/files/database-ca",
                    "/etc/culvert/files/hsm",
                    "/opt/hsm",
                ])
                .Count()
                .ShouldBe(4, Yaml.Text(container, "name"));
        }

        var text = Yaml.Pairs(
            Yaml.At(manifests.Single(m => m is { Kind: "ConfigMap", Name: "demo-service" }).Node, "data")!
        )["identity-service.yaml"];
        var config = Yaml.ReadAll(text)[0];
        Yaml.Text(config, "keys.sealing_key").ShouldBe("env:SEALING_KEY");
        Yaml.Text(config, "keys.pkcs11.module").ShouldBe("/opt/hsm/libvendor.so", "what is written is kept");
        Yaml.Text(config, "api.tls.certificate_file").ShouldBe("/etc/culvert/api-tls/tls.crt");
        node.Containers.Select(container => Yaml.Text(container, "name"))
            .ShouldBe(["hsm-library", "restore", "identity-service"]);
    }

    private static async Task<Dictionary<string, string>> PodTemplatesAsync(string values) =>
        Yaml.ReadAll((await ManifestSet.RenderAsync(values)).Succeeded().Output)
            .Select(node => new Manifest(node))
            .Where(manifest => manifest.Pod is not null)
            .ToDictionary(manifest => manifest.Name, manifest => YamlJson.From(manifest.PodTemplate!)!.ToJsonString());

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static async Task<IReadOnlyList<string>> ChecksumsAsync(string values) =>
        [
            .. (await ManifestSet.RenderAsync(values))
                .Succeeded()
                .Output.Split('\n')
                .Where(line => line.Contains("checksum/config:")),
        ];
}
