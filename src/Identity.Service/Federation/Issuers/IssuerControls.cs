using System.Collections.Frozen;
using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Issuers;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>
/// Holds what is killed and paused, and reads it again after every change on any node. While it cannot be read, no key
/// of any issuer is accepted: a kill must not be lost because the database was slow.
/// </summary>
internal sealed class IssuerControls(IIssuerControlStore store, IChanges changes, ILogger<IssuerControls> logger)
    : IDisposable
{
    private readonly CommittedState state = new(
        changes,
        ChangeTopics.IssuerKeys,
        fault => Log.ControlsStale(logger, fault)
    );

    private volatile FrozenDictionary<string, IssuerControl> current = FrozenDictionary<string, IssuerControl>.Empty;

    /// <summary>Whether a committed change may be missing.</summary>
    public bool IsStale => state.IsStale;

    /// <summary>Raised after every read. Handlers must not throw.</summary>
    public event Action? Changed;

    public IssuerControl Get(IssuerId issuer) => current.GetValueOrDefault(issuer.Value) ?? IssuerControl.None;

    /// <summary>Reads for the first time, and from then on after every change on any node.</summary>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        state.Follow(ReloadAsync);
        return ReloadAsync(cancellationToken);
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        await state.ReadAsync(
            async cancel =>
            {
                var (kills, pauses) = await store.AllAsync(cancel);
                current = Build(kills, pauses);
            },
            cancellationToken
        );
        Changed?.Invoke();
    }

    public void Dispose() => state.Dispose();

    /// <summary>By issuer; issuers without a kill or a pause are omitted.</summary>
    internal static FrozenDictionary<string, IssuerControl> Build(
        IReadOnlyList<StoredKill> kills,
        IReadOnlyList<StoredPause> pauses
    )
    {
        var paused = pauses.ToDictionary(pause => pause.IssuerId, pause => Instants.FromStore(pause.PausedAtMs));
        var killed = kills.GroupBy(kill => kill.IssuerId).ToDictionary(lines => lines.Key, ToKill);
        return paused
            .Keys.Union(killed.Keys)
            .ToFrozenDictionary(
                id => id,
                id => new IssuerControl(killed.GetValueOrDefault(id), paused.TryGetValue(id, out var at) ? at : null),
                StringComparer.Ordinal
            );
    }

    private static IssuerKill ToKill(IEnumerable<StoredKill> lines)
    {
        var byKind = lines.ToLookup(line => line.Kind);
        return new IssuerKill
        {
            Issuer = byKind.Contains(KillKind.Issuer),
            KeyIds = byKind[KillKind.Kid].Select(line => line.Value).ToFrozenSet(StringComparer.Ordinal),
            Thumbprints = byKind[KillKind.Key].Select(line => line.Value).ToFrozenSet(StringComparer.Ordinal),
            SetsBefore = byKind[KillKind.KeySet].Select(line => (DateTimeOffset?)line.KilledAt).Max(),
        };
    }
}
