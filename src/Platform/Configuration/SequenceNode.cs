namespace Culvert.Platform.Configuration;

internal sealed record SequenceNode(int Line, IReadOnlyList<ConfigNode> Items) : ConfigNode(Line);
