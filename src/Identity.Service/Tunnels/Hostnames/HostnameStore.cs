using System.ComponentModel.DataAnnotations.Schema;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Hostnames;

internal sealed class HostnameStore(Database database)
{
    private const string OfLiveTunnels = " JOIN tunnels t ON t.id = h.tunnel_id AND t.archived_at_ms IS NULL";

    private static readonly Columns<Row> Table = new("hostnames", "h");

    public async ValueTask<Hostname?> FindAsync(TunnelId tunnelId, string name, CancellationToken cancellationToken) =>
        (
            await QueryAsync(
                " WHERE h.tunnel_id = @Value AND h.name = @name",
                new { tunnelId.Value, name },
                cancellationToken
            )
        ).SingleOrDefault();

    /// <summary>
    /// Lists the hostnames of a tunnel, sorted by name. The limit of hostnames per tunnel bounds their number.
    /// </summary>
    public ValueTask<IReadOnlyList<Hostname>> ListAsync(TunnelId tunnelId, CancellationToken cancellationToken) =>
        QueryAsync(" WHERE h.tunnel_id = @Value ORDER BY h.name", new { tunnelId.Value }, cancellationToken);

    /// <summary>The active ones of all unarchived tunnels, for edges.</summary>
    public ValueTask<IReadOnlyList<Hostname>> ListActiveAsync(CancellationToken cancellationToken) =>
        QueryAsync(
            OfLiveTunnels + " WHERE h.state = @Active ORDER BY h.name",
            new { HostnameState.Active },
            cancellationToken
        );

    /// <summary>
    /// Unapproved ones of unarchived tunnels that were last checked before that time, oldest check first.
    /// </summary>
    public ValueTask<IReadOnlyList<Hostname>> ListDueAsync(
        DateTimeOffset checkedBefore,
        int count,
        CancellationToken cancellationToken
    ) =>
        QueryAsync(
            OfLiveTunnels
                + " WHERE h.approved_by IS NULL "
                + "AND COALESCE(h.checked_at_ms, h.created_at_ms) < @Before "
                // Pending claims, which may be numerous, must not delay the check of active names.
                + "ORDER BY CASE h.state WHEN @Active THEN 0 ELSE 1 END, "
                + "COALESCE(h.checked_at_ms, h.created_at_ms) LIMIT @count",
            new
            {
                Before = checkedBefore.ToStore(),
                HostnameState.Active,
                count,
            },
            cancellationToken
        );

    /// <summary>Whether one of the names is or was a tunnel's domain.</summary>
    public async ValueTask<bool> IsTunnelDomainAsync(string[] names, CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>(
                "SELECT COUNT(*) FROM tunnels WHERE " + database.AnyOf("domain", "@names"),
                new { names },
                cancellationToken
            ) > 0;
    }

    /// <summary><see cref="HostnameErrors.Claimed"/> if the tunnel has the name.</summary>
    public IReadOnlyList<Statement> Insert(Hostname hostname, int limit)
    {
        var row = Row.Create(hostname) with { Limit = limit };
        return
        [
            TunnelLock.Acquire(row),
            Table
                .InsertWhere(row, "(SELECT COUNT(*) FROM hostnames WHERE tunnel_id = @TunnelId) < @Limit")
                .ExpectingOne(HostnameErrors.Limit.Refuse())
                .Unique(HostnameErrors.Claimed.Refuse()),
        ];
    }

    /// <summary>
    /// Stores the result of a check or an approval. Stale if it was removed, the tunnel archived, or another node
    /// checked it first; <see cref="HostnameErrors.AlreadyClaimed"/> if another tunnel holds it.
    /// </summary>
    /// <param name="organizationId">The tunnel's organization, whose archived tunnels release their names.</param>
    /// <param name="reservedSince">Tunnels archived since then keep their names from other organizations.</param>
    public IReadOnlyList<Statement> Update(
        Hostname before,
        Hostname after,
        string organizationId,
        DateTimeOffset reservedSince
    )
    {
        // Releases a reservation that has expired or is the organization's own.
        var release = new Statement(
            "UPDATE hostnames SET held_name = NULL WHERE held_name = @Name AND tunnel_id IN (SELECT id FROM tunnels "
                + "WHERE archived_at_ms IS NOT NULL AND (organization_id = @organizationId OR archived_at_ms < @Since))",
            new
            {
                after.Name,
                organizationId,
                Since = reservedSince.ToStore(),
            }
        );
        var write = Table
            .Update(
                Row.Create(after) with
                {
                    StateBefore = before.State,
                    CheckedBeforeMs = before.CheckedAt.ToStore() ?? 0,
                },
                "tunnel_id = @TunnelId AND name = @Name AND state = @StateBefore "
                    + "AND COALESCE(checked_at_ms, 0) = @CheckedBeforeMs "
                    + "AND EXISTS (SELECT 1 FROM tunnels WHERE id = @TunnelId AND archived_at_ms IS NULL)"
            )
            .ExpectingOne()
            .Unique(HostnameErrors.AlreadyClaimed.Refuse());
        return after.State == HostnameState.Active ? [release, write] : [write];
    }

    /// <summary><see cref="HostnameErrors.DomainNotApproved"/> unless an operator's approval still holds.</summary>
    public Statement RequireApproved(TunnelId tunnelId, string name) =>
        new Statement(
            "SELECT 1 FROM hostnames WHERE tunnel_id = @Value AND name = @name AND state = @Active "
                + "AND approved_by IS NOT NULL",
            new
            {
                tunnelId.Value,
                name,
                HostnameState.Active,
            }
        ).ExpectingOne(HostnameErrors.DomainNotApproved.Refuse());

    /// <summary>Removes a hostname. The statement is refused if the hostname no longer exists.</summary>
    public Statement Remove(Hostname hostname) =>
        new Statement(
            "DELETE FROM hostnames WHERE tunnel_id = @TunnelId AND name = @Name",
            new { TunnelId = hostname.TunnelId.Value, hostname.Name }
        ).ExpectingOne(RequestErrors.NotFound.Refuse());

    private async ValueTask<IReadOnlyList<Hostname>> QueryAsync(
        string condition,
        object parameters,
        CancellationToken cancellationToken
    )
    {
        var rows = await database.QueryAsync<Row>(Table.Select + condition, parameters, cancellationToken);
        return [.. rows.Select(row => row.ToHostname())];
    }

    private sealed record Row
    {
        [InsertOnly]
        public required string TunnelId { get; init; }

        [InsertOnly]
        public required string Name { get; init; }

        public required string State { get; init; }

        /// <summary>The name while it is active: then no other tunnel may have it.</summary>
        [WriteOnly]
        public string? HeldName { get; init; }

        public string? ApprovedBy { get; init; }

        [InsertOnly]
        public long CreatedAtMs { get; init; }

        public long? ActiveAtMs { get; init; }

        public long? CheckedAtMs { get; init; }

        public string? CheckResult { get; init; }

        public long Misses { get; init; }

        /// <summary>The most names of a tunnel.</summary>
        [NotMapped]
        public long Limit { get; init; }

        [NotMapped]
        public string? StateBefore { get; init; }

        [NotMapped]
        public long CheckedBeforeMs { get; init; }

        public static Row Create(Hostname hostname) =>
            new()
            {
                TunnelId = hostname.TunnelId.Value,
                Name = hostname.Name,
                State = hostname.State,
                HeldName = hostname.State == HostnameState.Active ? hostname.Name : null,
                ApprovedBy = hostname.ApprovedBy,
                CreatedAtMs = hostname.CreatedAt.ToStore(),
                ActiveAtMs = hostname.ActiveAt.ToStore(),
                CheckedAtMs = hostname.CheckedAt.ToStore(),
                CheckResult = hostname.CheckResult,
                Misses = hostname.Misses,
            };

        public Hostname ToHostname() =>
            new()
            {
                TunnelId = Culvert.Identity.Service.Ids.TunnelId.Wrap(TunnelId),
                Name = Name,
                State = State,
                ApprovedBy = ApprovedBy,
                CreatedAt = Instants.FromStore(CreatedAtMs),
                ActiveAt = Instants.FromStore(ActiveAtMs),
                CheckedAt = Instants.FromStore(CheckedAtMs),
                CheckResult = CheckResult,
                Misses = Misses,
            };
    }
}
