namespace Culvert.Tunnel.Agent.Upstreams.Compose.Sql;

/// <param name="HasMore">Whether the statement has more rows than it may return.</param>
/// <param name="Failure">Null if the statement ended; there are no rows otherwise.</param>
internal sealed record JoinResult(IReadOnlyList<SqlValue[]> Rows, bool HasMore, JoinFailure? Failure)
{
    public static JoinResult Failed(JoinFailure failure) => new([], false, failure);
}

/// <param name="IsLimit">Whether a bound stopped the statement. Otherwise its data did not fit it.</param>
internal sealed record JoinFailure(bool IsLimit, string Message)
{
    public static readonly JoinFailure Deadline = new(true, "The statement takes longer than one call may take.");
    public static readonly JoinFailure Memory = new(true, "The statement needs more memory than one call may have.");
    public static readonly JoinFailure Result = new(true, "The result is larger than one call may return.");

    private static readonly JoinFailure Size = new(
        true,
        $"A value or a row is larger than {SqliteDatabase.MaxRowBytes / 1024} KiB."
    );

    private static readonly JoinFailure Pattern = new(true, "A pattern of LIKE or GLOB is too long.");

    public static JoinFailure NoJson(string column) =>
        new(false, $"The column {column} has bytes, or a number that is not finite.");

    public static JoinFailure From(int code, SqliteDatabase database, SqlGuard guard) =>
        code switch
        {
            SqliteApi.NoMemory => Memory,
            SqliteApi.TooBig => Size,
            SqliteApi.Interrupt when guard.IsOverdue => Deadline,
            SqliteApi.Error when database.Message.EndsWith("pattern too complex", StringComparison.Ordinal) => Pattern,
            _ => new(false, $"The statement failed: {database.Message}."),
        };
}
