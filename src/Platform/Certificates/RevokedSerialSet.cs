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
    : IReadOnlySet<string>
{
    private readonly FrozenSet<string> single = serials.ToFrozenSet(StringComparer.Ordinal);
    private readonly string[] all = [.. prefixes ?? []];

    /// <summary>What an agent's feed says.</summary>
    public static RevokedSerialSet From(AgentFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    /// <summary>What an edge's feed says.</summary>
    public static RevokedSerialSet From(EdgeFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    /// <inheritdoc/>
    public int Count => single.Count;

    /// <summary>Whether a certificate with that serial number is refused.</summary>
    public bool Contains(string item) =>
        single.Contains(item) || Array.Exists(all, prefix => item.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)single).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool IsProperSubsetOf(IEnumerable<string> other) => single.IsProperSubsetOf(other);

    /// <inheritdoc/>
    public bool IsProperSupersetOf(IEnumerable<string> other) => single.IsProperSupersetOf(other);

    /// <inheritdoc/>
    public bool IsSubsetOf(IEnumerable<string> other) => single.IsSubsetOf(other);

    /// <inheritdoc/>
    public bool IsSupersetOf(IEnumerable<string> other) => single.IsSupersetOf(other);

    /// <inheritdoc/>
    public bool Overlaps(IEnumerable<string> other) => single.Overlaps(other);

    /// <inheritdoc/>
    public bool SetEquals(IEnumerable<string> other) => single.SetEquals(other);
}
