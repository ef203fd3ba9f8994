using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>A constraint on one argument.</summary>
internal sealed record ArgumentConstraint
{
    /// <summary>The record's key for an argument that is missing.</summary>
    public const string Required = "required";

    /// <summary>The record's key for an argument that must be missing.</summary>
    public const string Forbidden = "forbidden";

    public required JsonPointer At { get; init; }

    /// <summary>The argument may be missing. If it is present, the conditions must hold.</summary>
    public bool IsOptional { get; init; }

    /// <summary>The argument must be missing.</summary>
    public bool IsForbidden { get; init; }

    public IReadOnlyList<ValueCondition> Conditions { get; init; } = [];

    /// <summary>The key of the first condition that is false; null if all hold.</summary>
    public string? FindError(JsonElement root)
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
            if (!condition.IsTrueOf(value))
            {
                return condition.Key;
            }
        }

        return null;
    }

    public override string ToString() =>
        $"{At} {IsOptional} {IsForbidden} {string.Join('\u0001', Conditions.Select(c => $"{c.Key}={c}"))}";
}
