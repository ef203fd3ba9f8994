using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tunnels.Inventory;
using Culvert.Identity.Service.Webhooks;

namespace Culvert.Identity.Service.Servers;

/// <summary>
/// Checks every hour for routes whose attestation is due. For each due time, one commit contains an audit event and a
/// message to every webhook of the organization.
/// </summary>
internal sealed class AttestationNotices(RouteStore routes, WebhookQueue webhooks, IJournal journal, TimeProvider time)
    : RecurringJob(
        "attestation_notices",
        "Sends notices about servers whose attestation is due.",
        Interval,
        time,
        beginsAtOnce: true
    )
{
    private const int PageSize = 1000;

    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    /// <summary>Sends the due notices; returns their number.</summary>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var count = 0;
        IReadOnlyList<RouteRow> due;
        do
        {
            due = await routes.ListDueAsync(Time.GetUtcNow(), PageSize, cancellationToken);
            foreach (var route in due)
            {
                count += await SendAsync(route, cancellationToken) ? 1 : 0;
            }
        } while (due.Count == PageSize);

        return count;
    }

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => RunAsync(cancellationToken);

    private async ValueTask<bool> SendAsync(RouteRow route, CancellationToken cancellationToken)
    {
        var at = Time.GetStoreNow();
        var due = RouteEvents.AttestationDue(AuditOrigin.System(at), route);
        var messages = await webhooks.EnqueueAsync(
            route.OrganizationId,
            "attestation.due",
            at,
            due.Data,
            cancellationToken
        );
        var result = await journal.CommitAsync(
            new Decision { Event = due, Statements = [routes.NoteNotice(route), .. messages] },
            cancellationToken
        );
        if (result.IsStale)
        {
            return false;
        }

        if (result.RefusalUnlessCommitted() is { } refusal)
        {
            throw new StoreException(refusal.Message);
        }

        webhooks.Wake();
        return true;
    }
}
