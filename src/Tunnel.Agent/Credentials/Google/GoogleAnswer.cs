using System.Text.Json;

namespace Culvert.Tunnel.Agent.Credentials.Google;

/// <summary>An answer of a Google API: one flat JSON object, or nothing.</summary>
internal sealed class GoogleAnswer
{
    private const int MaxDepth = 8;
    private const int MaxCode = 64;

    private readonly JsonElement root;

    private GoogleAnswer(JsonElement root) => this.root = root;

    /// <returns>Null for anything but one JSON object without repeated members.</returns>
    public static GoogleAnswer? Read(ReadOnlyMemory<byte> body)
    {
        try
        {
            using var document = JsonDocument.Parse(
                body,
                new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = MaxDepth }
            );
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new GoogleAnswer(document.RootElement.Clone())
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Empty if there is no such text.</summary>
    public string FindText(string name) => ReadText(root, name);

    /// <summary>Null if there is no such whole number above zero.</summary>
    public long? FindPositive(string name) =>
        root.TryGetProperty(name, out var value)
        && value.ValueKind == JsonValueKind.Number
        && value.TryGetInt64(out var number)
        && number > 0
            ? number
            : null;

    /// <summary>The code of an error: of OAuth (RFC 6749 §5.2), or the status of a Google API. Empty without one.</summary>
    public string ErrorCode
    {
        get
        {
            var code =
                root.TryGetProperty("error", out var error) && error.ValueKind == JsonValueKind.Object
                    ? ReadText(error, "status")
                    : FindText("error");
            return code.Length <= MaxCode && code.All(c => char.IsAsciiLetterOrDigit(c) || c == '_') ? code : "";
        }
    }

    private static string ReadText(JsonElement element, string name)
    {
        try
        {
            return element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
                ? value.GetString()!
                : "";
        }
        catch (InvalidOperationException)
        {
            return ""; // an unpaired surrogate
        }
    }
}
