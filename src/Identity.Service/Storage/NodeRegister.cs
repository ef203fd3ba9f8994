using System.Data.Common;
using System.Globalization;
using Dapper;

namespace Culvert.Identity.Service.Storage;

/// <summary>Registers this process as a node: the configured name identifies it, and its id never changes.</summary>
internal static class NodeRegister
{
    private const int LargestId = 127;
    private const string HostCommands = "host-commands";

    /// <summary>Throws <see cref="StoreException"/> if name and id contradict the registration.</summary>
    public static StoreNode Enter(DbConnection connection, StoreSettings options)
    {
        var name = OfGeneration(connection, options.EffectiveNodeName);
        var registered = connection
            .Query<(string Name, long Id)>("SELECT name, id FROM nodes")
            .ToDictionary(row => row.Name, row => (int)row.Id, StringComparer.Ordinal);
        if (registered.TryGetValue(name, out var known))
        {
            return options.NodeId is 0 || options.NodeId == known
                ? new StoreNode(name, known)
                : throw new StoreException($"Node {name} has the ID {known}, but node.id is {options.NodeId}.");
        }

        var id = options.NodeId is 0 ? LowestFree(registered.Values) : options.NodeId;
        if (registered.FirstOrDefault(node => node.Value == id).Key is { } other)
        {
            throw new StoreException(
                $"node.id {id} belongs to node {other}: choose another ID, or leave it out. Ids from before a restore are never used "
                    + "again, since they are the prefixes of serial numbers."
            );
        }

        return Add(connection, name, id);
    }

    /// <summary>
    /// The node of commands on the host. Its id is the highest unused one, because operators count theirs from 1.
    /// </summary>
    public static StoreNode EnterHost(DbConnection connection)
    {
        var name = OfGeneration(connection, HostCommands);
        var registered = connection
            .Query<(string Name, long Id)>("SELECT name, id FROM nodes")
            .ToDictionary(row => row.Name, row => (int)row.Id, StringComparer.Ordinal);
        if (registered.TryGetValue(name, out var known))
        {
            return new StoreNode(name, known);
        }

        var id = Enumerable.Range(1, LargestId).Reverse().FirstOrDefault(id => !registered.ContainsValue(id));
        return id > 0 ? Add(connection, name, id) : throw NoneFree();
    }

    /// <summary>Marks every node as one from before a restore: none of them runs again.</summary>
    public static void RetireAll(DbConnection connection, DateTimeOffset at) =>
        connection.Execute(
            "UPDATE nodes SET retired_at_ms = @at WHERE retired_at_ms IS NULL",
            new { at = at.ToStore() }
        );

    public static IReadOnlyList<string> ListRetiredPrefixes(DbConnection connection) =>
        [
            .. connection
                .Query<long>("SELECT id FROM nodes WHERE retired_at_ms IS NOT NULL ORDER BY id")
                .Select(id => id.ToString("x2", CultureInfo.InvariantCulture)),
        ];

    /// <summary>Whether a chain belongs to commands on the host, of any generation.</summary>
    public static bool IsHostChain(string node) =>
        node == HostCommands || node.StartsWith(HostCommands + "-r", StringComparison.Ordinal);

    /// <summary>
    /// The current name of a configured node. After a restore every node gets a new name: the old one may have issued serial
    /// numbers and signed chain entries that this database does not have.
    /// </summary>
    public static string OfGeneration(DbConnection connection, string name)
    {
        var generation = connection.QuerySingle<long>("SELECT generation FROM installation");
        return generation == 0 ? name : string.Create(CultureInfo.InvariantCulture, $"{name}-r{generation}");
    }

    private static StoreNode Add(DbConnection connection, string name, int id)
    {
        connection.Execute(
            "INSERT INTO nodes (name, id, created_at_ms) VALUES (@name, @id, @at)",
            new
            {
                name,
                id,
                at = TimeProvider.System.GetUtcNow().ToStore(),
            }
        );
        return new StoreNode(name, id);
    }

    private static int LowestFree(ICollection<int> taken)
    {
        var free = Enumerable.Range(1, LargestId).FirstOrDefault(id => !taken.Contains(id));
        return free > 0 ? free : throw NoneFree();
    }

    private static StoreException NoneFree() =>
        new($"{LargestId} node names are registered, the maximum: run under one of them (node.name).");
}
