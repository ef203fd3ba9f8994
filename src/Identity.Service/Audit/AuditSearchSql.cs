using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// The statements of a search, each with a matching index. Exchanges are nearly all of the journal and in no index by event:
/// they are read in journal order, down to a floor.
/// </summary>
internal static class AuditSearchSql
{
    /// <summary>The ordinal of the last of that many entries; no row if there are fewer.</summary>
    public const string Floor =
        "SELECT ordinal FROM journal WHERE ordinal < @Before ORDER BY ordinal DESC LIMIT 1 OFFSET @Skip";

    private const string Entries = "SELECT " + AuditEntry.Columns + " FROM journal WHERE ";

    private const string Bounds = "ordinal < @Before AND ordinal >= @Floor AND at_ms >= @Since AND at_ms < @Until ";

    private const string Newest = "ORDER BY ordinal DESC LIMIT @Count";

    /// <summary>Whether an index contains these events, so that the search needs no floor.</summary>
    public static bool AreIndexed(IReadOnlyList<string>? events) =>
        events?.Contains(AuditEvents.FederatedAuthentication) == false;

    /// <summary>
    /// A request has few entries. They are selected before they are sorted, because a planner might otherwise scan the
    /// ordinals.
    /// </summary>
    public static string ByRequest(IReadOnlyList<string>? events) =>
        "WITH found AS MATERIALIZED ("
        + Entries
        + "request_id = @RequestId AND organization_id = @OrganizationId "
        + (events is null ? "" : $"AND event IN ({List(events)}) ")
        + "AND at_ms >= @Since AND at_ms < @Until) "
        + "SELECT * FROM found WHERE ordinal < @Before AND ordinal >= @Floor "
        + Newest;

    /// <summary>
    /// The latest entries of each event, then the latest of these: an index has no order across several events.
    /// </summary>
    public static string ByEvents(IReadOnlyList<string> events) =>
        events.Count == 1
            ? ByEvent(0)
            : string.Join(" UNION ALL ", events.Select((_, i) => $"SELECT * FROM ({ByEvent(i)}) AS e{i}"))
                + " ORDER BY ordinal DESC LIMIT @Count";

    public static string Walk(IReadOnlyList<string>? events) =>
        Entries
        + "organization_id = @OrganizationId AND "
        + (events is null ? "" : $"event IN ({List(events)}) AND ")
        + Bounds
        + Newest;

    // Must equal the index condition literally.
    private static string ByEvent(int i) =>
        Entries
        + $"organization_id = @OrganizationId AND event = @Event{i} "
        + $"AND event <> '{AuditEvents.FederatedAuthentication}' AND "
        + Bounds
        + Newest;

    private static string List(IReadOnlyList<string> events) =>
        string.Join(", ", Enumerable.Range(0, events.Count).Select(i => $"@Event{i}"));
}
