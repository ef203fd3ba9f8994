using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>A server's definition, as the server wrote it, with its digests.</summary>
/// <param name="Digest">Over everything that a model or its user may see of it.</param>
/// <param name="Core">For a tool: over name, description and schemas only, all numbers in the form of RFC 8785; else the
/// digest.</param>
internal sealed record Definition(PinKey Key, string Digest, string Core, string Json)
{
    /// <summary>Longer definitions are not pinned.</summary>
    public const int MaxCharacters = 512 * 1024;

    private static readonly string[] Significant =
    [
        "name",
        "title",
        "description",
        "inputSchema",
        "outputSchema",
        "annotations",
        "icons",
        "execution",
        "arguments",
        "uri",
        "uriTemplate",
        "mimeType",
        "_meta",
    ];

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = CanonicalJson.MaxDepth };

    private static readonly string[] InCore = ["/name", "/description", "/inputSchema", "/outputSchema"];

    // The digest covers all members, _meta too: some clients show parts of it to the model. It omits only members that
    // describe the present content of a resource: a file that grows is still the same resource.
    private static readonly string[] ResourceContent = ["/size", "/annotations/lastModified"];

    /// <summary>Reads a stored definition; null: it is malformed.</summary>
    public static Definition? TryRead(PinKey key, string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            return TryRead(key, document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Null: the definition has no canonical form, so two readers may read it differently.</summary>
    public static Definition? TryRead(PinKey key, JsonElement entry)
    {
        try
        {
            var json = entry.GetRawText();
            if (json.Length > MaxCharacters)
            {
                return null;
            }

            // Exact: calls are checked against the numbers as written, so two bounds with the same double are different.
            var digest = CanonicalJson.Digest(
                entry,
                key.Kind == PinKind.Resource ? path => ResourceContent.Contains(path) : null,
                NumberForm.Exact
            );
            var core = key.Kind == PinKind.Tool ? CanonicalJson.Digest(entry, IsNotInCore) : digest;
            return IsClear(entry) ? new Definition(key, digest, core, json) : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Parses the definition. The caller disposes of the result.</summary>
    public JsonDocument Parse() => JsonDocument.Parse(Json, Options);

    // A client that reads Description as description would show a text that was not compared.
    private static bool IsClear(JsonElement entry) =>
        entry.ValueKind != JsonValueKind.Object || MemberNames.AreClear(entry, Significant, areFree: true);

    private static bool IsNotInCore(string path) =>
        path.LastIndexOf('/') == 0 && !InCore.Contains(path, StringComparer.Ordinal);
}
