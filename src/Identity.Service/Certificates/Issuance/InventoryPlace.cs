namespace Culvert.Identity.Service.Certificates.Issuance;

/// <summary>The position after which the next page starts.</summary>
/// <param name="NotAfter">Unix milliseconds; only in lists by expiry.</param>
internal readonly record struct InventoryPlace(long NotAfter, long Ordinal)
{
    public static InventoryPlace Newest { get; } = new(0, long.MaxValue);

    public static InventoryPlace Soonest { get; } = new(long.MinValue, 0);

    public static InventoryPlace GetStart(bool byExpiry) => byExpiry ? Soonest : Newest;
}
