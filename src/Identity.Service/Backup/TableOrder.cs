using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Backup;

/// <summary>Orders tables so that referenced ones come first.</summary>
internal static class TableOrder
{
    public static IReadOnlyList<BackupTable> Sort(
        IReadOnlyList<(BackupTable Table, IReadOnlyList<string> RefersTo)> tables
    )
    {
        var byName = tables.ToDictionary(entry => entry.Table.Name, StringComparer.Ordinal);
        List<BackupTable> order = [];
        HashSet<string> done = [];
        foreach (var name in byName.Keys.Order(StringComparer.Ordinal))
        {
            Visit(name, []);
        }

        return order;

        void Visit(string name, HashSet<string> above)
        {
            if (done.Contains(name))
            {
                return;
            }

            if (!above.Add(name))
            {
                throw new InvalidOperationException($"The tables around {name} refer to each other in a circle.");
            }

            // A row that refers to its own table refers to an older row, which precedes it.
            foreach (var other in byName[name].RefersTo.Where(other => other != name).Order(StringComparer.Ordinal))
            {
                Visit(other, above);
            }

            above.Remove(name);
            done.Add(name);
            order.Add(byName[name].Table);
        }
    }
}
