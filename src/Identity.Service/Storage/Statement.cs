namespace Culvert.Identity.Service.Storage;

/// <summary>
/// One portable SQL statement of a decision (named <c>@parameters</c>, no dialect of one database). A SELECT is a
/// condition: the rows that it finds are counted, nothing else is read. One writer at a time runs a decision's
/// statements, so what it finds still holds at the commit.
/// </summary>
/// <param name="Sql">A constant: never built from input. The writer keeps it prepared.</param>
/// <param name="Parameters">An object whose properties are the parameters; null = none.</param>
internal sealed record Statement(string Sql, object? Parameters = null)
{
    /// <summary>Rows that the statement must touch or find; null = any number.</summary>
    public int? ExpectedRows { get; init; }

    /// <summary>The conflict to report when <see cref="ExpectedRows"/> is missed.</summary>
    public Enum? OnMismatch { get; init; }

    /// <summary>The conflict to report when a unique or other constraint refuses the row.</summary>
    public Enum? OnConstraint { get; init; }

    /// <summary>Exactly one row must change or be found, else the decision is off.</summary>
    public Statement ExpectingOne(Enum conflict) => this with { ExpectedRows = 1, OnMismatch = conflict };

    /// <summary>A constraint that refuses the row is an expected answer, not an error.</summary>
    public Statement Unique(Enum conflict) => this with { OnConstraint = conflict };
}
