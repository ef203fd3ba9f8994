namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <summary>Why a statement cannot be used.</summary>
/// <param name="Line">The line of the SQL, from 1; 0 if the error is at no position.</param>
/// <param name="Column">The character of the line, from 1.</param>
internal sealed record SqlError(string Message, string Remedy, int Line = 0, int Column = 0)
{
    /// <param name="offset">The character of the SQL; null if the error is at none.</param>
    public static SqlError At(string sql, int? offset, string message, string remedy)
    {
        if (offset is not { } at)
        {
            return new SqlError(message, remedy);
        }

        var before = sql.AsSpan(0, at);
        return new SqlError(message, remedy, before.Count('\n') + 1, at - before.LastIndexOf('\n'));
    }

    public override string ToString() =>
        Line > 0 ? $"Line {Line}, column {Column} of the SQL: {Message}" : $"The SQL: {Message}";
}
