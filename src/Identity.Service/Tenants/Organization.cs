using System.Security.Cryptography;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tenants;

/// <summary>What everything but edges and the platform CA belongs to (S1).</summary>
/// <param name="Id">A lower-case UUID.</param>
/// <param name="Name">What people call it; one unarchived organization has it.</param>
/// <param name="CreatedAt">When it was made.</param>
internal sealed record Organization(string Id, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>Since when no credential of it works; null = it is in use.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

    /// <summary>A new one with its default workspace.</summary>
    public static (Organization Organization, Workspace DefaultWorkspace) New(string name, DateTimeOffset now)
    {
        var organization = new Organization(NewUuid(), name, now);
        return (organization, new Workspace(WorkspaceId.New(), organization.Id, "Default", IsDefault: true, now));
    }

    // RFC 9562 §5.4: version 4, variant 10.
    private static string NewUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
