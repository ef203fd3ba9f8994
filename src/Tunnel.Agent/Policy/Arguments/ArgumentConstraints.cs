using System.Text.Json;
using Culvert.Tunnel.Agent.Requests;
using Culvert.Tunnel.Agent.Schemas;

namespace Culvert.Tunnel.Agent.Policy.Arguments;

internal sealed class ArgumentConstraints
{
    private readonly IReadOnlyList<ArgumentConstraint> constraints;
    private readonly NamedArguments named;
    private readonly bool isClosed;

    /// <param name="others">Arguments that the rule shows or masks.</param>
    /// <param name="isClosed">Whether all arguments other than those of the constraints are forbidden.</param>
    public ArgumentConstraints(
        IReadOnlyList<ArgumentConstraint> constraints,
        IReadOnlyList<JsonPointer> others,
        bool isClosed
    )
    {
        this.constraints = constraints;
        this.isClosed = isClosed;
        named = new NamedArguments(constraints, others, isClosed);
    }

    /// <summary>Whether it only forbids look-alike names: the rule has no conditions on values.</summary>
    public bool IsOfNames => constraints.Count == 0 && !isClosed;

    /// <summary>The names of the claims that the conditions compare.</summary>
    public IEnumerable<string> Claims => constraints.SelectMany(c => c.Claims);

    /// <summary>Adds the requirement that no argument has a name that could be taken for one of these.</summary>
    public static ArgumentConstraints? Naming(ArgumentConstraints? constraints, IReadOnlyList<JsonPointer> others) =>
        others.Count == 0 ? constraints
        : constraints is null ? new ArgumentConstraints([], others, isClosed: false)
        : new ArgumentConstraints(constraints.constraints, others, constraints.isClosed);

    /// <summary>Null if all constraints are satisfied.</summary>
    /// <param name="arguments">An object: a call without arguments has an empty one.</param>
    /// <param name="claims">Of the caller.</param>
    public ArgumentError? FindError(JsonElement arguments, PrincipalClaims claims)
    {
        if (arguments.ValueKind != JsonValueKind.Object)
        {
            return IsOfNames ? null : new ArgumentError("", "type");
        }

        foreach (var constraint in constraints)
        {
            if (constraint.FindError(arguments, claims) is { } key)
            {
                return new ArgumentError(constraint.At.Text, key);
            }
        }

        return named.FindError(arguments);
    }

    public override string ToString() => IsOfNames ? "" : $"{isClosed} {string.Join('\u0002', constraints)}";
}
