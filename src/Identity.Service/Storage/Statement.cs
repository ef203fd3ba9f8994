using Culvert.Identity.Service.Errors;

namespace Culvert.Identity.Service.Storage;

/// <summary>
/// One portable SQL statement of a decision (named <c>@parameters</c>, no database dialect). A SELECT is a condition: only
/// its rows are counted. One writer at a time runs the statements, so a condition still holds at the commit.
/// </summary>
/// <param name="Sql">A constant, never built from input. The writer caches it prepared.</param>
/// <param name="Parameters">An object whose properties are the parameters; null = none.</param>
internal sealed record Statement(string Sql, object? Parameters = null)
{
    /// <summary>The number of rows that the statement must change or find; null = any.</summary>
    public int? ExpectedRows { get; init; }

    /// <summary>
    /// The refusal to answer if <see cref="ExpectedRows"/> does not match; null = the outcome is <see
    /// cref="CommitOutcome.Stale"/>.
    /// </summary>
    public Refusal? MismatchRefusal { get; init; }

    /// <summary>Whether a constraint may refuse the row; if not, that is an error of the decision.</summary>
    public bool IsUnique { get; init; }

    /// <summary>As <see cref="MismatchRefusal"/>, if a constraint refuses the row.</summary>
    public Refusal? ConstraintRefusal { get; init; }

    /// <summary>
    /// Requires exactly one row to be changed or found. Otherwise the decision is refused with this refusal. Without
    /// one it is stale: another caller was first, and this one reads the new state and decides again.
    /// </summary>
    public Statement ExpectingOne(Refusal? refusal = null) => this with { ExpectedRows = 1, MismatchRefusal = refusal };

    /// <summary>As <see cref="ExpectingOne"/>, if a constraint refuses the row; undeclared, that is an error.</summary>
    public Statement Unique(Refusal? refusal = null) => this with { IsUnique = true, ConstraintRefusal = refusal };
}
