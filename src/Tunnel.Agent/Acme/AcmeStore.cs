using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Culvert.Jose.Keys;
using Culvert.Platform.Programs;
using Culvert.Platform.Secrets;

namespace Culvert.Tunnel.Agent.Acme;

/// <summary>
/// Account and certificates in the state directory, in separate files for each CA: an operator who changes from a CA's
/// staging directory to the production one and back keeps both accounts, and the agent never serves certificates of one
/// CA as the other's.
/// </summary>
internal sealed class AcmeStore(StateDirectory state, string directory)
{
    private readonly string prefix =
        "acme-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(directory)))[..12];

    private string AccountFile => prefix + ".account.json";

    private string NamesFile => prefix + ".names.json";

    /// <exception cref="StateDirectoryException">The stored account cannot be read.</exception>
    public StoredAccount? LoadAccount() =>
        Load(AccountFile, AcmeJson.Default.StoredAccount) is { } stored && stored.Directory == directory
            ? stored
            : null;

    /// <summary>The account's key; created and stored at its first use.</summary>
    /// <exception cref="StateDirectoryException">
    /// The key cannot be read, and the agent does not replace it: the zone's CAA record names its account. Or it cannot
    /// be stored, so it must not be used.
    /// </exception>
    public (SigningKey Key, string? Url) LoadOrCreateAccount()
    {
        if (LoadAccount() is { } stored)
        {
            try
            {
                return (SigningKey.ImportPkcs8(Convert.FromBase64String(stored.Key)), stored.Url);
            }
            catch (Exception e) when (e is CryptographicException or FormatException)
            {
                throw Damaged(AccountFile, e);
            }
        }

        var key = SigningKey.Create();
        SaveAccount(key, null);
        return (key, null);
    }

    /// <exception cref="StateDirectoryException">The account cannot be stored.</exception>
    public void SaveAccount(SigningKey key, string? url)
    {
        var stored = new StoredAccount(Directory: directory, Key: Convert.ToBase64String(key.ExportPkcs8()), Url: url);
        state.WriteText(AccountFile, JsonSerializer.Serialize(stored, AcmeJson.Default.StoredAccount));
    }

    /// <exception cref="StateDirectoryException">The stored names cannot be read.</exception>
    public IReadOnlyList<StoredName> LoadNames() => Load(NamesFile, AcmeJson.Default.IReadOnlyListStoredName) ?? [];

    /// <exception cref="StateDirectoryException">The names cannot be stored.</exception>
    public void SaveNames(IReadOnlyList<StoredName> names) =>
        state.WriteText(NamesFile, JsonSerializer.Serialize(names, AcmeJson.Default.IReadOnlyListStoredName));

    private T? Load<T>(string name, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return state.ReadText(name) is { } text ? JsonSerializer.Deserialize(text, type) : null;
        }
        catch (SecretUnavailableException e)
        {
            throw new StateDirectoryException(e.Message, e);
        }
        catch (JsonException e)
        {
            throw Damaged(name, e);
        }
    }

    private static StateDirectoryException Damaged(string name, Exception cause) =>
        new($"{name} is damaged: restore it, or remove it to start again.", cause);
}

/// <summary>The account at one CA, in the state directory.</summary>
/// <param name="Key">PKCS#8 in base64.</param>
/// <param name="Url">The account's URL; null before it is created, and when the CA no longer knows it.</param>
internal sealed record StoredAccount(string Directory, string Key, string? Url = null)
{
    // The key must not be in it.
    public override string ToString() => $"{nameof(StoredAccount)} {Url}";
}
