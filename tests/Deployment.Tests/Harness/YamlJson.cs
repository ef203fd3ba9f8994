using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Culvert.Deployment.Tests.Harness;

/// <summary>YAML as Kubernetes and Helm read it (1.1: a number that begins with 0 is octal), as JSON.</summary>
internal static partial class YamlJson
{
    public static JsonNode? From(YamlNode node) =>
        node switch
        {
            YamlMappingNode map => new JsonObject(
                map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, From(pair.Value)))
            ),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(From)]),
            YamlScalarNode { Style: ScalarStyle.Plain } plain => FromPlain(plain.Value ?? ""),
            YamlScalarNode text => JsonValue.Create(text.Value),
            _ => null,
        };

    private static JsonValue? FromPlain(string text) =>
        text switch
        {
            "" or "null" or "~" => null,
            "true" => JsonValue.Create(true),
            "false" => JsonValue.Create(false),
            _ when Octal().IsMatch(text) => JsonValue.Create(Convert.ToInt32(text, 8)),
            _ when Whole().IsMatch(text) => JsonValue.Create(long.Parse(text, CultureInfo.InvariantCulture)),
            _ => JsonValue.Create(text),
        };

    [GeneratedRegex("^0[0-7]+$")]
    private static partial Regex Octal();

    [GeneratedRegex("^-?(?:0|[1-9][0-9]*)$")]
    private static partial Regex Whole();
}
