using System.Security.Cryptography;
using Culvert.Identity.Service.Ids;

namespace Culvert.Identity.Service.Tenants;

/// <summary>The owner of everything except edges and the platform CA (S1).</summary>
/// <param name="Id">A lower-case UUID.</param>
/// <param name="Name">The display name; unique among unarchived organizations.</param>
internal sealed record Organization(string Id, string Name, DateTimeOffset CreatedAt)
{
    /// <summary>No credential of the organization works since then; null = it is not archived.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }

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
