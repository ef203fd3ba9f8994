using Culvert.Identity.Service.Settings;

namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Makes <see cref="IssuerKeys"/>, with the keys that an earlier run left behind.</summary>
internal sealed class IssuerKeysFactory(
    KeySetFetch fetch,
    IIssuerKeyStore store,
    IssuerKeyRecorder recorder,
    IssuerControls controls,
    Current<FederationOptions> options,
    TimeProvider time,
    ILogger<IssuerKeys> logger
)
{
    private readonly IssuerKeyServices services = new(fetch, recorder, controls, options, time, logger);

    private Dictionary<string, StoredKeySet> stored = [];

    /// <summary>Reads what was stored; once, before the first <see cref="For"/>.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await controls.StartAsync(cancellationToken);
        stored = new Dictionary<string, StoredKeySet>(await store.AllAsync(cancellationToken));
    }

    /// <summary>
    /// The keys of a record: the ones that are there, so that an edit elsewhere costs no fetch; or new ones that take
    /// over what is known of the same source.
    /// </summary>
    public IssuerKeys For(Issuer issuer, IssuerKeys? before)
    {
        if (before is not null && before.IsFor(issuer))
        {
            return before;
        }

        var keys = new IssuerKeys(issuer, services);
        if (before is not null)
        {
            keys.TakeOver(before);
        }
        else if (stored.Remove(issuer.Id.Value, out var last))
        {
            keys.Restore(last);
        }

        return keys;
    }
}
