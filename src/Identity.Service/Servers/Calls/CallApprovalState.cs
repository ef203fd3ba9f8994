namespace Culvert.Identity.Service.Servers.Calls;

internal static class CallApprovalState
{
    public const string Pending = "pending";

    /// <summary>The next agent that requests it may make the call.</summary>
    public const string Approved = "approved";

    public const string Rejected = "rejected";

    public const string Used = "used";

    /// <summary>It expired before it was used. Never stored: computed from the clock.</summary>
    public const string Expired = "expired";

    public static readonly IReadOnlyList<string> All = [Pending, Approved, Rejected, Used, Expired];
}
