using Culvert.Platform.Wire;

namespace Culvert.Tunnel.Agent.Audit;

internal sealed class MinuteCount
{
    private readonly long[] durations = new long[AgentReportMinute.DurationBounds.Count + 1];
    private long calls;
    private long denied;
    private long requestBytes;
    private long responseBytes;

    /// <param name="milliseconds">The duration; null where it does not show how long a server takes.</param>
    public void Add(string decision, double? milliseconds, long request, long response)
    {
        calls++;
        denied += decision is "deny" or "refuse" ? 1 : 0;
        requestBytes += request;
        responseBytes += response;
        if (milliseconds is { } took)
        {
            durations[FindPlace(took)]++;
        }
    }

    /// <param name="minute">Minutes since 1970.</param>
    public AgentReportMinute ToWire(long minute) =>
        new(
            At: DateTime.UnixEpoch.AddMinutes(minute),
            Calls: calls,
            Denied: denied,
            RequestBytes: requestBytes,
            ResponseBytes: responseBytes,
            Durations: durations
        );

    private static int FindPlace(double milliseconds)
    {
        var bounds = AgentReportMinute.DurationBounds;
        var place = 0;
        while (place < bounds.Count && milliseconds > bounds[place])
        {
            place++;
        }

        return place;
    }
}
