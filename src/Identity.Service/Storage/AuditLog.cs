using Culvert.Identity.Service.Audit;
using Dapper;

namespace Culvert.Identity.Service.Storage;

internal sealed class AuditLog(Database database) : IAuditLog
{
    public async ValueTask<IReadOnlyList<AuditEntry>> ListAsync(
        string organizationId,
        long before,
        int count,
        CancellationToken cancellationToken
    )
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var rows = await connection.QueryAsync<AuditEntry>(
            new CommandDefinition(
                "SELECT ordinal AS Ordinal, node AS Node, sequence AS Sequence, body AS Body, salt AS Salt, body_digest AS BodyDigest, hash AS Hash "
                    + "FROM journal WHERE ordinal < @before AND organization_id = @organizationId "
                    + "ORDER BY ordinal DESC LIMIT @count",
                new
                {
                    organizationId,
                    before,
                    count,
                },
                cancellationToken: cancellationToken
            )
        );
        return rows.AsList();
    }

    public async ValueTask<DateTimeOffset?> LatestAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenReadAsync(cancellationToken);
        var at = await connection.ExecuteScalarAsync<long?>(
            new CommandDefinition(
                "SELECT at_ms FROM journal ORDER BY sequence DESC LIMIT 1",
                cancellationToken: cancellationToken
            )
        );
        return Instants.FromStore(at);
    }
}
