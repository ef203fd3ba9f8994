using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Certificates.Enrollments;

/// <summary>The reads and writes that enrolments of agents and of edges have in common.</summary>
/// <param name="table">The name of the table of <paramref name="columns"/>.</param>
/// <param name="key">The column that identifies a row.</param>
/// <param name="reference">The column of certificates that refers to it.</param>
internal abstract class EnrollmentStore<TRow, TState>(
    Database database,
    Columns<TRow> columns,
    string table,
    string key,
    string reference
)
    where TRow : EnrollmentRow<TState>
    where TState : EnrollmentState
{
    private readonly string certified =
        $"UPDATE {table} SET certificate_serial = @serial, certificate_not_after_ms = @notAfter WHERE {key} = @id";

    protected Database Database { get; } = database;

    internal string SerialsSql { get; } =
        $"SELECT serial FROM certificates WHERE {database.AnyOf(reference, "@some")} AND not_after_ms >= @now "
        + "AND status <> 'void'";

    /// <summary>Lists the enrolments whose newest certificate has not expired, including revoked ones.</summary>
    public ValueTask<IReadOnlyList<TState>> ListUnexpiredAsync(
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) => QueryAsync(" WHERE certificate_not_after_ms >= @now", new { now = now.ToStore() }, cancellationToken);

    /// <summary>The unexpired serials of these enrolments.</summary>
    public ValueTask<IReadOnlyList<string>> ListSerialsAsync(
        IReadOnlyList<string> ids,
        DateTimeOffset now,
        CancellationToken cancellationToken
    ) =>
        IdLists.ReadAsync<string>(
            ids,
            async some =>
                await Database.QueryAsync<string>(SerialsSql, new { some, now = now.ToStore() }, cancellationToken)
        );

    public Statement Certified(string id, string serial, DateTimeOffset notAfter) =>
        new(
            certified,
            new
            {
                id,
                serial,
                notAfter = notAfter.ToStore(),
            }
        );

    protected async ValueTask<IReadOnlyList<TState>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await Database.QueryAsync<TRow>(columns.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToState())];
    }
}
