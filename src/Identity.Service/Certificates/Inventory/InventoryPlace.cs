namespace Culvert.Identity.Service.Certificates.Inventory;

/// <summary>Where a page ended.</summary>
/// <param name="NotAfter">End of the last row in Unix milliseconds; only in lists by expiry.</param>
/// <param name="Ordinal">Position of the last row.</param>
internal readonly record struct InventoryPlace(long NotAfter, long Ordinal)
{
    /// <summary>Before the first row of a list that runs from the newest down.</summary>
    public static InventoryPlace Newest { get; } = new(0, long.MaxValue);

    /// <summary>Before the first row of a list by expiry.</summary>
    public static InventoryPlace Soonest { get; } = new(long.MinValue, 0);

    public static InventoryPlace GetStart(bool byExpiry) => byExpiry ? Soonest : Newest;
}
