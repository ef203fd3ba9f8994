using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>One object of a cluster.</summary>
internal sealed record Manifest(YamlMappingNode Node)
{
    public string Kind => Yaml.Text(Node, "kind");

    public string Name => Yaml.Text(Node, "metadata.name");

    public IReadOnlyDictionary<string, string> Annotations =>
        Yaml.At(Node, "metadata.annotations") is { } written ? Yaml.Pairs(written) : new Dictionary<string, string>();

    /// <summary>The pod that it is or makes; null when it makes none.</summary>
    public YamlNode? Pod => Kind == "Pod" ? Yaml.At(Node, "spec") : Yaml.At(Node, $"{Template}.spec");

    /// <summary>The pod that it makes, with its labels and annotations.</summary>
    public YamlNode? PodTemplate => Yaml.At(Node, Template);

    /// <summary>Labels of the pods that it makes, with those that Kubernetes adds; one entry for each pod of its own name.</summary>
    public IEnumerable<IReadOnlyDictionary<string, string>> PodLabels
    {
        get
        {
            if (Yaml.At(Node, $"{Template}.metadata.labels") is not { } labels)
            {
                return [];
            }

            var written = Yaml.Pairs(labels);
            return Kind == "StatefulSet"
                ? Enumerable
                    .Range(0, int.Parse(Yaml.Text(Node, "spec.replicas")))
                    .Select(ordinal => new Dictionary<string, string>(written)
                    {
                        ["statefulset.kubernetes.io/pod-name"] = $"{Name}-{ordinal}",
                    })
                : [written];
        }
    }

    private string Template => Kind == "CronJob" ? "spec.jobTemplate.spec.template" : "spec.template";

    /// <summary>The containers of its pod, those that run first included.</summary>
    public IEnumerable<YamlNode> Containers =>
        Pod is null ? [] : Yaml.Items(Pod, "initContainers").Concat(Yaml.Items(Pod, "containers"));

    public override string ToString() => $"{Kind} {Name}";
}
