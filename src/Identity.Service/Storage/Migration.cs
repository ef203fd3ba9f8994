namespace Culvert.Identity.Service.Storage;

/// <param name="Number">The file's first four digits; its place in the order.</param>
/// <param name="Name">The file's name without ending.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>
    /// First line of a file that only adds (tables, nullable columns, columns with defaults, indexes): an older program
    /// may continue to run with it.
    /// </summary>
    public const string ExpansionMark = "-- expand";

    /// <summary>
    /// First line of an expansion that makes and drops indexes alone: where the database can, while others write,
    /// however large the table.
    /// </summary>
    public const string OnlineMark = ExpansionMark + " online";

    public bool IsExpansion => Sql.StartsWith(ExpansionMark, StringComparison.Ordinal);

    public bool IsOnline => Sql.StartsWith(OnlineMark, StringComparison.Ordinal);
}
