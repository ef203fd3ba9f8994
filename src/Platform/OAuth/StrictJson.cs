using System.Text.Json;
using Culvert.Jose.Json;

namespace Culvert.Platform.OAuth;

/// <summary>Parses what an authorization server or a resource publishes strictly, before any other code does.</summary>
public static class StrictJson
{
    /// <exception cref="JsonException">Not JSON, too deep, a duplicate member, or an unpaired surrogate.</exception>
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
