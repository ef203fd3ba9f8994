using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Testing.Api;

/// <summary>A description of an HTTP API (OpenAPI), to hold requests and answers against.</summary>
public sealed class ApiDescription
{
    // Messages inside may be nested deeply.
    private const int MaxDepth = 4096;

    private static readonly JsonSerializerOptions Plain = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaxDepth,
    };

    private static readonly Lazy<ApiDescription> Own = new(() => Read("docs/openapi.json"));

    private readonly string file;
    private readonly JsonDocumentOptions reading;
    private readonly SchemaCheck check;
    private readonly SchemaCheck closed;
    private readonly AnswerFiller filler;
    private readonly List<(string[] Steps, JsonObject Operations)> paths;

    private ApiDescription(string file, JsonNode document, bool allowsDuplicates)
    {
        this.file = file;
        reading = new JsonDocumentOptions { AllowDuplicateProperties = allowsDuplicates, MaxDepth = MaxDepth };
        check = new SchemaCheck(document);
        closed = new SchemaCheck(document, isClosed: true);
        filler = new AnswerFiller(closed);
        // A literal step comes before a parameter.
        paths =
        [
            .. document["paths"]!
                .AsObject()
                .Select(path => (path.Key.Split('/'), path.Value!.AsObject()))
                .OrderBy(path => path.Item1.Count(IsParameter)),
        ];
    }

    /// <summary>Of the identity service: <c>docs/openapi.json</c>.</summary>
    public static ApiDescription OfTheService => Own.Value;

    /// <param name="file">From the root of the checkout.</param>
    /// <param name="allowsDuplicates">
    /// Whether an object may have a member twice, as messages may that the API passes on; our own readers refuse that.
    /// </param>
    public static ApiDescription Read(string file, bool allowsDuplicates = false) =>
        new(file, JsonNode.Parse(File.ReadAllText(CheckoutFolder.GetPath(file)))!, allowsDuplicates);

    /// <summary>Whether an operation has that method and path. The path may have a query.</summary>
    public bool Knows(string method, string path) => FindOperation(method, path) is not null;

    /// <summary>What the description does not say of an answer; empty = all is said, or no operation has that path.</summary>
    public IReadOnlyList<string> FindInAnswer(
        string method,
        string path,
        int status,
        string? mediaType,
        JsonNode? body
    ) => FindInAnswer(check, method, path, status, mediaType, body);

    /// <summary>
    /// The same of an answer that a double gives, as it is sent: no object has a member that the description does not have
    /// there, and an operation must have that path.
    /// </summary>
    public IReadOnlyList<string> FindInDouble(string method, string path, int status, string? mediaType, string body)
    {
        if (!Knows(method, path))
        {
            return [Unknown];
        }

        if (body.Length == 0)
        {
            return FindInAnswer(closed, method, path, status, null, null);
        }

        var media = GetMedia(mediaType) ?? "";
        if (!IsJson(media))
        {
            return FindInAnswer(closed, method, path, status, media, JsonValue.Create(body));
        }

        return TryParse(body, out var json, out var fault)
            ? FindInAnswer(closed, method, path, status, media, json)
            : [$"#: {fault}"];
    }

    /// <summary>What the description does not say of a request; empty = all is said.</summary>
    public IReadOnlyList<string> FindInRequest(string method, string path, string? mediaType, string body)
    {
        if (FindOperation(method, path) is not { } operation)
        {
            return [Unknown];
        }

        var described = operation["requestBody"];
        if (body.Length == 0)
        {
            return described?["required"]?.GetValue<bool>() == true ? ["#: the body is missing"] : [];
        }

        if (described is null)
        {
            return ["#: the operation has no request body"];
        }

        var media = GetMedia(mediaType) ?? "";
        if (described["content"]?[media] is not { } content)
        {
            return [$"#: {(media.Length == 0 ? "no media type" : media)} is not described"];
        }

        if (media is "application/x-www-form-urlencoded")
        {
            return closed.Find(content["schema"], ReadForm(body));
        }

        if (!IsJson(media))
        {
            return [];
        }

        return TryParse(body, out var json, out var fault) ? closed.Find(content["schema"], json) : [$"#: {fault}"];
    }

    /// <summary>
    /// An answer with what the operation's answers always have: members that are missing get the least that the schema allows,
    /// and texts that of the description's example. What is not JSON, or whole already, stays as it is.
    /// </summary>
    public string Complete(string method, string path, int status, string body)
    {
        var content = FindOperation(method, path) is { } operation
            ? FindAnswer(operation, status)?["content"]?["application/json"]
            : null;
        if (content is null || !TryParse(body, out var json, out _) || !TryParse(body, out var given, out _))
        {
            return body;
        }

        filler.Fill(content["schema"], json, content["example"]);
        return JsonNode.DeepEquals(json, given) ? body : json!.ToJsonString(Plain);
    }

    private string Unknown => $"{file} has no such operation";

    private IReadOnlyList<string> FindIn(
        SchemaCheck with,
        JsonObject operation,
        int status,
        string? mediaType,
        JsonNode? body
    )
    {
        if (FindAnswer(operation, status) is not { } answer)
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
            ? with.Find(described["schema"], body)
            : [$"{mediaType} is not described"];
    }

    private IReadOnlyList<string> FindInAnswer(
        SchemaCheck with,
        string method,
        string path,
        int status,
        string? mediaType,
        JsonNode? body
    ) => FindOperation(method, path) is { } operation ? FindIn(with, operation, status, mediaType, body) : [];

    // Requests are refused before they reach an operation too: then the shape is described with any other refusal.
    private JsonNode? FindAnswer(JsonObject operation, int status) =>
        check.Resolve(
            operation["responses"]![status.ToString(CultureInfo.InvariantCulture)]
                ?? (status >= 400 ? operation["responses"]!["500"] : null)
        );

    private JsonObject? FindOperation(string method, string path)
    {
        var steps = path.Split('?')[0].Split('/');
        return paths
            .Where(one => Fits(one.Steps, steps))
            .Select(one => one.Operations[method.ToLowerInvariant()] as JsonObject)
            .FirstOrDefault(found => found is not null);
    }

    private static bool Fits(string[] template, string[] steps) =>
        template.Length == steps.Length
        && template.Zip(steps).All(pair => IsParameter(pair.First) || pair.First == pair.Second);

    private static bool IsParameter(string step) => step.StartsWith('{');

    private static bool IsJson(string media) =>
        media is "application/json" || media.EndsWith("+json", StringComparison.Ordinal);

    private static string? GetMedia(string? contentType) => contentType?.Split(';')[0].Trim().ToLowerInvariant();

    private static JsonObject ReadForm(string body)
    {
        var fields = new JsonObject();
        foreach (var field in body.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = field.Split('=', 2);
            fields[ReadPart(parts[0])] = parts.Length > 1 ? ReadPart(parts[1]) : "";
        }

        return fields;
    }

    private static string ReadPart(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));

    private bool TryParse(string body, out JsonNode? json, out string fault)
    {
        try
        {
            json = JsonNode.Parse(body, documentOptions: reading);
            fault = "";
            return true;
        }
        catch (JsonException e)
        {
            json = null;
            fault = $"it is not JSON: {e.Message}";
            return false;
        }
    }
}
