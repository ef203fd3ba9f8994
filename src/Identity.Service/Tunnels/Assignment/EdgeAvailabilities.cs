namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>The values of <see cref="AssignmentChange.Former"/> for an edge.</summary>
internal static class EdgeAvailabilities
{
    public const string Absent = "absent";

    public const string Available = "available";

    /// <summary>It was draining, or had not reported yet.</summary>
    public const string Unavailable = "unavailable";
}
