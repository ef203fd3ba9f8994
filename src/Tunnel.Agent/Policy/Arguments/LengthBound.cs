using System.Globalization;
using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>min_length</c> and <c>max_length</c>: of text in code points, of an array in elements.</summary>
internal sealed class LengthBound(string key, int length, bool ofArrays)
    : ValueCondition(key, ofArrays ? ValueKinds.Array : ValueKinds.Text)
{
    private readonly bool isLowest = key == "min_length";

    public override bool Matches(JsonElement value, PrincipalClaims claims) =>
        TryGetLength(value, out var actual) && (isLowest ? actual >= length : actual <= length);

    public override string Describe() => string.Create(CultureInfo.InvariantCulture, $"{Key} {length}");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{length} {ofArrays}");

    private bool TryGetLength(JsonElement value, out int actual)
    {
        actual = 0;
        if (ofArrays)
        {
            var isArray = value.ValueKind == JsonValueKind.Array;
            actual = isArray ? value.GetArrayLength() : 0;
            return isArray;
        }

        return JsonText.TryCount(value, out actual);
    }
}
