namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class TunnelMinuteRow
{
    public long Minute { get; init; }

    public long Calls { get; init; }

    public long Denied { get; init; }

    public long RequestBytes { get; init; }

    public long ResponseBytes { get; init; }

    public long Took0 { get; init; }

    public long Took1 { get; init; }

    public long Took2 { get; init; }

    public long Took3 { get; init; }

    public long Took4 { get; init; }

    public long Took5 { get; init; }

    public long Took6 { get; init; }

    public long Took7 { get; init; }

    public long Took8 { get; init; }

    public long Took9 { get; init; }

    public TunnelMinute ToDocument()
    {
        long[] took = [Took0, Took1, Took2, Took3, Took4, Took5, Took6, Took7, Took8, Took9];
        return new TunnelMinute
        {
            At = DateTime.UnixEpoch.AddMinutes(Minute),
            Calls = Calls,
            Denied = Denied,
            RequestBytes = RequestBytes,
            ResponseBytes = ResponseBytes,
            MedianMs = Durations.FindQuantile(took, 0.5),
            Percentile95Ms = Durations.FindQuantile(took, 0.95),
        };
    }
}
