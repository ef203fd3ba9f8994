using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>
/// The value is a number within a bound: <c>min</c> and <c>max</c> include the bound, <c>above</c> and <c>below</c> do
/// not.
/// </summary>
internal sealed class NumberBound(string key, string bound) : ValueCondition(key, ValueKinds.Number)
{
    private readonly byte[] bound = Encoding.ASCII.GetBytes(bound);

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        value.ValueKind == JsonValueKind.Number
        && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var number)
        && JsonNumber.TryRead(bound, out var limit)
        && Fits(number.CompareTo(limit));

    public override string ToString() => Encoding.ASCII.GetString(bound);

    private bool Fits(int comparison) =>
        Key switch
        {
            "min" => comparison >= 0,
            "above" => comparison > 0,
            "max" => comparison <= 0,
            _ => comparison < 0,
        };
}
