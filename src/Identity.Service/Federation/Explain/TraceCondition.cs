using System.Text.Json;

namespace Culvert.Identity.Service.Federation.Explain;

/// <summary>One condition of a rule, and what the claims said to it.</summary>
/// <param name="Claim">The claim it reads; for an expression, <c>condition</c>.</param>
/// <param name="Operator"><c>eq</c>, <c>in</c>, <c>prefix</c>, <c>segments</c> or <c>cel</c>.</param>
/// <param name="Want">What the rule demands: for administrators alone.</param>
/// <param name="Got">The token's own value; null = the claim is absent.</param>
internal sealed record TraceCondition(string Claim, string Operator, string Want, string? Got, bool Holds)
{
    public void WriteTo(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("claim", Claim);
        json.WriteString("op", Operator);
        json.WriteString("want", Want);
        json.WriteString("got", Got);
        json.WriteBoolean("ok", Holds);
        json.WriteEndObject();
    }
}
