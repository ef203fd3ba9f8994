namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The account at one CA, in the state directory.</summary>
/// <param name="Key">PKCS#8 in base64.</param>
/// <param name="Url">The account's URL; null before it is created, and when the CA no longer knows it.</param>
internal sealed record StoredAccount(string Directory, string Key, string? Url = null)
{
    // The key must not be in it.
    public override string ToString() => $"{nameof(StoredAccount)} {Url}";
}
