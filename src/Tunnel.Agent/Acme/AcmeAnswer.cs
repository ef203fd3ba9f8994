using System.Text;
using System.Text.Json;
using Culvert.Platform.Fetching;

namespace Culvert.Tunnel.Agent.Acme;

internal sealed class AcmeAnswer(string what, FetchResult result)
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 16, AllowDuplicateProperties = false };

    private JsonElement? json;

    public string What => what;

    public string? Location => result.Headers.GetValueOrDefault("Location");

    public TimeSpan? RetryAfter => result.RetryAfter;

    public string Text => Encoding.UTF8.GetString(result.Body.Span);

    public string Required(string name) => Optional(name) ?? throw Invalid($"it has no {name}");

    public string? Optional(string name) => Optional(Json, name);

    public string? Optional(JsonElement element, string name) =>
        AcmeText.TryRead(element, name, out var text) ? text : throw Invalid($"{name} is not text");

    /// <summary>A member of any type; its kind is Undefined when the member is absent.</summary>
    public JsonElement Member(string name) => Json.TryGetProperty(name, out var value) ? value : default;

    public AcmeException Invalid(string why) =>
        new(AcmeReason.AnswerInvalid, $"{what}: the CA's response is unusable: {why}.");

    private JsonElement Json => json ??= Parse();

    private JsonElement Parse()
    {
        try
        {
            using var document = JsonDocument.Parse(result.Body, Strict);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw Invalid("it is not an object");
        }
        catch (JsonException)
        {
            throw Invalid("it is not JSON");
        }
    }
}
