using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Culvert.Platform.Doctor;

/// <param name="Url">The MCP server's URL as its clients use it.</param>
/// <param name="Address">Address to connect to instead of the DNS result; null: use DNS.</param>
/// <param name="Bundle">The roots for the tunnel's certificate.</param>
/// <param name="Token">The token for the MCP server; null: none.</param>
public sealed record CallTarget(Uri Url, EndPoint? Address, X509Certificate2Collection Bundle, string? Token)
{
    /// <summary>The roots for a public certificate; null: the system's roots.</summary>
    public X509Certificate2Collection? PublicRoots { get; init; }

    /// <summary>Opens the connection where neither DNS nor <see cref="Address"/> applies; null: plain TCP.</summary>
    public Func<DnsEndPoint, CancellationToken, ValueTask<Stream>>? Connect { get; init; }

    /// <summary>The path in <see cref="Url"/> is a guess; that of the host's RFC 9728 document has priority.</summary>
    public bool FindsPath { get; init; }

    /// <summary>The origin of port and name, as evidence in a failure.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    // The generated text of a record would print the token.
    public override string ToString() => Url.ToString();
}
