namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The database's schema is not this version's: older, and <c>storage.migrate</c> refuses to change it, or newer. The
/// message names both. Ends the program with 78.
/// </summary>
internal sealed class SchemaException(string message) : StoreException(message);
