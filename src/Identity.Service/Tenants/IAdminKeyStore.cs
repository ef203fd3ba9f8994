using Culvert.Identity.Service.Ids;
using Culvert.Identity.Service.Storage;

namespace Culvert.Identity.Service.Tenants;

internal interface IAdminKeyStore
{
    /// <summary>The key with that SHA-256, expired and revoked ones included; null = unknown.</summary>
    ValueTask<AdminKey?> FindAsync(byte[] secretHash, CancellationToken cancellationToken);

    /// <summary>Null when unknown or of another organization.</summary>
    ValueTask<AdminKey?> FindAsync(string organizationId, string keyId, CancellationToken cancellationToken);

    /// <summary>The newest thousand, newest first, expired and revoked ones included.</summary>
    ValueTask<IReadOnlyList<AdminKey>> ListAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>The first keys of persons (those that no key made), oldest first.</summary>
    ValueTask<IReadOnlyList<AdminKey>> ListFirstAsync(string organizationId, CancellationToken cancellationToken);

    /// <summary>
    /// The id of the key that a key was made with (null = it was made on the host, or is unknown), and the person it names.
    /// </summary>
    ValueTask<(string? CreatedBy, KeyOwner? Owner)> FindOriginAsync(string keyId, CancellationToken cancellationToken);

    /// <summary>
    /// The statement that records a new key; <see cref="AdminKeyConflict.Limit"/> when as many are live already.
    /// </summary>
    /// <param name="key">Its record.</param>
    /// <param name="secretHash">SHA-256 of the key.</param>
    /// <param name="mostLive">Live ones of the organization, this one included.</param>
    Statement Insert(AdminKey key, byte[] secretHash, int mostLive = int.MaxValue);

    /// <summary><see cref="AdminKeyConflict.Revoked"/> when it is revoked already.</summary>
    Statement Revoke(AdminKeyId id, DateTimeOffset at);

    /// <summary><see cref="AdminKeyConflict.Owned"/> when it names a person already, or was made with another key.</summary>
    Statement SetOwner(AdminKeyId id, KeyOwner owner);

    Statement Used(string keyId, DateTimeOffset at);
}
