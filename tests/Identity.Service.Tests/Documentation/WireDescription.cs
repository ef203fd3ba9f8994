using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.Testing;

namespace Culvert.Identity.Service.Tests.Documentation;

/// <summary>The committed description, to hold answers against.</summary>
internal sealed class WireDescription
{
    private readonly SchemaCheck check;
    private readonly List<(string[] Steps, JsonObject Operations)> paths;

    private WireDescription(JsonNode document)
    {
        check = new SchemaCheck(document);
        // A literal step comes before a parameter.
        paths =
        [
            .. document["paths"]!
                .AsObject()
                .Select(path => (path.Key.Split('/'), path.Value!.AsObject()))
                .OrderBy(path => path.Item1.Count(IsParameter)),
        ];
    }

    public static WireDescription Read() =>
        new(JsonNode.Parse(File.ReadAllText(CheckoutFolder.GetPath("docs/openapi.json")))!);

    /// <summary>What the description does not say of an answer; empty = all is said, or no operation has that path.</summary>
    public IReadOnlyList<string> Find(string method, string path, int status, string? mediaType, JsonNode? body)
    {
        var steps = path.Split('/');
        var operation = paths
            .Where(one => Fits(one.Steps, steps))
            .Select(one => one.Operations[method.ToLowerInvariant()])
            .FirstOrDefault(found => found is not null);
        if (operation is null)
        {
            return [];
        }

        var answers = operation["responses"]!;
        // Requests are refused before they reach an operation too: then the shape is described with any other refusal.
        var answer = answers[status.ToString(CultureInfo.InvariantCulture)] ?? (status >= 400 ? answers["500"] : null);
        if (answer is null)
        {
            return ["the status is not described"];
        }

        var content = answer["content"]?.AsObject();
        if (mediaType is null || content is null || content.Count == 0)
        {
            return (mediaType is null) == (content is null || content.Count == 0)
                ? []
                : [$"the body is {mediaType ?? "missing"}, described is {content?.FirstOrDefault().Key ?? "none"}"];
        }

        return content[mediaType] is { } described
            ? check.Find(described["schema"], body)
            : [$"{mediaType} is not described"];
    }

    private static bool Fits(string[] template, string[] steps) =>
        template.Length == steps.Length
        && template.Zip(steps).All(pair => IsParameter(pair.First) || pair.First == pair.Second);

    private static bool IsParameter(string step) => step.StartsWith('{');
}
