using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Platform.Secrets;

/// <summary>
/// Removes secrets from output that leaves the machine: values of keys with sensitive names, and text that resembles a
/// credential; in doubt too much.
/// </summary>
public static class Redaction
{
    public const string Mark = "[redacted]";

    public static JsonNode? Redact(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                var members = new JsonObject();
                var isNamed = NamesSecret(o);
                foreach (var (name, value) in o)
                {
                    var isSecret =
                        SecretNames.IsSecret(name) || SecretNames.IsSealed(name) || (isNamed && name == ValueMember);
                    members[Redact(name)] = isSecret && value is not null && !IsHarmless(value) ? Mark : Redact(value);
                }

                return members;
            case JsonArray list:
                return new JsonArray([.. list.Select(Redact)]);
            case JsonValue value when value.TryGetValue(out string? text):
                return Redact(text);
            default:
                return node?.DeepClone();
        }
    }

    public static string Redact(string text) => SecretScanner.Hide(text);

    private const string ValueMember = "value";

    // {"name": "Authorization", "value": "…"}, the form of lists of headers and variables.
    private static bool NamesSecret(JsonObject o) =>
        o["name"] is JsonValue value && value.TryGetValue(out string? name) && SecretNames.IsSecret(name);

    // Flags and lists of flags reveal nothing. A number may be a PIN, and a text that resembles a date may be a password.
    private static bool IsHarmless(JsonNode value) =>
        value switch
        {
            JsonValue v => v.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            JsonArray list => list.All(item => item is null || IsHarmless(item)),
            _ => false,
        };
}
