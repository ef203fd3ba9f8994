using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Federation;

/// <summary>Records which issuers, rules and service accounts changed, so that nodes read only those again.</summary>
internal sealed class FederationChangeLog(Database database)
{
    private const string Rule = "federation_rule";
    private const string Issuer = "federation_issuer";
    private const string Account = "service_account";

    /// <summary>Statements that record the resources of an audit event as changed; committed with the change.</summary>
    public IReadOnlyList<Statement> Note(AuditEvent change)
    {
        var about = change.Resources.Where(resource => resource.Type is Rule or Issuer or Account).ToList();
        return about.Count == 0
            ? []
            :
            [
                new Statement("UPDATE federation_sequence SET value = value + 1 WHERE id = 1"),
                .. about.Select(resource => new Statement(
                    "INSERT INTO federation_changes (kind, id, sequence) "
                        + "VALUES (@Type, @Id, (SELECT value FROM federation_sequence WHERE id = 1)) "
                        + "ON CONFLICT (kind, id) DO UPDATE SET sequence = excluded.sequence",
                    new { resource.Type, resource.Id }
                )),
            ];
    }

    /// <summary>A condition: no rule has changed since that number; <see cref="FederationErrors.Changed"/>.</summary>
    public Statement RequireRulesUnchanged(long sequence) =>
        new Statement(
            "SELECT 1 FROM federation_sequence WHERE id = 1 AND NOT EXISTS (SELECT 1 FROM federation_changes "
                + "WHERE kind = 'federation_rule' AND sequence > @sequence)",
            new { sequence }
        ).ExpectingOne(FederationErrors.Changed.Refuse());

    public async ValueTask<long> LatestAsync(CancellationToken cancellationToken)
    {
        return await database.ScalarAsync<long>(
            "SELECT value FROM federation_sequence WHERE id = 1",
            cancellationToken
        );
    }

    public async ValueTask<FederationDelta> SinceAsync(long sequence, CancellationToken cancellationToken)
    {
        var rows = await database.QueryAsync<(string Kind, string Id, long Sequence)>(
            "SELECT kind, id, sequence FROM federation_changes WHERE sequence > @sequence",
            new { sequence },
            cancellationToken
        );
        return new FederationDelta(
            rows.Count == 0 ? sequence : rows.Max(row => row.Sequence),
            Of(Rule),
            Of(Issuer),
            Of(Account)
        );

        string[] Of(string kind) => [.. rows.Where(row => row.Kind == kind).Select(row => row.Id)];
    }
}
