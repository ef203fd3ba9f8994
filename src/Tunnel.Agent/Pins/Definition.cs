using System.Text.Json;
using Culvert.Tunnel.Agent.Mcp;

namespace Culvert.Tunnel.Agent.Pins;

/// <summary>One definition as the server wrote it, with what identifies it.</summary>
/// <param name="Key">Its name.</param>
/// <param name="Digest">Over all that a model or its user may see of it.</param>
/// <param name="Core">
/// Of a tool: over name, description and schemas alone, all numbers in the form of RFC 8785; of others the digest again.
/// </param>
/// <param name="Json">As the server wrote it.</param>
internal sealed record Definition(PinKey Key, string Digest, string Core, string Json)
{
    /// <summary>Longer ones are not pinned.</summary>
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

    // All that is sent counts, _meta too: some clients show parts of it to the model. Left out is only what describes the
    // content of a resource at the moment: a file that grows is not another resource.
    private static readonly string[] ResourceContent = ["/size", "/annotations/lastModified"];

    /// <summary>One that was written down; null: it is not such a definition.</summary>
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

    /// <summary>Null: it has no canonical form, so that two readers may find two definitions in it.</summary>
    public static Definition? TryRead(PinKey key, JsonElement entry)
    {
        try
        {
            var json = entry.GetRawText();
            if (json.Length > MaxCharacters)
            {
                return null;
            }

            // Exact: calls are judged by the numbers that are written, so two bounds with one double are two.
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

    /// <summary>The entry's JSON, parsed. The caller disposes of it.</summary>
    public JsonDocument Parse() => JsonDocument.Parse(Json, Options);

    // A client that reads Description for description would show another text than the one that was compared.
    private static bool IsClear(JsonElement entry) =>
        entry.ValueKind != JsonValueKind.Object || MemberNames.AreClear(entry, Significant, areFree: true);

    private static bool IsNotInCore(string path) =>
        path.LastIndexOf('/') == 0 && !InCore.Contains(path, StringComparer.Ordinal);
}
