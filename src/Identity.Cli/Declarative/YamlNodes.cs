using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Culvert.Identity.Cli.Declarative;

/// <summary>Converts YAML 1.2 (core schema) to JSON: quoted scalars are texts, plain ones have their type.</summary>
internal static class YamlNodes
{
    // Deep enough for any match or test; a limit for other files.
    private const int MaxDepth = 32;

    public static JsonNode? ToJson(YamlNode node, int depth = 0) =>
        depth > MaxDepth
            ? throw new YamlException(node.Start, node.End, $"deeper than {MaxDepth} levels")
            : node switch
            {
                YamlMappingNode mapping => ToObject(mapping, depth),
                YamlSequenceNode sequence => new JsonArray([.. sequence.Select(item => ToJson(item, depth + 1))]),
                YamlScalarNode scalar => ToValue(scalar),
                _ => throw new YamlException(node.Start, node.End, "aliases are not supported"),
            };

    private static JsonObject ToObject(YamlMappingNode mapping, int depth)
    {
        var json = new JsonObject();
        foreach (var (key, value) in mapping)
        {
            if (key is not YamlScalarNode { Value: { } name } || json.ContainsKey(name))
            {
                throw new YamlException(key.Start, key.End, "each key must be text and must not repeat");
            }

            json[name] = ToJson(value, depth + 1);
        }

        return json;
    }

    private static JsonValue? ToValue(YamlScalarNode scalar)
    {
        var text = scalar.Value ?? "";
        if (scalar.Style != ScalarStyle.Plain)
        {
            return JsonValue.Create(text);
        }

        return text switch
        {
            "" or "~" or "null" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) =>
                JsonValue.Create(number),
            _ => JsonValue.Create(text),
        };
    }
}
