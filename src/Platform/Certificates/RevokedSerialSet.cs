using System.Collections;
using System.Collections.Frozen;
using Culvert.Platform.Wire;

namespace Culvert.Platform.Certificates;

/// <summary>
/// The serial numbers of platform certificates that are no longer accepted: single ones, and all that begin with the
/// number of a node from before a restore, of which the service may know nothing. It enumerates the single ones.
/// </summary>
/// <param name="serials">As on the wire: lower-case hexadecimal.</param>
/// <param name="prefixes">The first digits of numbers that are all refused; null = none.</param>
public sealed class RevokedSerialSet(IEnumerable<string> serials, IEnumerable<string>? prefixes = null)
    : IEnumerable<string>
{
    private readonly FrozenSet<string> single = serials.ToFrozenSet(StringComparer.Ordinal);
    private readonly string[] all = [.. prefixes ?? []];

    /// <summary>No certificate is refused.</summary>
    public static RevokedSerialSet None { get; } = new([]);

    /// <summary>What an agent's feed says.</summary>
    public static RevokedSerialSet From(AgentFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    /// <summary>What an edge's feed says.</summary>
    public static RevokedSerialSet From(EdgeFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    /// <summary>Whether a certificate with that serial number is refused.</summary>
    public bool Contains(string serial) =>
        single.Contains(serial) || Array.Exists(all, prefix => serial.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)single).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
