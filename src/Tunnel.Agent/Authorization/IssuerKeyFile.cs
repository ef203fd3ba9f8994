using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Culvert.Jose.Keys;
using Culvert.Jose.Refusals;
using Culvert.Machine.Client.State;
using Culvert.Platform.Issuers;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;
using Culvert.Tunnel.Agent.Telemetry;

namespace Culvert.Tunnel.Agent.Authorization;

/// <summary>
/// Stores the last good keys of all issuers across restarts, sealed in the state directory: a writer of the file could
/// otherwise choose whose tokens are valid. A modified file, and keys that are too old or from the future, are ignored.
/// Keys are stored under issuer, key URL and trusted CA: after a change of any of them the stored keys are ignored.
/// </summary>
internal sealed class IssuerKeyFile(StateDirectory state, TimeProvider time, ILogger<IssuerKeyFile> logger)
{
    public const string Name = "issuer-keys.json";

    // The largest keys_stale_for: older keys are never used.
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);

    private readonly StateSeal seal = new(state);
    private readonly Lock gate = new();

    // Guarded by gate; null before the file was read.
    private Dictionary<string, StoredKeys>? entries;

    /// <summary>Returns a cache with the issuer's stored keys if they are still usable; null without them.</summary>
    public KeySetState? Load(IssuerSettings issuer)
    {
        lock (gate)
        {
            if (!Entries_NeedsLock().TryGetValue(GetEntryKey(issuer), out var stored))
            {
                return null;
            }

            var age = time.GetUtcNow() - stored.FetchedAt;
            return
                age >= TimeSpan.Zero
                && age < issuer.KeysStaleFor
                && JwkSet.TryParse(Encoding.UTF8.GetBytes(stored.KeySet), out var set) == JoseRefusal.None
                ? new KeySetState
                {
                    Present = new CachedKeys(new Lazy<JwkSet>(set!), "", stored.FetchedAt, TimeSpan.Zero),
                    Proven = stored.Proven.ToHashSet(),
                }
                : null;
        }
    }

    /// <summary>Stores a set, or which keys of it are proven. If the disk is full, only the next start is without.</summary>
    /// <param name="document">Null if the set does not change; before it is stored, nothing is.</param>
    public void Save(IssuerSettings issuer, DateTimeOffset fetchedAt, string? document, IEnumerable<string> proven)
    {
        lock (gate)
        {
            var all = Entries_NeedsLock();
            var kept = all.GetValueOrDefault(GetEntryKey(issuer));
            if (kept?.FetchedAt > fetchedAt && kept.FetchedAt <= time.GetUtcNow())
            {
                return; // a later fetch completed first
            }

            if ((document ?? (kept?.FetchedAt == fetchedAt ? kept.KeySet : null)) is not { } set)
            {
                return;
            }

            var oldest = time.GetUtcNow() - MaxAge;
            foreach (var (old, _) in all.Where(e => e.Value.FetchedAt < oldest).ToList())
            {
                all.Remove(old);
            }

            all[GetEntryKey(issuer)] = new StoredKeys(FetchedAt: fetchedAt, KeySet: set, Proven: [.. proven]);
            try
            {
                var text = JsonSerializer.Serialize(all, StoredKeysJson.Default.DictionaryStringStoredKeys);
                state.WriteText(Name, seal.Seal(Name, text));
            }
            catch (StateDirectoryException e)
            {
                Log.IssuerKeysNotKept(logger, e.Message);
            }
        }
    }

    private Dictionary<string, StoredKeys> Entries_NeedsLock()
    {
        if (entries is not null)
        {
            return entries;
        }

        try
        {
            entries = state.ReadText(Name) is { } text
                ? JsonSerializer.Deserialize(seal.Open(Name, text), StoredKeysJson.Default.DictionaryStringStoredKeys)
                : null;
        }
        catch (Exception e) when (e is JsonException or SecretUnavailableException or CryptographicException)
        {
            // The exception could quote the file.
            Log.IssuerKeysNotRead(logger, state.GetPath(Name));
        }

        return entries ??= [];
    }

    private static string GetEntryKey(IssuerSettings issuer)
    {
        var roots = issuer.Roots?.Select(r => r.GetCertHashString(HashAlgorithmName.SHA256)) ?? ["system"];
        return string.Join('\n', roots.Order(StringComparer.Ordinal).Prepend(issuer.KeysUrl).Prepend(issuer.Issuer));
    }
}
