using System.Collections;
using System.Collections.Frozen;
using Culvert.Platform.Wire;

namespace Culvert.Platform.Certificates;

/// <summary>
/// The revoked serial numbers of platform certificates: single ones, and all with the prefix of a node from before a
/// restore. The enumeration returns the single ones.
/// </summary>
/// <param name="serials">Lower-case hexadecimal, as on the wire.</param>
/// <param name="prefixes">First digits of revoked serials; null: none.</param>
public sealed class RevokedSerialSet(IEnumerable<string> serials, IEnumerable<string>? prefixes = null)
    : IEnumerable<string>
{
    private readonly FrozenSet<string> single = serials.ToFrozenSet(StringComparer.Ordinal);
    private readonly string[] all = [.. prefixes ?? []];

    public static RevokedSerialSet None { get; } = new([]);

    public static RevokedSerialSet From(AgentFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    public static RevokedSerialSet From(EdgeFeed feed) => new(feed.RevokedSerials, feed.RevokedSerialPrefixes);

    public bool Contains(string serial) =>
        single.Contains(serial) || Array.Exists(all, prefix => serial.StartsWith(prefix, StringComparison.Ordinal));

    /// <inheritdoc/>
    public IEnumerator<string> GetEnumerator() => ((IEnumerable<string>)single).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
