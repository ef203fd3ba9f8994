using Culvert.Identity.Service.Hosting;
using Culvert.Jose;
using Culvert.Jose.Keys;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Makes <see cref="IssuerKeys"/>, with the keys that an earlier run left behind.</summary>
internal sealed class IssuerKeysFactory(
    IIssuerFetcher fetcher,
    IIssuerKeyStore store,
    ServiceOptions options,
    TimeProvider time,
    ILogger<IssuerKeys> logger
)
{
    private readonly KeySetFetch fetch = new(fetcher, new KeyFile(options.Federation.JwksDirectory));
    private Dictionary<string, StoredKeySet> stored = [];

    /// <summary>Reads what was stored; once, before the first <see cref="Create"/>.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken) =>
        stored = (await store.AllAsync(cancellationToken)).ToDictionary(set => set.IssuerId);

    public IssuerKeys Create(Issuer issuer)
    {
        var keys = new IssuerKeys(issuer, fetch, store, options.Federation.Fetch, time, logger);
        if (
            stored.Remove(issuer.Id.Value, out var last)
            && last.Source == keys.Source
            && JwkSet.TryParse(last.KeySet, out var set) == JoseRefusal.None
        )
        {
            keys.Restore(set!, last.FetchedAt);
        }

        return keys;
    }
}
