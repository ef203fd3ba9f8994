namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The account at one CA, in the state directory.</summary>
internal sealed record StoredAccount
{
    public required string Directory { get; init; }

    /// <summary>PKCS#8 in base64.</summary>
    public required string Key { get; init; }

    /// <summary>The account's URL; null before it is created, and when the CA no longer knows it.</summary>
    public string? Url { get; init; }

    // The key must not be in it.
    public override string ToString() => $"{nameof(StoredAccount)} {Url}";
}
