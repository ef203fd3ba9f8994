namespace Culvert.Identity.Service.Servers.Policies;

/// <summary>How far a version of a policy is.</summary>
internal static class RoutePolicyState
{
    /// <summary>A second person has to approve it.</summary>
    public const string Draft = "draft";

    /// <summary>What agents get.</summary>
    public const string Active = "active";

    /// <summary>It was active, and another version is.</summary>
    public const string Superseded = "superseded";

    public const string Rejected = "rejected";

    /// <summary>The person who drafted it took it back.</summary>
    public const string Withdrawn = "withdrawn";

    public static readonly IReadOnlyList<string> All = [Draft, Active, Superseded, Rejected, Withdrawn];
}
