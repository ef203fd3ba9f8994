namespace Culvert.Identity.Service.Tunnels.Assignment;

/// <summary>How <see cref="AssignmentChange.Former"/> writes an edge's standing.</summary>
internal static class EdgeStandings
{
    /// <summary>It was not registered.</summary>
    public const string Absent = "absent";

    public const string Available = "available";

    /// <summary>It drained, or had not reported yet.</summary>
    public const string Unavailable = "unavailable";
}
