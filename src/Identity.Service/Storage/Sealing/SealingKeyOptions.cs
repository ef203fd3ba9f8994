namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// The location of the key-encryption key: the service's own file (0600), or the source behind <see cref="Read"/>.
/// </summary>
/// <param name="File">An absolute path; init creates it if absent. Null if the key comes from the environment.</param>
/// <param name="Read">Reads the key text again at every call.</param>
internal sealed record SealingKeyOptions(string? File, Func<string> Read);
