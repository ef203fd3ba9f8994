using System.Text.Json;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>What must be true of one argument.</summary>
internal sealed record ArgumentConstraint
{
    /// <summary>How a record names the error of an argument that is not there.</summary>
    public const string Required = "required";

    /// <summary>How a record names the error of an argument that is there.</summary>
    public const string Forbidden = "forbidden";

    public required JsonPointer At { get; init; }

    /// <summary>It may be missing. Where it is there, the conditions hold.</summary>
    public bool IsOptional { get; init; }

    /// <summary>It must be missing.</summary>
    public bool IsForbidden { get; init; }

    public IReadOnlyList<ValueCondition> Conditions { get; init; } = [];

    /// <summary>The key of what is not true; null if all is.</summary>
    public string? FindError(JsonElement root)
    {
        var result = At.Find(root, out var value);
        if (result == PointerResult.Missing)
        {
            return IsForbidden || IsOptional ? null : Required;
        }

        // Behind a value of another type a lax server may still find something.
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
