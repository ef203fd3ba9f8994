namespace Culvert.Identity.Service.Storage;

/// <param name="Number">The file's first four digits, which define the order.</param>
/// <param name="Name">The file's name without the ending.</param>
internal sealed record Migration(int Number, string Name, string Sql)
{
    /// <summary>
    /// The first line of a file that only adds to the schema (tables, nullable columns, columns with defaults, indexes):
    /// older programs can continue to run with it.
    /// </summary>
    public const string ExpansionMark = "-- expand";

    /// <summary>
    /// The first line of an expansion that only creates and drops indexes: where the database supports it, other connections
    /// can write meanwhile, for a table of any size.
    /// </summary>
    public const string OnlineMark = ExpansionMark + " online";

    public bool IsExpansion => Sql.StartsWith(ExpansionMark, StringComparison.Ordinal);

    public bool IsOnline => Sql.StartsWith(OnlineMark, StringComparison.Ordinal);
}
