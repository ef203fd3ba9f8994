using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using YamlDotNet.RepresentationModel;

namespace Culvert.Documentation.Tests.Samples;

/// <summary>
/// The YAML that pages print is configuration of a program, whole or in part, or values of the chart with such parts:
/// each of its keys exists, and each word of a closed list is on that list.
/// </summary>
public sealed partial class ConfigurationBlockTests
{
    private static readonly Dictionary<string, string> PartsOfTheChart = new()
    {
        ["service"] = "identity-service",
        ["edge"] = "tunnel-edge",
        ["agent"] = "tunnel-agent",
    };

    // What else is written in YAML: manifests, jobs of other systems, `culvert apply`, profiles of the command line.
    private static readonly string[] OtherFormats =
    [
        "apiVersion",
        "jobs",
        "deploy",
        "kind",
        "profiles",
        "resources",
        "containers",
        "metrics",
        "services",
    ];

    [Fact]
    public async Task Block_OfAnyPage_HasOnlyKeysThatExist()
    {
        var schemas = await ConfigurationSchemas.GetAsync();
        var blocks = Repository
            .Pages()
            .SelectMany(page =>
                Block().Matches(File.ReadAllText(page)).Select(match => (Page: page, Text: Unindented(match)))
            )
            .ToList();

        blocks.Count.ShouldBeGreaterThan(30);
        blocks
            .SelectMany(block =>
                Check(schemas, block.Text).Select(e => $"{Path.GetRelativePath(Repository.Root, block.Page)}: {e}")
            )
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("issuers: {corp: {url: https://login.example.com}}", "issuers.corp.url")]
    [InlineData("identity: {token: {detector: azure}}\nroute: {}", "route")]
    [InlineData("agent:\n  config:\n    tunnel: {ids: [a]}", "tunnel.ids")]
    [InlineData("tickets:\n  upstream: {address: https://a.example}", "tickets.upstream.address")]
    [InlineData("routes: {docs: {oauth: {dpop: sometimes}}}", "routes.docs.oauth.dpop: sometimes")]
    public async Task Block_WithAKeyOrWordThatDoesNotExist_IsFound(string text, string error) =>
        Check(await ConfigurationSchemas.GetAsync(), text).ShouldBe([error]);

    [Theory]
    [InlineData("routes: {docs: {oauth: {mode: required, issuers: [corp]}}}")]
    [InlineData("rules:\n  - {name: a, effect: allow, tools: [search]}")]
    [InlineData("apiVersion: v1\nkind: ConfigMap")]
    public async Task Block_ThatIsRight_IsNot(string text) =>
        Check(await ConfigurationSchemas.GetAsync(), text).ShouldBeEmpty();

    private static IReadOnlyList<string> Check(ConfigurationSchemas schemas, string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        var errors = new List<string>();
        foreach (var root in yaml.Documents.Select(document => document.RootNode).OfType<YamlMappingNode>())
        {
            if (!root.Children.Keys.Any(key => OtherFormats.Contains(key.ToString())))
            {
                errors.AddRange(IsOfTheChart(root) ? CheckChart(schemas, root) : CheckFile(schemas, root));
            }
        }

        return errors;
    }

    private static bool IsOfTheChart(YamlMappingNode root) =>
        root.Children.Keys.Any(key => PartsOfTheChart.ContainsKey(key.ToString()));

    private static IEnumerable<string> CheckChart(ConfigurationSchemas schemas, YamlMappingNode root) =>
        from part in root.Children
        where part.Value is YamlMappingNode && PartsOfTheChart.ContainsKey(part.Key.ToString())
        let values = (YamlMappingNode)part.Value
        where values.Children.ContainsKey("config")
        from error in Errors(schemas.Of(PartsOfTheChart[part.Key.ToString()]), values.Children["config"], "")
        select error;

    // A page may show a whole file, or what lies inside a section that the text names: a policy, a route, some routes.
    private static IReadOnlyList<string> CheckFile(ConfigurationSchemas schemas, YamlMappingNode root)
    {
        var keys = root.Children.Keys.Select(key => key.ToString()).ToList();
        return schemas
            .All.Append(schemas.Find("routes.any.policy").First())
            .Append(schemas.Find("routes.any").First())
            .Where(schema => ConfigurationSchemas.Children(schema).Any(child => keys.Contains(child.Name)))
            .DefaultIfEmpty(schemas.Find("routes").First())
            .Select(schema => Errors(schema, root, "").ToList())
            .MinBy(errors => errors.Count)!;
    }

    private static IEnumerable<string> Errors(JsonNode schema, YamlNode node, string path)
    {
        switch (node)
        {
            case YamlMappingNode mapping when IsObject(schema):
                foreach (var (key, value) in mapping.Children)
                {
                    var name = path.Length == 0 ? key.ToString() : $"{path}.{key}";
                    var child = ConfigurationSchemas
                        .Children(schema)
                        .Where(child => child.Name.Length == 0 || child.Name == key.ToString())
                        .Select(child => child.Node)
                        .FirstOrDefault();
                    foreach (var error in child is null ? [name] : Errors(child, value, name))
                    {
                        yield return error;
                    }
                }

                break;
            case YamlSequenceNode list when schema["items"] is { } item:
                foreach (var error in list.Children.SelectMany(entry => Errors(item, entry, path)))
                {
                    yield return error;
                }

                break;
            case YamlScalarNode { Value: { } word } when schema["enum"] is JsonArray words:
                if (
                    !words.Any(known =>
                        known!.GetValueKind() == JsonValueKind.String && known.GetValue<string>() == word
                    )
                )
                {
                    yield return $"{path}: {word}";
                }

                break;
            default:
                break;
        }
    }

    private static bool IsObject(JsonNode schema) => ConfigurationSchemas.Children(schema).Any();

    private static string Unindented(Match block)
    {
        var indent = block.Groups["indent"].Value;
        return string.Join(
            '\n',
            block
                .Groups["text"]
                .Value.Split('\n')
                .Select(line => line.StartsWith(indent, StringComparison.Ordinal) ? line[indent.Length..] : line)
        );
    }

    [GeneratedRegex(@"^(?<indent> *)```yaml\n(?<text>.*?)^ *```", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();
}
