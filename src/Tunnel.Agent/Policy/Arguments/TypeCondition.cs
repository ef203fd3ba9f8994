using System.Runtime.InteropServices;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>type</c>: a JSON type. An integer is a number without a fraction, as in JSON Schema, so also 1.0.</summary>
internal sealed class TypeCondition(string type) : ValueCondition("type", GetKinds(type))
{
    public static readonly string[] Types = ["string", "number", "integer", "boolean", "object", "array"];

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        type switch
        {
            "string" => value.ValueKind == JsonValueKind.String,
            "number" => value.ValueKind == JsonValueKind.Number,
            "integer" => value.ValueKind == JsonValueKind.Number
                && JsonNumber.TryRead(JsonMarshal.GetRawUtf8Value(value), out var number)
                && number.IsWhole,
            "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
            "object" => value.ValueKind == JsonValueKind.Object,
            _ => value.ValueKind == JsonValueKind.Array,
        };

    public override string ToString() => type;

    private static ValueKinds GetKinds(string type) =>
        type switch
        {
            "string" => ValueKinds.Text,
            "number" or "integer" => ValueKinds.Number,
            "boolean" => ValueKinds.Boolean,
            "object" => ValueKinds.Object,
            _ => ValueKinds.Array,
        };
}
