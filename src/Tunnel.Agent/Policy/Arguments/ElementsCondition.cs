using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary><c>any</c> and <c>all</c>: the value is an array, and some or all elements satisfy a constraint.</summary>
internal sealed class ElementsCondition(string key, ArgumentConstraint element) : ValueCondition(key, ValueKinds.Array)
{
    private readonly bool isAll = key == "all";
    private readonly NamedArguments named = new([element], [], isClosed: false);

    public override IEnumerable<string> Claims => element.Claims;

    public override bool Matches(JsonElement value, PrincipalClaims claims)
    {
        if (value.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (var entry in value.EnumerateArray())
        {
            if ((element.FindError(entry, claims) is null && named.FindError(entry) is null) != isAll)
            {
                return !isAll;
            }
        }

        return isAll;
    }

    public override string ToString() => element.ToString();
}
