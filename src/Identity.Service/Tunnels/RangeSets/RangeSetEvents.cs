using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Tunnels.RangeSets;

internal static class RangeSetEvents
{
    /// <summary>A set was created or replaced, with its old value: widening it widens every tunnel that names it.</summary>
    public static AuditEvent Applied(AuditOrigin origin, ClientRangeSet? before, ClientRangeSet after) =>
        About(
            AuditEvents.RangeSetApplied,
            origin,
            after,
            [("revision", after.Revision), ("before", Join(before?.Ranges ?? [])), ("after", Join(after.Ranges))]
        );

    public static AuditEvent Removed(AuditOrigin origin, ClientRangeSet set) =>
        About(AuditEvents.RangeSetRemoved, origin, set, [("before", Join(set.Ranges))]);

    private static AuditEvent About(string name, AuditOrigin origin, ClientRangeSet set, AuditData data) =>
        new(name, origin, set.OrganizationId, [new("client_range_set", set.Name)], [("range_set", set.Name), .. data]);

    private static string Join(IReadOnlyList<string> ranges) => string.Join(' ', ranges);
}
