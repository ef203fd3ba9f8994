using System.Text;
using System.Text.Json;

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
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("backup_made_at", plan.Header.MadeAt.UtcDateTime);
            json.WriteString("restored_at", now.UtcDateTime);
            json.WriteNumber("rows", plan.Rows);
            json.WriteBoolean("nothing_later", nothingLater);
            WriteChains(json, "chains_end", plan.Header.Chains);
            // Entries that only the exports contain are missing here but known elsewhere.
            WriteChains(json, "later_chains", plan.Later?.Ends ?? []);
            json.WriteNumber("later_entries_unreadable", plan.Later?.Unreadable ?? 0);
            json.WriteStartObject("cut_off");
            foreach (var (what, count) in cut)
            {
                json.WriteNumber(what.Replace(' ', '_'), count);
            }

            json.WriteEndObject();
            json.WriteStartArray("taken_away");
            foreach (var one in narrowed)
            {
                json.WriteStartObject();
                json.WriteString("type", one.Kind);
                json.WriteString("id", one.Id);
                json.WriteString("deed", one.Deed);
                json.WriteString("cause", one.Cause);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void WriteChains(Utf8JsonWriter json, string name, IReadOnlyCollection<BackupChain> chains)
    {
        json.WriteStartArray(name);
        foreach (var chain in chains)
        {
            json.WriteStartObject();
            json.WriteString("node", chain.Node);
            json.WriteNumber("sequence", chain.Sequence);
            json.WriteString("head", chain.Head);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }
}
