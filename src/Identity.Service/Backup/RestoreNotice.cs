using System.Text.Json;
using Culvert.Identity.Service.Events;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>
/// Records the gap in the chain before any other decision: the first node that starts after a restore does it. Its next
/// checkpoint, within a minute and at its stop, signs the entry, so that truncating the chain here is detected.
/// </summary>
internal sealed class RestoreNotice(Database database, IJournal journal, TimeProvider time) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await PendingAsync(cancellationToken) is not { } record)
        {
            return;
        }

        var written = await journal.CommitAsync(
            new Decision
            {
                Event = new InstallationRestored(AuditOrigin.System(time.GetUtcNow()), record),
                Statements =
                [
                    // If several nodes start at once, one writes it.
                    new Statement(
                        "UPDATE installation SET restore_record = NULL WHERE restore_record IS NOT NULL"
                    ).ExpectingOne(),
                ],
            },
            cancellationToken
        );
        if (written.IsStale)
        {
            return;
        }

        if (written.RefusalUnlessCommitted() is { } unavailable)
        {
            throw new StoreException($"Writing the restore to the audit failed: {unavailable.Message}");
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private async Task<string?> PendingAsync(CancellationToken cancellationToken)
    {
        return await database.SingleAsync<string?>("SELECT restore_record FROM installation", cancellationToken);
    }
}

/// <summary>
/// The gap in the chains: this installation continues from a backup. The first entry of the first chain after it, so that
/// the next checkpoint signs it.
/// </summary>
/// <param name="Record">The restore's record, as JSON.</param>
internal sealed record InstallationRestored(AuditOrigin Origin, string Record)
    : AuditEvent(AuditEvents.InstallationRestored, Origin, OrganizationId: null, [], Read(Record))
{
    private static AuditData Read(string record)
    {
        using var json = JsonDocument.Parse(record);
        return [.. json.RootElement.EnumerateObject().Select(member => (member.Name, (object?)member.Value.Clone()))];
    }
}
