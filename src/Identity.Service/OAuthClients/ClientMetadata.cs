using System.Text.Json;
using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>Reads client metadata (RFC 7591 §2) that a stranger wrote, in a document or in a registration.</summary>
internal static class ClientMetadata
{
    private const int MaxDepth = 16;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <param name="read">Reads the object.</param>
    /// <param name="malformed">Makes the refusal of a body that is not an object with unique members.</param>
    public static Result<T> Read<T>(
        ReadOnlyMemory<byte> body,
        Func<JsonElement, Result<T>> read,
        Func<string, Refusal> malformed
    )
        where T : notnull
    {
        // RFC 8259 §8.1: JSON has no byte order mark.
        if (body.Span.StartsWith(ByteOrderMark))
        {
            return malformed("it begins with a byte order mark");
        }

        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth }
            );
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? read(document.RootElement)
                : malformed("it is not a JSON object");
        }
        catch (Exception invalid) when (invalid is JsonException or InvalidOperationException)
        {
            // An unpaired surrogate is an InvalidOperationException.
            return malformed("it is not JSON with unique members");
        }
    }

    /// <summary>Null if the member is absent or not text.</summary>
    public static string? FindText(JsonElement root, string member) =>
        root.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    /// <summary>The texts of a list; null if the member is absent or not a list of texts.</summary>
    public static IReadOnlyList<string>? FindTexts(JsonElement root, string member) =>
        root.TryGetProperty(member, out var list)
        && list.ValueKind == JsonValueKind.Array
        && list.EnumerateArray().All(one => one.ValueKind == JsonValueKind.String)
            ? [.. list.EnumerateArray().Select(one => one.GetString()!)]
            : null;
}
