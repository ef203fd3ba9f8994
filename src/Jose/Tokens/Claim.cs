using System.Buffers.Text;
using System.Text.Json;
using Culvert.Jose.Json;
using Culvert.Jose.Refusals;

namespace Culvert.Jose.Tokens;

/// <summary>A top-level claim: a view into the token's payload, valid as long as the payload.</summary>
public readonly ref struct Claim
{
    private readonly bool isEscaped;

    internal Claim(ReadOnlySpan<byte> raw, in JsonMember member)
    {
        Raw = raw;
        isEscaped = member.ValueIsEscaped;
        Kind = member.ValueType switch
        {
            JsonTokenType.String => ClaimKind.String,
            JsonTokenType.Number => ClaimKind.Number,
            JsonTokenType.True or JsonTokenType.False => ClaimKind.Boolean,
            JsonTokenType.StartArray => ClaimKind.Array,
            JsonTokenType.StartObject => ClaimKind.Object,
            _ => ClaimKind.Null,
        };
    }

    public ClaimKind Kind { get; }

    /// <summary>The value as written, quotes included: well-formed JSON.</summary>
    public ReadOnlySpan<byte> Raw { get; }

    /// <summary>The text of a string claim; null for any other type.</summary>
    public string? ReadString() => Kind == ClaimKind.String ? new JsonText(Raw, isEscaped).ReadString() : null;

    /// <summary>Ordinal comparison; false for any type other than string.</summary>
    public bool StringEquals(ReadOnlySpan<byte> utf8) =>
        Kind == ClaimKind.String && new JsonText(Raw, isEscaped).StringEquals(utf8);

    /// <summary>Reads an integer without fraction or exponent.</summary>
    public bool TryReadInteger(out long value)
    {
        value = 0;
        return Kind == ClaimKind.Number && Utf8Parser.TryParse(Raw, out value, out var read) && read == Raw.Length;
    }

    /// <summary>
    /// Reads a NumericDate (RFC 7519 §2), in seconds since 1970, from 0 to <see cref="JoseLimits.MaxNumericDate"/>. A
    /// fraction is rounded down, so that nothing is valid longer than stated.
    /// </summary>
    public bool TryReadNumericDate(out long seconds)
    {
        seconds = 0;
        return Kind == ClaimKind.Number && NumericDate.TryRead(Raw, out seconds, out _);
    }

    /// <summary>Like <see cref="TryReadNumericDate"/>, but rounds up, so that nothing is valid too early.</summary>
    public bool TryReadNumericDateRoundedUp(out long seconds)
    {
        seconds = 0;
        if (Kind != ClaimKind.Number || !NumericDate.TryRead(Raw, out seconds, out var hasFraction))
        {
            return false;
        }

        seconds += hasFraction ? 1 : 0;
        return seconds <= JoseLimits.MaxNumericDate;
    }

    /// <summary>Finds a string in a string or an array of strings, like <c>aud</c> (RFC 7519 §4.1.3).</summary>
    /// <param name="utf8">The string, compared ordinally.</param>
    /// <param name="maxElements">Longest array accepted; by default only the token's size limits it.</param>
    public StringListMatch FindInStringList(ReadOnlySpan<byte> utf8, int maxElements = int.MaxValue)
    {
        if (Kind == ClaimKind.String)
        {
            return StringEquals(utf8) ? StringListMatch.Found : StringListMatch.NotFound;
        }

        if (Kind != ClaimKind.Array)
        {
            return StringListMatch.Malformed;
        }

        var reader = new Utf8JsonReader(Raw);
        reader.Read();
        var match = StringListMatch.NotFound;
        var elements = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.String || ++elements > maxElements)
            {
                return StringListMatch.Malformed;
            }

            if (reader.ValueTextEquals(utf8))
            {
                match = StringListMatch.Found;
            }
        }

        return match;
    }
}
