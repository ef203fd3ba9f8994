using System.Text;
using System.Text.Json;

namespace Culvert.Tunnel.Agent.Requests;

/// <summary>
/// The value of a claim: text, an integer, or a list of these. It is compared exactly and never converted: text does
/// not equal a number, and neither 1.0 nor 1e0 is an integer.
/// </summary>
internal sealed class ClaimValue
{
    /// <summary>The longest integer that is compared, with its sign.</summary>
    public const int MaxIntegerCharacters = 40;

    // UTF-8 text, or an integer's only spelling; empty for a list.
    private readonly byte[] bytes;

    // The texts and integers of a list, sorted: every record of an answer may be compared with them.
    private readonly List<ClaimValue> elements;

    private ClaimValue(ClaimValueKind kind, byte[] bytes, List<ClaimValue> elements) =>
        (Kind, this.bytes, this.elements) = (kind, bytes, elements);

    public ClaimValueKind Kind { get; }

    /// <summary>The text, or an integer as JSON writes it; empty for a list.</summary>
    public string Text => Encoding.UTF8.GetString(bytes);

    /// <summary>Null for empty text, which counts as missing.</summary>
    public static ClaimValue? FromText(string text) =>
        text.Length == 0 ? null : new ClaimValue(ClaimValueKind.Text, Encoding.UTF8.GetBytes(text), []);

    /// <summary>
    /// Null if the claim counts as missing: empty text, another number than an integer, another type, or a list that has
    /// such an element.
    /// </summary>
    /// <param name="json">Well-formed JSON without unpaired surrogates.</param>
    public static ClaimValue? Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return reader.TokenType == JsonTokenType.StartArray ? ReadList(ref reader) : ReadSingle(ref reader);
    }

    /// <param name="utf8">The text without JSON's escapes.</param>
    public bool EqualsText(ReadOnlySpan<byte> utf8) => Kind == ClaimValueKind.Text && utf8.SequenceEqual(bytes);

    /// <param name="digits">A number as JSON writes it; one with a fraction or an exponent equals no integer.</param>
    public bool EqualsInteger(ReadOnlySpan<byte> digits) =>
        Kind == ClaimValueKind.Integer && TryNormalize(digits, out var integer) && integer.SequenceEqual(bytes);

    /// <summary>Whether it is a list that has the text (without JSON's escapes) or the integer.</summary>
    public bool Contains(ReadOnlySpan<byte> written, bool isText)
    {
        if (!isText && !TryNormalize(written, out written))
        {
            return false;
        }

        var kind = isText ? ClaimValueKind.Text : ClaimValueKind.Integer;
        var (low, high) = (0, elements.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            var order = elements[middle].CompareTo(kind, written);
            if (order == 0)
            {
                return true;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle);
        }

        return false;
    }

    private int CompareTo(ClaimValueKind kind, ReadOnlySpan<byte> other) =>
        Kind == kind ? bytes.AsSpan().SequenceCompareTo(other) : (int)Kind - (int)kind;

    /// <summary>Writes JSON that is equal for equal values only.</summary>
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteNumberValue((int)Kind);
        json.WriteStringValue(bytes);
        foreach (var element in elements)
        {
            element.WriteTo(json);
        }

        json.WriteEndArray();
    }

    private static ClaimValue? ReadList(ref Utf8JsonReader reader)
    {
        var elements = new List<ClaimValue>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (ReadSingle(ref reader) is not { } element)
            {
                return null;
            }

            elements.Add(element);
        }

        elements.Sort((one, other) => one.CompareTo(other.Kind, other.bytes));
        return new ClaimValue(ClaimValueKind.List, [], elements);
    }

    private static ClaimValue? ReadSingle(ref Utf8JsonReader reader) =>
        reader.TokenType switch
        {
            JsonTokenType.String => FromText(reader.GetString()!),
            JsonTokenType.Number when TryNormalize(reader.ValueSpan, out var integer) => new ClaimValue(
                ClaimValueKind.Integer,
                integer.ToArray(),
                []
            ),
            _ => null,
        };

    // RFC 8259 §6: an int with or without a minus. -0 is 0; every other integer has one spelling.
    private static bool TryNormalize(ReadOnlySpan<byte> number, out ReadOnlySpan<byte> integer)
    {
        integer = number;
        var digits = number.StartsWith("-"u8) ? number[1..] : number;
        if (
            number.Length > MaxIntegerCharacters
            || digits.IsEmpty
            || digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            || (digits[0] == '0' && digits.Length > 1)
        )
        {
            return false;
        }

        integer = digits[0] == '0' ? digits : number;
        return true;
    }
}
