using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Culvert.Platform.Secrets;

/// <summary>
/// Removes what must not leave the machine: values of keys with sensitive names, and everything that resembles a
/// credential, wherever it is. Too much rather than too little: the reader can ask for more.
/// </summary>
public static partial class Redaction
{
    /// <summary>What is written instead.</summary>
    public const string Mark = "[redacted]";

    /// <summary>A copy of a JSON value without its secrets.</summary>
    public static JsonNode? Redact(JsonNode? node)
    {
        switch (node)
        {
            case JsonObject o:
                var members = new JsonObject();
                foreach (var (name, value) in o)
                {
                    members[Redact(name)] =
                        value is not null && SecretName().IsMatch(name) && !IsHarmless(value) ? Mark : Redact(value);
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

    /// <summary>The text without its secrets.</summary>
    public static string Redact(string text)
    {
        text = PrivateKey().Replace(text, Mark);
        text = UserOfUrl().Replace(text, "$1" + Mark + "@");
        text = NamedSecret().Replace(text, "$1" + Mark);
        text = Credential().Replace(text, Mark);
        text = Culverts().Replace(text, Mark);
        return Jwt().Replace(text, Mark);
    }

    // Counts, times, flags and lists of such tell nothing.
    private static bool IsHarmless(JsonNode value) =>
        value switch
        {
            JsonValue v => !v.TryGetValue(out string? text) || DateTimeOffset.TryParse(text, out _),
            JsonArray list => list.All(item => item is null || IsHarmless(item)),
            _ => false,
        };

    [GeneratedRegex(
        "(^|_|-)(token|secret|password|passwd|passphrase|pin|authorization|cookie|assertion|private_key|api_key|hmac_key|credential|sealed[a-z_]*)$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex SecretName();

    [GeneratedRegex(
        "-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(-----END [A-Z ]*PRIVATE KEY-----|$)",
        RegexOptions.Singleline
    )]
    private static partial Regex PrivateKey();

    [GeneratedRegex("([a-z][a-z0-9+.-]*://)[^/@\\s\"']+@", RegexOptions.IgnoreCase)]
    private static partial Regex UserOfUrl();

    // key=value and "key":"value" in lines of text, and in queries of addresses.
    [GeneratedRegex(
        "((?:token|secret|password|passwd|api[_-]?key|signature|assertion|code|client_secret)[\"']?\\s*[=:]\\s*[\"']?)[^\\s\"'&,;}]+",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex NamedSecret();

    [GeneratedRegex("\\b(Bearer|DPoP|Basic)\\s+[A-Za-z0-9._~+/=-]{8,}", RegexOptions.IgnoreCase)]
    private static partial Regex Credential();

    // Credentials of this service are recognised by their prefix.
    [GeneratedRegex("\\bclv_[a-z]+_[A-Za-z0-9_-]{8,}")]
    private static partial Regex Culverts();

    [GeneratedRegex("\\beyJ[A-Za-z0-9_-]{5,}(\\.[A-Za-z0-9_-]*){1,4}")]
    private static partial Regex Jwt();
}
