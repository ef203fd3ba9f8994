using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Kubernetes;

/// <summary>One object of a cluster.</summary>
internal sealed record Manifest(YamlMappingNode Node)
{
    public string Kind => Yaml.Text(Node, "kind");

    public string Name => Yaml.Text(Node, "metadata.name");

    /// <summary>The pod that it is or makes; null when it makes none.</summary>
    public YamlNode? Pod => Kind == "Pod" ? Yaml.At(Node, "spec") : Yaml.At(Node, "spec.template.spec");

    /// <summary>The containers of its pod, those that run first included.</summary>
    public IEnumerable<YamlNode> Containers =>
        Pod is null ? [] : Yaml.Items(Pod, "initContainers").Concat(Yaml.Items(Pod, "containers"));

    public override string ToString() => $"{Kind} {Name}";
}
