namespace Culvert.Identity.Service.Storage;

/// <summary>
/// The database's schema is newer than this version, or older while <c>storage.migrate</c> forbids a change. The message
/// names both versions. The exit code is 78.
/// </summary>
internal sealed class SchemaException(string message) : StoreException(message);
