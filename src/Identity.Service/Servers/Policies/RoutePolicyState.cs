namespace Culvert.Identity.Service.Servers.Policies;

internal static class RoutePolicyState
{
    public const string Draft = "draft";

    /// <summary>The version that agents receive.</summary>
    public const string Active = "active";

    /// <summary>Formerly active, replaced by another version.</summary>
    public const string Superseded = "superseded";

    public const string Rejected = "rejected";

    public const string Withdrawn = "withdrawn";

    public static readonly IReadOnlyList<string> All = [Draft, Active, Superseded, Rejected, Withdrawn];
}
