using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Settings;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.OAuthClients;

/// <summary>
/// Removes clients that registered themselves, have no grant, and had no sign-in for a while. No program proves that it still has its
/// id, so the rows of abandoned ones would stay for ever.
/// </summary>
internal sealed class UnusedClients(
    Database database,
    IJournal journal,
    Current<OAuthClientOptions> options,
    TimeProvider time
)
{
    private const string IsUnused =
        "registered_by = 'client' AND COALESCE(last_sign_in_at_ms, created_at_ms) < @Before "
        + "AND id NOT IN (SELECT client_id FROM oauth_grants)";

    public async Task RemoveAsync(CancellationToken cancellationToken)
    {
        var now = time.GetStoreNow();
        var before = now - options.Value.Registration.UnusedAfter;
        var unused = await database.QueryAsync<(string OrganizationId, long Count)>(
            $"SELECT organization_id, COUNT(*) FROM oauth_clients WHERE {IsUnused} GROUP BY organization_id",
            new { Before = before.ToStore() },
            cancellationToken
        );
        foreach (var (organizationId, count) in unused)
        {
            // Stale if another node was first, or a person signed in meanwhile: the next round finds the rest.
            await journal.CommitAsync(
                new Decision
                {
                    Event = new OAuthClientsRemoved(AuditOrigin.System(now), organizationId, (int)count, before),
                    Statements =
                    [
                        new Statement(
                            $"DELETE FROM oauth_clients WHERE organization_id = @organizationId AND {IsUnused}",
                            new { organizationId, Before = before.ToStore() }
                        )
                        {
                            ExpectedRows = (int)count,
                        },
                    ],
                    // Nodes cache clients until the revision rises.
                    Changes = ChangeTopics.Feed,
                },
                cancellationToken
            );
        }
    }
}
