namespace Culvert.Identity.Service.Storage;

/// <summary>Times in the store are Unix milliseconds in UTC.</summary>
internal static class Instants
{
    public static long ToStore(this DateTimeOffset instant) => instant.ToUnixTimeMilliseconds();

    public static long? ToStore(this DateTimeOffset? instant) => instant?.ToUnixTimeMilliseconds();

    public static DateTimeOffset FromStore(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    public static DateTimeOffset? FromStore(long? milliseconds) =>
        milliseconds is { } value ? DateTimeOffset.FromUnixTimeMilliseconds(value) : null;
}
