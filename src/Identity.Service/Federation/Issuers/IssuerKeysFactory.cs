namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Creates <see cref="IssuerKeys"/>, with the keys that an earlier run stored.</summary>
internal sealed class IssuerKeysFactory(IIssuerKeyStore store, IssuerKeyServices services)
{
    private Dictionary<string, StoredKeySet> stored = [];

    /// <summary>Reads the stored sets; once, before the first <see cref="For"/>.</summary>
    public async Task LoadAsync(CancellationToken cancellationToken)
    {
        await services.Controls.StartAsync(cancellationToken);
        stored = new Dictionary<string, StoredKeySet>(await store.AllAsync(cancellationToken));
    }

    /// <summary>
    /// Returns the existing keys if they fit the record, so that an unrelated edit causes no fetch; otherwise new ones
    /// that take over the state of the same source.
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
            keys.Adopt(before);
        }
        else if (stored.Remove(issuer.Id.Value, out var last))
        {
            keys.Restore(last);
        }

        return keys;
    }
}
