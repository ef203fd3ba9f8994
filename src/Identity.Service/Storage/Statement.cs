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

    /// <summary>The conflict to report if <see cref="ExpectedRows"/> does not match.</summary>
    public Enum? OnMismatch { get; init; }

    /// <summary>The conflict to report if a constraint refuses the row.</summary>
    public Enum? OnConstraint { get; init; }

    /// <summary>Requires exactly one row to be changed or found.</summary>
    public Statement ExpectingOne(Enum conflict) => this with { ExpectedRows = 1, OnMismatch = conflict };

    /// <summary>Reports a constraint violation as a conflict instead of an error.</summary>
    public Statement Unique(Enum conflict) => this with { OnConstraint = conflict };
}
