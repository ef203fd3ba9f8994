using System.Text.Json;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

/// <summary>What a rule demands of the arguments of the calls that it allows.</summary>
internal sealed class ArgumentConstraints
{
    /// <summary>How a record names the error of an argument that no constraint names.</summary>
    public const string Closed = "closed";

    private readonly IReadOnlyList<ArgumentConstraint> constraints;
    private readonly NamedArguments? named;

    /// <param name="constraints">In the file's order.</param>
    /// <param name="isClosed">Whether there may be no other arguments.</param>
    public ArgumentConstraints(IReadOnlyList<ArgumentConstraint> constraints, bool isClosed)
    {
        this.constraints = constraints;
        named = isClosed ? new NamedArguments(constraints.Select(c => c.At)) : null;
    }

    /// <summary>The first constraint that is not satisfied; null if all are.</summary>
    /// <param name="arguments">An object: a call without arguments has an empty one.</param>
    public ArgumentError? FindError(JsonElement arguments)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return new ArgumentError("", "type");
        }

        foreach (var constraint in constraints)
        {
            if (constraint.FindError(arguments) is { } key)
            {
                return new ArgumentError(constraint.At.Text, key);
            }
        }

        return named?.FindOther(arguments) is { } at ? new ArgumentError(at, Closed) : null;
    }

    public override string ToString() => $"{named is not null} {string.Join('\u0002', constraints)}";
}
