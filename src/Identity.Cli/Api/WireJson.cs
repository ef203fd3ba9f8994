using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Identity.Cli.Api;

/// <summary>
/// The command line treats wire objects as JSON, not as types: what a newer service adds must pass through to
/// <c>-o json</c> untouched.
/// </summary>
internal static class WireJson
{
    /// <summary>Escapes only what JSON demands: the output is read by people and programs, never put into HTML.</summary>
    public static JsonSerializerOptions Plain { get; } =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>What the service sent. A repeated member is an error here, and not later where it is looked up.</summary>
    /// <exception cref="JsonException">It is not JSON, or an object has a member twice.</exception>
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
