namespace Culvert.Identity.Service.Servers.Calls;

/// <summary>How far a request for approval is.</summary>
internal static class CallApprovalState
{
    /// <summary>Not enough people have approved, and no person has rejected.</summary>
    public const string Pending = "pending";

    /// <summary>The agent that asks next may make the call.</summary>
    public const string Approved = "approved";

    public const string Rejected = "rejected";

    /// <summary>An agent was notified that it may make the call. No other call is approved by it.</summary>
    public const string Used = "used";

    /// <summary>Its time was over before it was used. Never stored: the clock decides.</summary>
    public const string Expired = "expired";

    public static readonly IReadOnlyList<string> All = [Pending, Approved, Rejected, Used, Expired];
}
