namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>What silence of the peer asks for (W4). A pure function of times, so that it is a table of tests.</summary>
internal static class Silence
{
    /// <remarks>
    /// A PING may be early: a window wanted the round trip, or an OPEN is unanswered. It proves nothing sooner than any
    /// other would have, since a peer may be slow to answer whatever it is asked.
    /// </remarks>
    /// <param name="sinceByte">Time since the last received byte.</param>
    /// <param name="sincePing">Time since a PING that no byte has followed; null if there is none.</param>
    /// <param name="pingAfter">Silence that asks for a PING.</param>
    /// <param name="deadAfter">Further silence after which the peer counts as dead.</param>
    public static SilenceAction Decide(TimeSpan sinceByte, TimeSpan? sincePing, TimeSpan pingAfter, TimeSpan deadAfter)
    {
        if (sincePing is { } waited)
        {
            return waited >= deadAfter && sinceByte >= pingAfter + deadAfter ? SilenceAction.Dead : SilenceAction.None;
        }

        return sinceByte >= pingAfter ? SilenceAction.Ping : SilenceAction.None;
    }
}
