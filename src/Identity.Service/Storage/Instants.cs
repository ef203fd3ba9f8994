namespace Culvert.Identity.Service.Storage;

/// <summary>The store keeps times as Unix milliseconds in UTC.</summary>
internal static class Instants
{
    /// <summary>The current time in the store's precision, so that a create answers the same time as later reads.</summary>
    public static DateTimeOffset GetStoreNow(this TimeProvider time) => FromStore(time.GetUtcNow().ToStore());

    public static long ToStore(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    public static long? ToStore(this DateTimeOffset? instant) => instant?.ToUnixTimeMilliseconds();

    public static DateTimeOffset FromStore(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? FromStore(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
