using System.Collections.Concurrent;
using Culvert.Identity.Service.Errors;
using Culvert.Identity.Service.Federation.Issuers;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Signals;

/// <summary>
/// What this node keeps in memory of each stream: its keys and its last refusal. Only streams of the store have an entry.
/// </summary>
internal sealed class SignalStreamStates(
    IssuerKeyServices services,
    TimeProvider time,
    ILogger<SignalStreamStates> logger
)
{
    private readonly ConcurrentDictionary<string, SignalRefusalDocument> refusals = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    // Guarded by the gate, so that concurrent tokens share one fetch.
    private readonly Dictionary<string, TransmitterKeys> keys = new(StringComparer.Ordinal);

    /// <summary>The keys of the stream's transmitter; those of other settings are discarded.</summary>
    public TransmitterKeys GetKeys(Issuer transmitter)
    {
        lock (gate)
        {
            if (keys.TryGetValue(transmitter.Id.Value, out var known) && known.IsFor(transmitter))
            {
                return known;
            }

            return keys[transmitter.Id.Value] = new TransmitterKeys(transmitter, services);
        }
    }

    /// <summary>Null = no token has needed the keys, or they could be fetched.</summary>
    public string? FindFetchFailure(IssuerId issuerId)
    {
        lock (gate)
        {
            return keys.GetValueOrDefault(issuerId.Value)?.LastFailure;
        }
    }

    public SignalRefusalDocument? FindRefusal(IssuerId issuerId) => refusals.GetValueOrDefault(issuerId.Value);

    public void Note(IssuerId issuerId, Refusal refusal)
    {
        refusals[issuerId.Value] = new SignalRefusalDocument(time.GetUtcNow(), refusal.Code.Code, refusal.Message);
        Log.SignalRefused(logger, issuerId.Value, refusal.Code.Code, refusal.Message);
    }

    public void Forget(IssuerId issuerId)
    {
        refusals.TryRemove(issuerId.Value, out _);
        lock (gate)
        {
            keys.Remove(issuerId.Value);
        }
    }
}
