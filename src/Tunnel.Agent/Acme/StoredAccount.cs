namespace Culvert.Tunnel.Agent.Acme;

/// <summary>The account at one CA, in the state directory.</summary>
internal sealed record StoredAccount
{
    public required string Directory { get; init; }

    /// <summary>PKCS#8 in base64.</summary>
    public required string Key { get; init; }

    /// <summary>Where it lives; null before it is made, and after the CA has forgotten it.</summary>
    public string? Url { get; init; }

    // Never the key.
    public override string ToString() => $"{nameof(StoredAccount)} {Url}";
}
