namespace Culvert.Identity.Service.Tunnels.Machines;

/// <summary>The summary of a tunnel's status; names that monitoring may rely on.</summary>
internal static class TunnelState
{
    /// <summary>Calls get through: nothing is missing.</summary>
    public const string Ready = "ready";

    /// <summary>Something is missing; the problems say what.</summary>
    public const string NotReady = "not_ready";

    /// <summary>Whether calls get through depends on machines that nothing was heard of.</summary>
    public const string Unknown = "unknown";

    /// <summary>No agent has ever enrolled: it is not finished, and nothing has failed.</summary>
    public const string NotSetUp = "not_set_up";
}
