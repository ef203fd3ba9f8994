namespace Culvert.Identity.Service.Storage.Sealing;

/// <summary>
/// Where the key-encryption key is: the service's own file (0600), or what <see cref="Read"/> brings.
/// </summary>
/// <param name="File">Absolute path; init makes it when absent. Null when the key comes from the environment.</param>
/// <param name="Read">Re-reads the key text at every call.</param>
internal sealed record SealingKeyOptions(string? File, Func<string> Read);
