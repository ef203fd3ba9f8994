namespace Culvert.Identity.Service.Storage;

/// <summary>Times in the store are Unix milliseconds in UTC.</summary>
internal static class Instants
{
    /// <summary>
    /// Now, as precise as the store keeps it: what a create answers is then what every later read answers.
    /// </summary>
    public static DateTimeOffset GetStoreNow(this TimeProvider time) => FromStore(time.GetUtcNow().ToStore());

    public static long ToStore(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    public static long? ToStore(this DateTimeOffset? instant) => instant?.ToUnixTimeMilliseconds();

    public static DateTimeOffset FromStore(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? FromStore(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
