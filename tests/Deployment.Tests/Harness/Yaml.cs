using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Harness;

/// <summary>YAML documents, and what lies at a path in them.</summary>
internal static class Yaml
{
    public static YamlMappingNode Read(string file) => ReadAll(File.ReadAllText(file)).ShouldHaveSingleItem();

    /// <summary>The documents of a stream, without empty ones.</summary>
    public static IReadOnlyList<YamlMappingNode> ReadAll(string text)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        return [.. stream.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>()];
    }

    /// <summary>What lies at keys joined by dots (a number counts in a list); null when nothing does.</summary>
    public static YamlNode? At(YamlNode node, string path)
    {
        YamlNode? found = node;
        foreach (var part in path.Split('.'))
        {
            found = found switch
            {
                YamlMappingNode map => map.Children.TryGetValue(new YamlScalarNode(part), out var value) ? value : null,
                YamlSequenceNode list when int.Parse(part) is var i && i < list.Children.Count => list.Children[i],
                _ => null,
            };
        }

        return found;
    }

    /// <summary>The text at a path, which must be there.</summary>
    public static string Text(YamlNode node, string path) =>
        At(node, path) is YamlScalarNode { Value: { } value }
            ? value
            : throw new InvalidOperationException($"There is no text at {path}.");

    /// <summary>The keys and texts of a map.</summary>
    public static IReadOnlyDictionary<string, string> Pairs(YamlNode map) =>
        ((YamlMappingNode)map).Children.ToDictionary(
            pair => ((YamlScalarNode)pair.Key).Value!,
            pair => ((YamlScalarNode)pair.Value).Value!
        );

    /// <summary>The members at a path: of a list, or the values of a map; none when nothing is there.</summary>
    public static IEnumerable<YamlNode> Items(YamlNode node, string path) =>
        At(node, path) switch
        {
            YamlSequenceNode list => list.Children,
            YamlMappingNode map => map.Children.Values,
            _ => [],
        };
}
