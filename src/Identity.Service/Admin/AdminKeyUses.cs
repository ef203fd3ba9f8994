using System.Collections.Concurrent;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Jobs;
using Culvert.Identity.Service.Storage;
using Culvert.Identity.Service.Tenants;

namespace Culvert.Identity.Service.Admin;

/// <summary>
/// Records when keys were last used: in memory per request, in the store once a minute. A crash loses up to a minute, and no
/// request waits for it. Uses that could not be written stay for the next round.
/// </summary>
internal sealed class AdminKeyUses(AdminKeyStore store, IJournal journal, TimeProvider time)
    : RecurringJob("admin_key_uses", "Writes down when admin keys were last used.", WriteEvery, time)
{
    private static readonly TimeSpan WriteEvery = TimeSpan.FromMinutes(1);

    // Contains only existing keys, so it is bounded.
    private readonly ConcurrentDictionary<string, DateTimeOffset> uses = new(StringComparer.Ordinal);

    public void Note(AdminKeyId id) => uses[id.Value] = Time.GetUtcNow();

    public async Task WriteAsync(CancellationToken cancellationToken)
    {
        var noted = uses.ToList();
        if (noted.Count == 0)
        {
            return;
        }

        var result = await journal.CommitAsync(
            new Decision
            {
                Statements = [.. noted.Select(use => store.Used(use.Key, use.Value))],
                Class = DecisionClass.Bulk,
            },
            cancellationToken
        );
        if (result.IsCommitted)
        {
            foreach (var use in noted)
            {
                uses.TryRemove(use); // unless it was used again meanwhile
            }
        }
    }

    public override Task StopAsync(CancellationToken cancellationToken) => TryRoundAsync(cancellationToken);

    protected override Task RunRoundAsync(CancellationToken cancellationToken) => WriteAsync(cancellationToken);
}
