using System.Collections.Concurrent;
using Culvert.Identity.Service.Clock;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tokens.Revocations;

/// <summary>
/// All live revocations in memory: checked for every token. Entries are only added or raised, and removed when they
/// expire, so that reads of any age can be merged.
/// </summary>
internal sealed class RevocationSet(
    TokenRevocationStore store,
    IChanges changes,
    ClockGuard clock,
    TimeProvider time,
    ILogger<RevocationSet> logger
) : IHostedService, IDisposable
{
    // Rows that another node commits may become visible slightly out of order.
    private const long Overlap = 1_000;
    private static readonly TimeSpan ReadAllEvery = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<(string Organization, string Value), Entry>[] byKind =
    [
        .. Enumerable.Range(0, RevocationKinds.Count).Select(_ => new ConcurrentDictionary<(string, string), Entry>()),
    ];

    private readonly CommittedState state = new(
        changes,
        ChangeTopics.Revocations,
        fault => Log.RevocationsStale(logger, fault)
    );

    private long lastOrdinal;
    private ITimer? timer;

    /// <summary>Whether a committed revocation may be missing: then no token may be accepted.</summary>
    public bool IsStale => state.IsStale;

    public int Count => byKind.Sum(kind => kind.Count);

    public int CountKeys(string organizationId) =>
        byKind.Sum(kind => kind.Keys.Count(key => key.Organization == organizationId));

    /// <summary>All of an organization.</summary>
    public IEnumerable<(RevocationKind Kind, string Value, long IssuedBefore)> GetRevocations(string organizationId) =>
        byKind.SelectMany(
            (kind, number) =>
                kind.Where(entry => entry.Key.Organization == organizationId)
                    .Select(entry => ((RevocationKind)number, entry.Key.Value, entry.Value.IssuedBefore))
        );

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        state.Follow(RefreshAsync);
        await ReadAsync(0, cancellationToken);
        timer = time.CreateTimer(_ => _ = ReadAllInBackgroundAsync(), null, ReadAllEvery, ReadAllEvery);
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public bool IsRevoked(in TokenTraits token)
    {
        for (var kind = 0; kind < byKind.Length; kind++)
        {
            if (
                !byKind[kind].IsEmpty
                && token.GetValue((RevocationKind)kind) is { } value
                && byKind[kind].TryGetValue((token.OrganizationId, value), out var entry)
                && token.GetIssuedAt((RevocationKind)kind) <= entry.IssuedBefore
            )
            {
                return true;
            }
        }

        return false;
    }

    public void Add(TokenRevocation revocation) =>
        byKind[(int)revocation.Kind]
            .AddOrUpdate(
                (revocation.OrganizationId, revocation.Value),
                static (_, added) => added,
                static (_, known, added) => known.Raise(added),
                new Entry(revocation.IssuedBefore, revocation.EndsAt)
            );

    /// <summary>Reads what was added since the last read.</summary>
    public Task RefreshAsync(CancellationToken cancellationToken) =>
        ReadAsync(Interlocked.Read(ref lastOrdinal) - Overlap, cancellationToken);

    /// <summary>Reads all live revocations and removes expired ones.</summary>
    public async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        await ReadAsync(0, cancellationToken);
        ForgetEnded();
    }

    public void Dispose()
    {
        timer?.Dispose();
        state.Dispose();
    }

    private Task ReadAsync(long since, CancellationToken cancellationToken) =>
        state.ReadAsync(
            async cancel =>
            {
                foreach (var row in await store.SinceAsync(since, cancel))
                {
                    Add(row.Value);
                    lastOrdinal = Math.Max(lastOrdinal, row.Ordinal);
                }
            },
            cancellationToken
        );

    private async Task ReadAllInBackgroundAsync()
    {
        try
        {
            await ReadAllAsync(CancellationToken.None);
        }
        catch (Exception)
        {
            // The root of a timer's task: the failure is logged already; no token is accepted until a read succeeds.
        }
    }

    private void ForgetEnded()
    {
        // A clock that jumped forward would remove revocations whose tokens are still valid.
        if (clock.Check() is not null)
        {
            return;
        }

        var now = time.GetUtcNow();
        foreach (var kind in byKind)
        {
            foreach (var (key, entry) in kind)
            {
                if (entry.EndsAt < now)
                {
                    kind.TryRemove(new(key, entry));
                }
            }
        }
    }

    private readonly record struct Entry(long IssuedBefore, DateTimeOffset EndsAt)
    {
        public Entry Raise(Entry other) =>
            new(Math.Max(IssuedBefore, other.IssuedBefore), EndsAt > other.EndsAt ? EndsAt : other.EndsAt);
    }
}
