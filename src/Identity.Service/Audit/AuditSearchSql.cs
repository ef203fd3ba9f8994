using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Audit;

/// <summary>
/// The statements of a search, each with an index that serves it. Exchanges are nearly all of the journal, and no index by
/// event holds them: they are read in the order of the journal, down to a floor.
/// </summary>
internal static class AuditSearchSql
{
    /// <summary>The ordinal of the last of so many entries; none when there are fewer.</summary>
    public const string Floor =
        "SELECT ordinal FROM journal WHERE ordinal < @Before ORDER BY ordinal DESC LIMIT 1 OFFSET @Skip";

    private const string Entries = "SELECT " + AuditEntry.Columns + " FROM journal WHERE ";

    private const string Bounds = "ordinal < @Before AND ordinal >= @Floor AND at_ms >= @Since AND at_ms < @Until ";

    private const string Newest = "ORDER BY ordinal DESC LIMIT @Count";

    /// <summary>Whether an index finds the entries of these events, so that the search needs no floor.</summary>
    public static bool AreIndexed(IReadOnlyList<string>? events) =>
        events?.Contains(AuditEvents.FederatedAuthentication) == false;

    /// <summary>A request has few entries. They are found before they are ordered, or a planner walks the ordinals instead.</summary>
    public static string ByRequest(IReadOnlyList<string>? events) =>
        "WITH found AS MATERIALIZED ("
        + Entries
        + "request_id = @RequestId AND organization_id = @OrganizationId "
        + (events is null ? "" : $"AND event IN ({List(events)}) ")
        + "AND at_ms >= @Since AND at_ms < @Until) "
        + "SELECT * FROM found WHERE ordinal < @Before AND ordinal >= @Floor "
        + Newest;

    /// <summary>The newest of each event, and of these the newest: an index has no order over several events.</summary>
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

    // The condition of the index, word for word.
    private static string ByEvent(int i) =>
        Entries
        + $"organization_id = @OrganizationId AND event = @Event{i} "
        + $"AND event <> '{AuditEvents.FederatedAuthentication}' AND "
        + Bounds
        + Newest;

    private static string List(IReadOnlyList<string> events) =>
        string.Join(", ", Enumerable.Range(0, events.Count).Select(i => $"@Event{i}"));
}
