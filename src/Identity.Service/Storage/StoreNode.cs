namespace Culvert.Identity.Service.Storage;

/// <summary>This process among those that share the database.</summary>
/// <param name="Name">The name of its audit chain; only one process uses it at a time.</param>
/// <param name="Id">1–127; the prefix of its serial numbers.</param>
internal sealed record StoreNode(string Name, int Id);
