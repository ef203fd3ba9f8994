using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// <c>equals_claim</c> and <c>in_claim</c>: the value is that of a claim of the caller's token, or one in its list.
/// Text and integers only: a number with a fraction or an exponent equals no claim.
/// </summary>
internal sealed class ClaimCondition(string key, string claim)
    : ValueCondition(key, ValueKinds.Text | ValueKinds.Number)
{
    private readonly bool isInList = key == "in_claim";

    public override IEnumerable<string> Claims => [claim];

    public override bool Matches(JsonElement value, PrincipalClaims claims)
    {
        if (!claims.TryFind(claim, out var wanted))
        {
            return false;
        }

        return value.ValueKind switch
        {
            JsonValueKind.String => JsonText.TryGetUtf8(value, out var text) && Matches(wanted, text, isText: true),
            JsonValueKind.Number => Matches(wanted, JsonMarshal.GetRawUtf8Value(value), isText: false),
            _ => false,
        };
    }

    // Records of answers are compared by the million: nothing is allocated for text without escapes.
    public override bool Matches(ref Utf8JsonReader reader, PrincipalClaims claims)
    {
        if (reader.ValueIsEscaped)
        {
            return base.Matches(ref reader, claims);
        }

        return claims.TryFind(claim, out var wanted)
            && reader.TokenType switch
            {
                JsonTokenType.String => Matches(wanted, reader.ValueSpan, isText: true),
                JsonTokenType.Number => Matches(wanted, reader.ValueSpan, isText: false),
                _ => false,
            };
    }

    public override string ToString() => claim;

    private bool Matches(ClaimValue wanted, ReadOnlySpan<byte> written, bool isText) =>
        isInList && wanted.Kind == ClaimValueKind.List ? wanted.Contains(written, isText)
        : isText ? wanted.EqualsText(written)
        : wanted.EqualsInteger(written);
}
