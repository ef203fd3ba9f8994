using System.Text.Json;
using Culvert.Jose.Json;

namespace Culvert.Platform.OAuth;

/// <summary>Reads what an authorization server sent, before anything else does.</summary>
internal static class StrictJson
{
    /// <exception cref="JsonException">
    /// It is not JSON, is nested deeper, has a member twice, or holds text that is none (half of a surrogate pair).
    /// </exception>
    public static JsonElement Parse(ReadOnlyMemory<byte> text, int maxDepth)
    {
        text = Utf8Text.WithoutMark(text);
        try
        {
            using var document = JsonDocument.Parse(
                text,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = maxDepth }
            );
            var reader = new Utf8JsonReader(text.Span);
            while (reader.Read())
            {
                if (reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }

            return document.RootElement.Clone();
        }
        catch (InvalidOperationException half)
        {
            throw new JsonException("A string is not valid text.", half);
        }
    }
}
