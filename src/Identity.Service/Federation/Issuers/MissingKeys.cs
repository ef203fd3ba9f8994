namespace Culvert.Identity.Service.Federation.Issuers;

/// <summary>Key ids that the newest fetch did not find: invented ids cause no fetch each. Not thread-safe.</summary>
internal sealed class MissingKeys
{
    // When the table is full, further ids are not stored: the minimum interval between fetches still applies.
    private const int MaxIds = 256;

    private readonly Dictionary<string, DateTimeOffset> missingUntil = new(StringComparer.Ordinal);

    public bool Contains(string keyId, DateTimeOffset now) =>
        missingUntil.TryGetValue(keyId, out var until) && now < until;

    public void Add(string keyId, DateTimeOffset until, DateTimeOffset now)
    {
        if (missingUntil.Count >= MaxIds)
        {
            foreach (var expired in missingUntil.Where(entry => entry.Value <= now).Select(entry => entry.Key).ToList())
            {
                missingUntil.Remove(expired);
            }
        }

        if (missingUntil.Count < MaxIds)
        {
            missingUntil[keyId] = until;
        }
    }

    public void Clear() => missingUntil.Clear();
}
