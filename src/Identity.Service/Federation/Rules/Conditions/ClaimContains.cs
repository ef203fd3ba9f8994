using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Rules.Conditions;

/// <summary>The claim is an array, and one of its elements has the value. The only operator that reads arrays.</summary>
internal sealed class ClaimContains(ConditionOrigin origin, ClaimPath path, MatchValue value)
    : ClaimCondition(origin, path)
{
    public override string Operator => "contains";

    public override string Expected => value.Json;

    protected override bool IsSatisfiedBy(ReadOnlySpan<byte> raw)
    {
        if (!RawClaim.IsArray(raw))
        {
            return false;
        }

        var reader = new Utf8JsonReader(raw);
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            if (value.EqualsClaim(raw[start..(int)reader.BytesConsumed]))
            {
                return true;
            }
        }

        return false;
    }
}
