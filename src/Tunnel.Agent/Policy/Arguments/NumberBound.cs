using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>min</c> and <c>max</c>: the value is a number within the bound, inclusive.</summary>
internal sealed class NumberBound(string key, string bound) : ValueCondition(key, ValueKinds.Number)
{
    private readonly byte[] bound = Encoding.ASCII.GetBytes(bound);
    private readonly bool isLowest = key == "min";

    public override bool Matches(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number
        && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var number)
        && JsonNumber.TryRead(bound, out var limit)
        && (isLowest ? number.CompareTo(limit) >= 0 : number.CompareTo(limit) <= 0);

    public override string ToString() => Encoding.ASCII.GetString(bound);
}
