using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;
using Culvert.Platform.Wire;

namespace Culvert.Identity.Service.Tunnels.Inventory;

internal sealed class TunnelMinuteStore(Database database)
{
    /// <summary>How many minutes are stored, including the current one.</summary>
    public const int MaxMinutes = 180;

    private static readonly string[] Counts =
    [
        "calls",
        "denied",
        "request_bytes",
        "response_bytes",
        .. Enumerable.Range(0, AgentReportMinute.DurationBounds.Count + 1).Select(place => $"took_{place}"),
    ];

    private static readonly string CountList = string.Join(", ", Counts);

    private static readonly string Insert =
        $"INSERT INTO tunnel_minutes (tunnel_id, minute, {CountList}) "
        + "SELECT @TunnelId, @Minute, @Calls, @Denied, @RequestBytes, @ResponseBytes, "
        + "@Took0, @Took1, @Took2, @Took3, @Took4, @Took5, @Took6, @Took7, @Took8, @Took9 "
        + $"WHERE {InventoryStore.NotCounted} ON CONFLICT (tunnel_id, minute) DO UPDATE SET "
        + string.Join(", ", Counts.Select(count => $"{count} = tunnel_minutes.{count} + excluded.{count}"));

    /// <summary>
    /// Also deletes the minutes beyond <see cref="MaxMinutes"/>. Must precede the statements of <see
    /// cref="InventoryStore.Add"/>, which mark the part as counted.
    /// </summary>
    public IEnumerable<Statement> Add(TunnelId tunnelId, string instanceId, AgentReportUsage usage, DateTimeOffset now)
    {
        if (usage.Minutes is not { Count: > 0 } minutes)
        {
            yield break;
        }

        var oldest = GetOldest(now, MaxMinutes);
        yield return new Statement(
            "DELETE FROM tunnel_minutes WHERE tunnel_id = @TunnelId AND minute < @oldest",
            new { TunnelId = tunnelId.Value, oldest }
        );
        foreach (var minute in minutes)
        {
            // A clock that is ahead must not count calls in minutes that no list shows.
            var at = Math.Min(ToMinute(minute.At), ToMinute(now.UtcDateTime));
            if (at < oldest)
            {
                continue;
            }

            var took = minute.Durations;
            yield return new Statement(
                Insert,
                new
                {
                    TunnelId = tunnelId.Value,
                    InstanceId = instanceId,
                    usage.Run,
                    usage.Sequence,
                    Minute = at,
                    minute.Calls,
                    minute.Denied,
                    minute.RequestBytes,
                    minute.ResponseBytes,
                    Took0 = took[0],
                    Took1 = took[1],
                    Took2 = took[2],
                    Took3 = took[3],
                    Took4 = took[4],
                    Took5 = took[5],
                    Took6 = took[6],
                    Took7 = took[7],
                    Took8 = took[8],
                    Took9 = took[9],
                }
            );
        }
    }

    /// <summary>The last minutes up to now; minutes without a call are left out.</summary>
    /// <param name="minutes">1 to <see cref="MaxMinutes"/>.</param>
    public async ValueTask<TunnelTrafficDocument> ListAsync(
        TunnelId tunnelId,
        int minutes,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        var first = GetOldest(now, minutes);
        var rows = await database.QueryAsync<Row>(
            $"SELECT minute, {CountList} FROM tunnel_minutes WHERE tunnel_id = @Value AND minute >= @first ORDER BY minute",
            new { tunnelId.Value, first },
            cancellationToken
        );
        return new TunnelTrafficDocument(
            From: DateTime.UnixEpoch.AddMinutes(first),
            Minutes: minutes,
            Data: [.. rows.Select(row => row.ToDocument())]
        );
    }

    private static long GetOldest(DateTimeOffset now, int minutes) => ToMinute(now.UtcDateTime) - minutes + 1;

    private static long ToMinute(DateTime at) => (at - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMinute;

    private sealed record Row
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
            return new TunnelMinute(
                At: DateTime.UnixEpoch.AddMinutes(Minute),
                Calls: Calls,
                Denied: Denied,
                RequestBytes: RequestBytes,
                ResponseBytes: ResponseBytes,
                MedianMs: Durations.FindQuantile(took, 0.5),
                Percentile95Ms: Durations.FindQuantile(took, 0.95)
            );
        }
    }
}
