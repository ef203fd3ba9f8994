using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>
/// Reads answers of the service as JSON, not into types, so that <c>-o json</c> also shows members that only a newer
/// service has.
/// </summary>
internal static class WireJson
{
    /// <summary>Escapes only what JSON requires, because the output is never part of HTML.</summary>
    public static JsonSerializerOptions Plain { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Parses an answer of the service.</summary>
    /// <exception cref="JsonException">The text is not JSON, or an object has a member twice.</exception>
    public static JsonNode? Parse(string text) => JsonNode.Parse(text, documentOptions: Strict);

    public static string? Text(this JsonNode? node, string member) =>
        node is JsonObject o
        && o.TryGetPropertyValue(member, out var value)
        && value is JsonValue v
        && v.TryGetValue(out string? text)
            ? text
            : null;

    public static JsonArray Data(this JsonObject list) => list["data"] as JsonArray ?? [];

    public static JsonArray ToJsonArray(IEnumerable<string> values) =>
        new([.. values.Select(v => JsonValue.Create(v))]);
}
