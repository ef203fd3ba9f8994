namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The summary of a tunnel's status; the names are stable for monitoring.</summary>
internal static class TunnelState
{
    /// <summary>Calls succeed: nothing is missing.</summary>
    public const string Ready = "ready";

    public const string NotReady = "not_ready";

    /// <summary>It depends on machines that have not called recently.</summary>
    public const string Unknown = "unknown";

    /// <summary>No agent has ever enrolled: the setup is incomplete, and nothing has failed.</summary>
    public const string NotSetUp = "not_set_up";
}
