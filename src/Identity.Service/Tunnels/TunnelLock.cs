using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tunnels;

internal static class TunnelLock
{
    /// <summary>Locks the tunnel's row. Must be the decision's first statement; refused if archived.</summary>
    /// <param name="parameters">Must contain the tunnel's id as <c>TunnelId</c>.</param>
    public static Statement Acquire(object parameters) =>
        new Statement(
            "UPDATE tunnels SET id = id WHERE id = @TunnelId AND archived_at_ms IS NULL",
            parameters
        ).ExpectingOne(TunnelErrors.Archived.Refuse());
}
