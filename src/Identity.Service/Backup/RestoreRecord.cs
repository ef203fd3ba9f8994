using System.Text;
using Culvert.Identity.Service.Events;

namespace Culvert.Identity.Service.Backup;

internal static class RestoreRecord
{
    public static string Write(
        RestorePlan plan,
        bool nothingLater,
        IReadOnlyList<(string What, int Count)> cut,
        IReadOnlyCollection<Narrowing> narrowed,
        DateTimeOffset now
    )
    {
        AuditData record =
        [
            ("backup_made_at", plan.Header.MadeAt),
            ("restored_at", now),
            ("rows", plan.Rows),
            ("nothing_later", nothingLater),
            ("chains_end", plan.Header.Chains.Select(Describe)),
            // Entries that only the exports contain are missing here but known elsewhere.
            ("later_chains", (plan.AfterBackup?.Ends ?? []).Select(Describe)),
            ("later_entries_unreadable", plan.AfterBackup?.Unreadable ?? 0),
            ("cut_off", AuditData.From(cut.Select(one => (one.What.Replace(' ', '_'), (object?)one.Count)))),
            ("taken_away", narrowed.Select(Describe)),
        ];
        return Encoding.UTF8.GetString(record.Encode());
    }

    private static AuditData Describe(BackupChain chain) =>
        [("node", chain.Node), ("sequence", chain.Sequence), ("head", chain.Head)];

    private static AuditData Describe(Narrowing one) =>
        [("type", one.Kind), ("id", one.Id), ("deed", one.Deed), ("cause", one.Cause)];
}
