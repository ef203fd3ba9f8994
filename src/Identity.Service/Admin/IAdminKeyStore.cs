using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Admin;

internal interface IAdminKeyStore
{
    /// <summary>The key with that SHA-256, expired and revoked ones included; null = unknown.</summary>
    ValueTask<AdminKey?> FindAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>The id of the key that a key was made with; null = it was made on the host, or is unknown.</summary>
    ValueTask<string?> FindCreatorAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>The statement that records a new key.</summary>
    Statement Insert(AdminKey key, byte[] secretHash);
}
