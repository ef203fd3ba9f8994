using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Doctor;

/// <summary>Where a real call goes.</summary>
/// <param name="Url">The MCP server's address as its clients have it.</param>
/// <param name="Address">Where to connect instead of what DNS says; null = as DNS says.</param>
/// <param name="Bundle">What the tunnel's certificate must chain to.</param>
/// <param name="Token">For the MCP server; null = none.</param>
public sealed record CallTarget(Uri Url, EndPoint? Address, X509Certificate2Collection Bundle, string? Token)
{
    /// <summary>What a public certificate chains to; null = the system's roots.</summary>
    public X509Certificate2Collection? PublicRoots { get; init; }

    /// <summary>How to connect where neither DNS nor <see cref="Address"/> decides; null = plain TCP.</summary>
    public Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>
    /// The path in <see cref="Url"/> is a guess: the one that the host's RFC 9728 document names is used instead, if it has
    /// one.
    /// </summary>
    public bool FindsPath { get; init; }

    /// <summary>Where port and name came from: evidence of a failure.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    // A record would print the token.
    public override string ToString() => Url.ToString();
}
