namespace Culvert.Tunnel.Protocol.Liveness;

/// <summary>Decides what to do about a silent peer (W4). Pure, so that tests can list all cases.</summary>
internal static class Silence
{
    /// <remarks>
    /// A PING may have been sent early, for a window or for an unanswered OPEN. It proves a peer dead no sooner than any
    /// other PING, since a peer may be slow to answer.
    /// </remarks>
    /// <param name="sinceByte">Time since the last received byte.</param>
    /// <param name="sincePing">Time since a PING after which no byte arrived; null if there is none.</param>
    /// <param name="pingAfter">Silence before a PING.</param>
    /// <param name="deadAfter">Further silence before the peer counts as dead.</param>
    public static SilenceAction Decide(TimeSpan sinceByte, TimeSpan? sincePing, TimeSpan pingAfter, TimeSpan deadAfter)
    {
        if (sincePing is { } waited)
        {
            return waited >= deadAfter && sinceByte >= pingAfter + deadAfter ? SilenceAction.Dead : SilenceAction.None;
        }

        return sinceByte >= pingAfter ? SilenceAction.Ping : SilenceAction.None;
    }
}
