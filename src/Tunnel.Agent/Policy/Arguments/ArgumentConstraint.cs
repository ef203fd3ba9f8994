using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

internal sealed record ArgumentConstraint
{
    public const string Required = "required";

    public const string Forbidden = "forbidden";

    public required JsonPointer At { get; init; }

    /// <summary>If the argument is present, the conditions must hold.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The argument must be missing.</summary>
    public bool IsForbidden { get; init; }

    public IReadOnlyList<ValueCondition> Conditions { get; init; } = [];

    /// <summary>The names of the claims that its conditions compare.</summary>
    public IEnumerable<string> Claims => Conditions.SelectMany(c => c.Claims);

    /// <summary>The key of the first condition that is false; null if all hold.</summary>
    public string? FindError(JsonElement root, PrincipalClaims claims)
    {
        var result = At.Find(root, out var value);
        if (result == PointerResult.Missing)
        {
            return IsForbidden || IsOptional ? null : Required;
        }

        // A lax server may still find a value inside a value of the wrong type.
        if (result == PointerResult.WrongType)
        {
            return "type";
        }

        if (IsForbidden)
        {
            return Forbidden;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.Matches(value, claims))
            {
                return condition.Key;
            }
        }

        return null;
    }

    public override string ToString() =>
        $"{At} {IsOptional} {IsForbidden} {string.Join('\u0001', Conditions.Select(c => $"{c.Key}={c}"))}";
}
