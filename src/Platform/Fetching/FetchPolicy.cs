using System.Net;
using Culvert.Platform.Addresses;

namespace Culvert.Platform.Fetching;

/// <summary>
/// Decides which addresses a record may fetch from (S27): public ones on port 443, and targets of its own inside the
/// installation's bound. Link-local and cloud metadata addresses are always refused.
/// </summary>
public static class FetchPolicy
{
    private const int PublicPort = 443;

    private static readonly IPNetwork[] LoopbackBlocks = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Null when the address and port may be fetched from; otherwise the reason of the refusal.</summary>
    public static FetchRefusal? Check(
        IPEndPoint endPoint,
        IReadOnlyList<FetchTarget> own,
        IReadOnlyList<PrivateNetwork> bound
    )
    {
        var address = AddressRanges.Normalise(endPoint.Address);
        var kind = AddressClasses.Classify(address);
        if (kind is AddressClass.LinkLocal or AddressClass.CloudMetadata)
        {
            return kind == AddressClass.LinkLocal ? FetchRefusal.LinkLocalAddress : FetchRefusal.MetadataAddress;
        }

        if (kind == AddressClass.Public && endPoint.Port == PublicPort)
        {
            return null;
        }

        var isLoopback = kind == AddressClass.Loopback;
        var isOwn = own.Any(t => t.Port == endPoint.Port && t.Range.Contains(address) && Names(t.Range, isLoopback));
        if (!isOwn)
        {
            return kind switch
            {
                AddressClass.Public => FetchRefusal.PortNotAllowed,
                AddressClass.Private => FetchRefusal.PrivateAddress,
                AddressClass.Loopback => FetchRefusal.LoopbackAddress,
                _ => FetchRefusal.ReservedAddress,
            };
        }

        return bound.Any(n => n.Opens(endPoint.Port) && n.Range.Contains(address) && Names(n.Range, isLoopback))
            ? null
            : FetchRefusal.OutsideBound;
    }

    /// <summary>Whether the bound contains all of a target: the check when a record is stored.</summary>
    public static bool IsWithin(FetchTarget target, IReadOnlyList<PrivateNetwork> bound)
    {
        ArgumentNullException.ThrowIfNull(bound);
        var kind = AddressClasses.Classify(target.Range.BaseAddress);
        var isLoopback = Array.Exists(LoopbackBlocks, block => Holds(block, target.Range));
        return kind is not (AddressClass.LinkLocal or AddressClass.CloudMetadata)
            && bound.Any(n => n.Opens(target.Port) && Holds(n.Range, target.Range) && Names(n.Range, isLoopback));
    }

    // Loopback must be named explicitly: a range that merely covers it, such as 0.0.0.0/0, does not count.
    private static bool Names(IPNetwork range, bool isLoopback) =>
        !isLoopback || Array.Exists(LoopbackBlocks, block => Holds(block, range));

    private static bool Holds(IPNetwork outer, IPNetwork inner) =>
        outer.PrefixLength <= inner.PrefixLength && outer.Contains(inner.BaseAddress);
}
