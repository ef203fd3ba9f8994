using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>
/// The value that a claim is compared with: a string, a whole number or a boolean. The string <c>"1"</c> is not the
/// number <c>1</c>, and a number with a fraction or an exponent equals none.
/// </summary>
internal sealed class MatchValue
{
    public const int MaxTextLength = 1024;

    private readonly JsonValueKind kind;
    private readonly byte[] utf8;
    private readonly long number;

    private MatchValue(JsonValueKind kind, byte[] utf8, long number, string json)
    {
        this.kind = kind;
        this.utf8 = utf8;
        this.number = number;
        Json = json;
    }

    public string Json { get; }

    public string? Text => kind == JsonValueKind.String ? Encoding.UTF8.GetString(utf8) : null;

    public ReadOnlySpan<byte> Utf8 => utf8;

    public static MatchValue From(string text) =>
        new(
            JsonValueKind.String,
            Encoding.UTF8.GetBytes(text),
            0,
            JsonSerializer.Serialize(text, FederationJson.Default.String)
        );

    public static MatchValue From(long number) =>
        new(JsonValueKind.Number, [], number, number.ToString(CultureInfo.InvariantCulture));

    public static MatchValue From(bool truth) =>
        new(truth ? JsonValueKind.True : JsonValueKind.False, [], 0, truth ? "true" : "false");

    /// <summary>False for null, arrays, objects, too long strings, and numbers that are not whole 64-bit numbers.</summary>
    public static bool TryRead(JsonElement element, out MatchValue value)
    {
        value = null!;
        switch (element.ValueKind)
        {
            case JsonValueKind.String when element.GetString() is { Length: <= MaxTextLength } text:
                value = From(text);
                return true;
            case JsonValueKind.Number
                when long.TryParse(
                    element.GetRawText(),
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out var number
                ):
                value = From(number);
                return true;
            case JsonValueKind.True:
            case JsonValueKind.False:
                value = From(element.ValueKind == JsonValueKind.True);
                return true;
            default:
                return false;
        }
    }

    public bool EqualsClaim(ReadOnlySpan<byte> raw) =>
        kind switch
        {
            JsonValueKind.String => RawClaim.IsString(raw) && RawClaim.Utf8(raw).SequenceEqual(utf8),
            JsonValueKind.Number => Utf8Parser.TryParse(raw, out long claim, out var read)
                && read == raw.Length
                && claim == number,
            JsonValueKind.True => raw.SequenceEqual("true"u8),
            _ => raw.SequenceEqual("false"u8),
        };
}
