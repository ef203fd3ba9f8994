using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

/// <summary>What hangs on a tunnel and is counted changes one decision at a time.</summary>
internal static class TunnelLock
{
    /// <summary>
    /// The tunnel's row is the lock that makes what follows one step: first in a decision, and only while the tunnel is
    /// not archived.
    /// </summary>
    /// <param name="parameters">Have the tunnel's id as <c>TunnelId</c>.</param>
    public static Statement Take(object parameters) =>
        new Statement(
            "UPDATE tunnels SET id = id WHERE id = @TunnelId AND archived_at_ms IS NULL",
            parameters
        ).ExpectingOne(TunnelConflict.Stale);
}
