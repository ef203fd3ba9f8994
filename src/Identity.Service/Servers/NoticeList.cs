using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Servers;

/// <summary>The list in a webhook message: the first entries, and <c>more</c> with the number of the others.</summary>
internal static class NoticeList
{
    private const int MaxEntries = 50;

    public static AuditData Create<T>(string member, IReadOnlyList<T> entries, Func<T, AuditData> describe) =>
        [(member, entries.Take(MaxEntries).Select(describe)), ("more", Math.Max(0, entries.Count - MaxEntries))];
}
