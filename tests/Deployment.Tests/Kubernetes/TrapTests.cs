using Culvert.Deployment.Tests.Images;
using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>What Kubernetes accepts and what fails all the same: users, file modes, probes, secrets, state, selectors.</summary>
public sealed class TrapTests
{
    // Those that the programs themselves never connect to (AddressClass.CloudMetadata).
    private static readonly string[] MetadataServers4 =
    [
        "169.254.169.254/32",
        "169.254.170.2/32",
        "169.254.170.23/32",
        "100.100.100.200/32",
        "192.0.0.192/32",
        "168.63.129.16/32",
    ];

    private static readonly string[] MetadataServers6 =
    [
        "fd00:ec2::254/128",
        "fd00:ec2::23/128",
        "fd20:ce::254/128",
        "fd00:42::42/128",
    ];

    private static readonly Dictionary<string, string> Images = new()
    {
        ["identity-service.yaml"] = "service",
        ["edge.yaml"] = "edge",
        ["agent.yaml"] = "agent",
    };

    // What the programs would take from the environment of their pods.
    private static readonly Dictionary<string, string> Variables = new()
    {
        ["SEALING_KEY"] = "x",
        ["DATABASE"] = "Host=/run/postgresql;Username=culvert",
        ["TUNNEL_TOKEN"] = HostFiles.TunnelToken,
    };

    public static TheoryData<string> Sets => [.. ManifestSet.All];

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task EveryPod_HasNeitherRootNorRightsNorTheClustersToken(string set)
    {
        foreach (var workload in await WorkloadsAsync(set))
        {
            var pod = workload.Pod!;
            Yaml.Text(pod, "securityContext.runAsUser").ShouldBe(Unprivileged.User);
            Yaml.Text(pod, "securityContext.runAsGroup").ShouldBe(Unprivileged.User, "a secret's group must be ours");
            Yaml.Text(pod, "securityContext.fsGroup").ShouldBe(Unprivileged.User);
            Yaml.Text(pod, "automountServiceAccountToken").ShouldBe("false");
            foreach (var container in workload.Containers)
            {
                Yaml.Text(container, "securityContext.readOnlyRootFilesystem").ShouldBe("true");
                Yaml.Text(container, "securityContext.allowPrivilegeEscalation").ShouldBe("false");
                Yaml.Text(container, "securityContext.capabilities.drop.0").ShouldBe("ALL");
                Yaml.Text(container, "resources.limits.memory").ShouldNotBeEmpty();
            }
        }
    }

    /// <summary>fsGroup opens a volume's root to the group; what the program makes itself, one level below, stays private.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task State_IsAFolderOfTheProgramsOwn_InAVolume(string set)
    {
        foreach (var workload in (await WorkloadsAsync(set)).Where(w => w.Kind != "Pod"))
        {
            Yaml.Text(workload.Pod!, "securityContext.fsGroupChangePolicy").ShouldBe("OnRootMismatch");
        }

        foreach (var (_, file, text) in await ConfigurationsAsync(set))
        {
            Yaml.Text(Yaml.ReadAll(text)[0], "state_dir")
                .ShouldBe($"/var/lib/culvert/{Path.GetFileNameWithoutExtension(file)}");
        }

        foreach (var container in (await WorkloadsAsync(set)).SelectMany(OurContainers))
        {
            Yaml.Items(container, "volumeMounts")
                .ShouldContain(mount => Yaml.Text(mount, "mountPath") == "/var/lib/culvert");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Probes_ReachThePodsAddress_AtAPortThatIsListenedOn(string set)
    {
        foreach (var (_, _, text) in await ConfigurationsAsync(set))
        {
            var listen = Yaml.At(Yaml.ReadAll(text)[0], "health.listen")!;
            (listen is YamlSequenceNode list ? (YamlScalarNode)list[0] : (YamlScalarNode)listen).Value!.ShouldStartWith(
                "[::]:"
            );
        }

        foreach (var container in (await WorkloadsAsync(set)).SelectMany(w => OurContainers(w).Where(Serves)))
        {
            Yaml.Text(container, "readinessProbe.httpGet.path").ShouldBe("/readyz");
            Yaml.Text(container, "livenessProbe.httpGet.path").ShouldBe("/healthz");
            Yaml.Items(container, "ports")
                .ShouldContain(port => Yaml.Text(port, "name") == Yaml.Text(container, "readinessProbe.httpGet.port"));
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public async Task EveryMount_HasItsVolume_AndEverySelectorItsPods(string set)
    {
        var manifests = await ManifestSet.LoadAsync(set);
        foreach (var workload in manifests.Where(m => m.Pod is not null))
        {
            var volumes = Yaml.Items(workload.Pod!, "volumes")
                .Concat(
                    Yaml.Items(workload.Node, "spec.volumeClaimTemplates").Select(claim => Yaml.At(claim, "metadata")!)
                )
                .Select(volume => Yaml.Text(volume, "name"))
                .ToList();
            volumes.ShouldBeUnique();
            foreach (var container in workload.Containers)
            {
                Yaml.Items(container, "volumeMounts").ShouldAllBe(mount => volumes.Contains(Yaml.Text(mount, "name")));
            }
        }

        var labels = manifests.SelectMany(manifest => manifest.PodLabels).ToList();
        foreach (var (manifest, path) in manifests.SelectMany(SelectorsOf))
        {
            var selector = Yaml.Pairs(Yaml.At(manifest.Node, path)!);
            labels.Count(one => selector.All(pair => one.Contains(pair))).ShouldBeGreaterThan(0, $"{manifest} {path}");
        }
    }

    /// <summary>Not every pod of the cluster reads the metrics, and no program reaches the node's credentials (S27).</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task NetworkPolicies_KeepMetricsAndTheMetadataServerFromOthers(string set)
    {
        foreach (var policy in (await ManifestSet.LoadAsync(set)).Where(m => m.Kind == "NetworkPolicy"))
        {
            Yaml.Items(policy.Node, "spec.policyTypes").Select(type => type.ToString()).ShouldBe(["Ingress", "Egress"]);
            // Jobs have no listener.
            var health = Yaml.Items(policy.Node, "spec.ingress")
                .SingleOrDefault(rule => Yaml.Text(rule, "ports.0.port") == "health");
            (health is null).ShouldBe(policy.Name.EndsWith("-jobs"));
            foreach (var peer in health is null ? [] : Yaml.Items(health, "from"))
            {
                (Yaml.At(peer, "podSelector") ?? Yaml.At(peer, "namespaceSelector.matchLabels")).ShouldNotBeNull(
                    policy.ToString()
                );
            }

            var ways = Yaml.Items(policy.Node, "spec.egress").ToList();
            ways.ShouldNotBeEmpty(policy.ToString());
            foreach (var block in ways.SelectMany(way => Yaml.Items(way, "to")).Select(to => Yaml.At(to, "ipBlock")!))
            {
                Yaml.Items(block, "except")
                    .Select(address => address.ToString())
                    .ShouldBe(Yaml.Text(block, "cidr") == "::/0" ? MetadataServers6 : MetadataServers4);
            }
        }
    }

    /// <summary>No value that looks like a secret, and none of a variable that would configure the program by accident.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Secrets_AreReferences(string set)
    {
        foreach (
            var variable in (await WorkloadsAsync(set))
                .SelectMany(w => w.Containers)
                .SelectMany(c => Yaml.Items(c, "env"))
        )
        {
            Yaml.At(variable, "value").ShouldBeNull();
            Yaml.At(variable, "valueFrom").ShouldNotBeNull();
        }

        (await ManifestSet.LoadAsync(set)).ShouldNotContain(m => m.Kind == "Secret");
    }

    /// <summary>The configuration of each ConfigMap, by the program that will read it, on the files that its pod has.</summary>
    [Theory]
    [MemberData(nameof(Sets))]
    public async Task Configuration_IsValid_ByTheProgramItself(string set)
    {
        var stages = ImageStage.ReadAll(Repository.PathOf("deploy/images/Dockerfile"));
        foreach (var (map, file, text) in await ConfigurationsAsync(set))
        {
            using var folder = new TestFolder();
            folder.Write(file, text);
            HostFiles.WriteTo(folder);

            var check = await Container.RunAsync(
                stages.Single(stage => stage.Name == Images[file]),
                folder,
                ["config", "check"],
                Variables
            );

            check.ExitCode.ShouldBe(0, $"{map}: {check.Text}");
        }
    }

    private static bool Serves(YamlNode container) => Yaml.Text(container, "args.0") == "run";

    private static IEnumerable<YamlNode> OurContainers(Manifest workload) =>
        workload.Containers.Where(container => Yaml.Text(container, "image").Contains("culvert/"));

    private static async Task<IReadOnlyList<Manifest>> WorkloadsAsync(string set)
    {
        var found = (await ManifestSet.LoadAsync(set)).Where(manifest => manifest.Pod is not null).ToList();
        found.ShouldNotBeEmpty();
        return found;
    }

    private static async Task<IReadOnlyList<(string Map, string File, string Text)>> ConfigurationsAsync(string set) =>
        [
            .. (await ManifestSet.LoadAsync(set))
                .Where(manifest => manifest.Kind == "ConfigMap")
                .SelectMany(manifest =>
                    Yaml.Pairs(Yaml.At(manifest.Node, "data")!)
                        .Where(entry => entry.Key.EndsWith(".yaml"))
                        .Select(entry => (manifest.Name, FileOf(entry.Key), entry.Value))
                ),
        ];

    // Each edge's file has the name of its pod.
    private static string FileOf(string key) => Images.ContainsKey(key) ? key : "edge.yaml";

    private static IEnumerable<(Manifest, string)> SelectorsOf(Manifest manifest) =>
        manifest.Kind switch
        {
            "Service" => [(manifest, "spec.selector")],
            "PodMonitor" => [(manifest, "spec.selector.matchLabels")],
            "NetworkPolicy" => [(manifest, "spec.podSelector.matchLabels")],
            "PodDisruptionBudget" or "Deployment" or "StatefulSet" => [(manifest, "spec.selector.matchLabels")],
            _ => [],
        };
}
